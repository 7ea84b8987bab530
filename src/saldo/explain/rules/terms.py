"""Term length and billing frequency of a subscription, as its rows show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from saldo.charges.rules.cycles import LONGEST_MONTHLY
from saldo.charges.rules.line import LineItem
from saldo.explain.rules.bill import BillLine

LONGEST_YEAR = 400
"""Days; a term cut short to end with another still counts as what it was bought as: a month, a year, three years."""


def has_other_term(before: Sequence[BillLine], after: Sequence[BillLine]) -> bool:
    """Whether the same subscription is billed by another plan or for another length of term than before."""
    return _differ(frequencies(before), frequencies(after)) or _differ(lengths(before), lengths(after))


def frequencies(lines: Iterable[BillLine]) -> tuple[str, ...]:
    """The billing frequencies that rows name, each once."""
    named = (line.item.billing_frequency.strip() for line in lines)
    return tuple(dict.fromkeys(name.capitalize() for name in named if name))


def lengths(lines: Iterable[BillLine]) -> tuple[int, ...]:
    """The lengths of term, in months, each once; legacy terms stretch to the partner's anniversary and say nothing."""
    return tuple(dict.fromkeys(months for line in lines if (months := term_months(line.item))))


def term_months(item: LineItem) -> int | None:
    """1, 12 or 36 months; None where the row names no term."""
    if item.platform == "legacy" or item.term_starts_on is None or item.term_ends_on is None:
        return None
    days = (item.term_ends_on - item.term_starts_on).days + 1
    if days <= 1:
        return None
    return 1 if days <= LONGEST_MONTHLY else 12 if days <= LONGEST_YEAR else 36


def _differ(before: Sequence[object], after: Sequence[object]) -> bool:
    return bool(before) and bool(after) and not set(before) & set(after)

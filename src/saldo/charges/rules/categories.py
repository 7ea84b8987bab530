"""What kind of product a new-commerce row charges, by the first rule that fits (reference section 9)."""

from __future__ import annotations

import re

from saldo.charges.rules.cells import trimmed
from saldo.charges.rules.line import Category

FIRST_PARTY = frozenset({"", "microsoft", "microsoft corporation"})
_LICENCE_TERM = re.compile("one-month|one-year|three-year")


def category_of(
    *,
    term_text: str,
    has_end: bool,
    unit_type: str,
    meter: str,
    subscription_description: str,
    publisher: str,
    billing_frequency: str,
) -> Category:
    """The category of a row; the last three rules are ours, for files that leave the term text empty."""
    term = term_text.lower()
    for word, category in _BY_WORD:
        if word in term:
            return category
    if _LICENCE_TERM.search(term):
        return "licence"
    if not term and not has_end:
        return "perpetual-software"
    if unit_type or meter or trimmed(subscription_description).lower() == "azure plan":
        return "usage"
    if trimmed(publisher).lower() not in FIRST_PARTY:
        return "marketplace"
    return "licence" if billing_frequency else "usage"


_BY_WORD: tuple[tuple[str, Category], ...] = (
    ("reservation", "reservation"),
    ("savings plan", "savings-plan"),
    ("subscription", "software-subscription"),
)

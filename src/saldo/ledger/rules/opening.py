"""The old book as a whole: numbers that stand twice, control totals, and the postings that take it over."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from saldo.core.money import ZERO
from saldo.core.problems import Refused
from saldo.ledger.rules.accounts import OPENING, RECEIVABLE
from saldo.ledger.rules.opening_rows import OldItem
from saldo.ledger.rules.posting import Entry, NewItem, Posting

CODE = "ledger.opening"
UNDONE = "ledger.opening-undone"


class UnableToTakeOver(Refused):
    """An old book that is not taken over, or not given back, as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLine:
    """The sum of one currency beside the control total given for it; None where none was given."""

    currency: str
    control: Decimal | None
    found: Decimal

    @property
    def difference(self) -> Decimal:
        """What the file has more than the control total says."""
        return self.found - (self.control or ZERO)

    @property
    def holds(self) -> bool:
        """Whether a control total was given and the file comes to it."""
        return self.control is not None and not self.difference


def sum_items(items: Iterable[OldItem]) -> dict[tuple[str, str], Decimal]:
    """What is open, by currency and kind, signed as on the debtor's account."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for item in items:
        sums[item.currency, item.kind] += item.open
    return dict(sums)


def control(items: Iterable[OldItem], controls: Mapping[str, Decimal]) -> tuple[ControlLine, ...]:
    """Each currency of the file or of a control total, in order, with both sums."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (currency, _), value in sum_items(items).items():
        found[currency] += value
    return tuple(
        ControlLine(currency=currency, control=controls.get(currency), found=found.get(currency, ZERO))
        for currency in sorted(found.keys() | controls.keys())
    )


def check_control(lines: Iterable[ControlLine]) -> None:
    """See that the file comes to its control totals.

    Refuses (UnableToTakeOver): ledger.opening.control-missing, .control-differs, both with the currency.
    """
    for line in lines:
        facts = {"currency": line.currency, "found": f"{line.found}"}
        if line.control is None:
            raise UnableToTakeOver(code="ledger.opening.control-missing", facts=facts)
        if not line.holds:
            facts |= {"control": f"{line.control}", "difference": f"{line.difference}"}
            raise UnableToTakeOver(code="ledger.opening.control-differs", facts=facts)


def digest_of_old(item: OldItem, *, debtor: str, as_of: date) -> str:
    """sha256 of what a row says once its debtor is known, so that the same row is known again."""
    told = asdict(item) | {"debtor": debtor, "name": "", "country": "", "vat_id": ""}
    for name in ("original", "open"):
        told[name] = f"{told[name].normalize():f}"
    for name in ("dispute", "promise"):
        if told[name]:
            told[name]["amount"] = f"{told[name]['amount'].normalize():f}"
    text = json.dumps([as_of.isoformat(), told], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def item_key(item: OldItem, *, before: int) -> str:
    """The key of its item in the books; ``before`` is how often this number was taken over and given back."""
    key = f"opening:{item.kind}:{item.number}"
    return f"{key}:{before + 1}" if before else key


def posting_of(item: OldItem, *, key: str, debtor: str, as_of: date) -> tuple[Posting, tuple[NewItem]]:
    """The posting that opens the item on the day of taking over, against the account of opening balances."""
    sides = ((RECEIVABLE, debtor, item.open), (OPENING, "", -item.open))
    entries = tuple(Entry(account=a, party=p, currency=item.currency, value=value) for a, p, value in sides)
    posting = Posting(key=key, on=as_of, code=CODE, document=item.number, entries=entries)
    opened = NewItem(
        key=key,
        account=RECEIVABLE,
        party=debtor,
        kind="opening",
        document=item.number,
        reference=item.reference,
        issued_on=item.issued_on,
        due_on=item.due_on,
        currency=item.currency,
        original=item.open,
    )
    return posting, (opened,)

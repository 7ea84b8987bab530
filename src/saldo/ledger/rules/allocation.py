"""What settles what: a credit item takes from a debit item, never more than either has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from saldo.core.money import ZERO
from saldo.core.problems import Refused


class UnableToAllocate(Refused):
    """This credit cannot settle this debt as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAllocation:
    """``value`` (positive) of the debit item is settled by the credit item on a day; the keys of both are theirs."""

    key: str
    on: date
    debit: str
    credit: str
    value: Decimal


@dataclass(slots=True, kw_only=True)
class Side:
    """An item while allocations are drawn from it; ``open`` is signed as on its account."""

    key: str
    account: str
    party: str
    currency: str
    issued_on: date
    open: Decimal
    touched_on: date | None  # last day of an allocation on it
    undone_on: date | None  # last day on which one was undone

    @property
    def free_from(self) -> date:
        """The first day of a new allocation: one undone later would otherwise count beside it on the days between."""
        return max(self.issued_on, self.undone_on or self.issued_on)

    @property
    def settled_on(self) -> date | None:
        """The day from which on nothing is left: the last one on which anything moved it."""
        return self.touched_on if not self.open else None

    def move(self, by: Decimal, on: date) -> None:
        """Change what is open on a day."""
        self.open += by
        self.touched_on = max(on, self.touched_on or on)


def draw(allocation: NewAllocation, sides: Mapping[str, Side]) -> str:
    """Take one allocation from both of its sides; returns its currency.

    Refuses (UnableToAllocate): ledger.allocation.unknown-item, .no-amount, .other-party, .other-currency,
    .other-account, .too-early (before one of both was there, or one of theirs was undone), .more-than-debt,
    .more-than-credit.
    """
    facts = {"allocation": allocation.key, "debit": allocation.debit, "credit": allocation.credit}
    if allocation.debit not in sides or allocation.credit not in sides:
        raise UnableToAllocate(code="ledger.allocation.unknown-item", facts=facts)
    debit, credit = sides[allocation.debit], sides[allocation.credit]
    fault = _fault(allocation, debit, credit)
    if fault:
        raise UnableToAllocate(code=f"ledger.allocation.{fault}", facts=facts)
    debit.move(-allocation.value, allocation.on)
    credit.move(allocation.value, allocation.on)
    return debit.currency


def put_back(allocation: NewAllocation, sides: Mapping[str, Side], *, key: str, on: date) -> NewAllocation:
    """Undo one allocation on both of its sides; returns its mirror, whose value is negative.

    Refuses (UnableToAllocate): ledger.allocation.too-early, before the day of the allocation itself.
    """
    if on < allocation.on:
        raise UnableToAllocate(code="ledger.allocation.too-early", facts={"allocation": allocation.key})
    sides[allocation.debit].move(allocation.value, on)
    sides[allocation.credit].move(-allocation.value, on)
    return replace(allocation, key=key, on=on, value=-allocation.value)


def _fault(allocation: NewAllocation, debit: Side, credit: Side) -> str:
    tests = {
        "no-amount": not allocation.value > ZERO,
        "other-account": debit.account != credit.account,
        "other-party": debit.party != credit.party,
        "other-currency": debit.currency != credit.currency,
        "too-early": allocation.on < max(debit.free_from, credit.free_from),
        "more-than-debt": allocation.value > debit.open,
        "more-than-credit": allocation.value > -credit.open,
    }
    return next((code for code, is_wrong in tests.items() if is_wrong), "")

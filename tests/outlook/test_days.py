"""The cash page reads sums; they are those of the items one by one, whoever pays late, early, in part or not at all."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from saldo.core.identity import CompanyId
from saldo.ledger import actions
from saldo.outlook.queries import look_at_cash, look_at_days
from tests.conftest import NOW
from tests.ledger.books import DAY, invoice, post, receipt, settle

TODAY = DAY + timedelta(days=120)


def fill(company: CompanyId, seed: int) -> None:
    """Debtors with many and with few paid debts, some paid by a credit alone, some of it undone."""
    chance = random.Random(seed)
    for number in range(48):
        party = f"1000{chance.choice((1, 1, 1, 2, 2, 3, 4))}"
        on = DAY + timedelta(days=chance.randrange(0, 60))
        currency = chance.choice(("SEK", "SEK", "EUR"))
        post(company, invoice(f"{number}", party=party, on=on, days=chance.randrange(5, 30), currency=currency))
        kind = chance.random()
        if kind < 0.6:
            paid = on + timedelta(days=chance.randrange(1, 60))
            value = "125.00" if kind < 0.5 else "25.00"
            post(company, receipt(f"{number}", value, party=party, on=paid, currency=currency))
            settle(company, f"s{number}", f"invoice:{number}", f"receipt:{number}", value, paid)
            if kind < 0.1:
                again = {"key": f"s{number}", "new_key": f"u{number}", "on": paid}
                actions.undo_allocation(company=company, by="test", at=NOW, **again)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_days_are_those_of_the_items(company: CompanyId, seed: int) -> None:
    fill(company, seed)
    by_item, summed = look_at_cash(company=company, today=TODAY), look_at_days(company=company, today=TODAY)
    assert [one.currency for one in by_item] == ["EUR", "SEK"]
    for one, other in zip(by_item, summed, strict=True):
        assert (one.days, one.start, one.expected) == (other.days, other.start, other.expected)
        assert (one.lowest, one.lowest_on, one.lowest_by_due_day) == (
            other.lowest,
            other.lowest_on,
            other.lowest_by_due_day,
        )


def test_nobody_ever_paid_so_everybody_is_expected_on_the_due_day(company: CompanyId) -> None:
    post(company, invoice("1", on=TODAY, days=30), receipt("9", "20.00", on=TODAY))
    (one,) = look_at_days(company=company, today=TODAY)
    assert [(day.on, day.by_habit) for day in one.days if day.by_habit] == [
        (TODAY, -20),
        (TODAY + timedelta(days=30), 125),
    ]

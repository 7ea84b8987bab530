"""What settles what: never more than is open on either side, and undone by mirror."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from saldo.core.identity import CompanyId
from saldo.ledger import actions, queries
from saldo.ledger.models import Item
from saldo.ledger.rules.allocation import NewAllocation, UnableToAllocate
from tests.conftest import NOW
from tests.ledger.books import DAY, allocate, invoice, post, receipt, settle

WEEK = timedelta(days=7)


@pytest.fixture
def books(company: CompanyId) -> CompanyId:
    post(
        company,
        invoice("1"),
        invoice("2", party="10002"),
        invoice("3", currency="EUR"),
        receipt("1", "200.00", on=DAY + WEEK),
    )
    return company


def opens(company: CompanyId, key: str) -> Decimal:
    found = queries.find_item(company=company, key=key)
    assert found is not None
    return found.open


def undo(company: CompanyId, key: str, new_key: str, on=DAY + 3 * WEEK) -> None:
    actions.undo_allocation(company=company, key=key, new_key=new_key, on=on, by="test", at=NOW)


class TestAllocating:
    def test_a_settled_invoice_keeps_the_day_on_which_nothing_was_left(self, books: CompanyId) -> None:
        settle(books, "a", "invoice:1", "receipt:1", "25.00", DAY + 2 * WEEK)
        settle(books, "b", "invoice:1", "receipt:1", "100.00", DAY + WEEK)
        assert (opens(books, "invoice:1"), opens(books, "receipt:1")) == (0, Decimal(-75))
        assert Item.objects.get(key="invoice:1").settled_on == DAY + 2 * WEEK
        assert Item.objects.get(key="receipt:1").settled_on is None

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"value": Decimal("125.01")}, "more-than-debt"),
            ({"value": Decimal(0)}, "no-amount"),
            ({"value": Decimal(-5)}, "no-amount"),
            ({"debit": "invoice:2"}, "other-party"),
            ({"debit": "invoice:3"}, "other-currency"),
            ({"debit": "invoice:9"}, "unknown-item"),
            ({"debit": "receipt:1", "credit": "invoice:1"}, "more-than-debt"),
            ({"on": DAY}, "too-early"),
        ],
    )
    def test_an_impossible_settlement_is_refused(self, books: CompanyId, change: dict[str, object], code: str) -> None:
        sound = NewAllocation(key="a", on=DAY + WEEK, debit="invoice:1", credit="receipt:1", value=Decimal("125.00"))
        with pytest.raises(UnableToAllocate) as refused:
            allocate(books, [replace(sound, **change)])
        assert refused.value.code == f"ledger.allocation.{code}"
        assert opens(books, "receipt:1") == Decimal(-200)

    def test_a_receipt_gives_no_more_than_it_brought(self, books: CompanyId) -> None:
        post(books, invoice("4"))
        pays = NewAllocation(key="a", on=DAY + WEEK, debit="invoice:1", credit="receipt:1", value=Decimal(125))
        with pytest.raises(UnableToAllocate, match=r"ledger\.allocation\.more-than-credit"):
            allocate(books, [pays, replace(pays, key="b", debit="invoice:4")])
        assert opens(books, "invoice:1") == Decimal(125)

    def test_the_same_allocation_twice_is_one_and_with_other_content_refused(self, books: CompanyId) -> None:
        assert settle(books, "a", "invoice:1", "receipt:1", "25.00", DAY + WEEK) == 1
        assert settle(books, "a", "invoice:1", "receipt:1", "25.00", DAY + WEEK) == 0
        with pytest.raises(UnableToAllocate, match=r"ledger\.allocation\.other-content"):
            settle(books, "a", "invoice:1", "receipt:1", "26.00", DAY + WEEK)


class TestUndoing:
    def test_an_undone_allocation_opens_both_sides_again_and_yesterday_stays_as_it_was(self, books: CompanyId) -> None:
        settle(books, "a", "invoice:1", "receipt:1", "125.00", DAY + WEEK)
        undo(books, "a", "a/undone")
        undo(books, "a", "a/undone")
        assert (opens(books, "invoice:1"), opens(books, "receipt:1")) == (Decimal(125), Decimal(-200))
        assert Item.objects.get(key="invoice:1").settled_on is None
        then = queries.list_open_items(company=books, party="10001", as_of=DAY + 2 * WEEK)
        assert {item.key: item.open for item in then if item.currency == "SEK"} == {"receipt:1": Decimal(-75)}

    def test_twice_an_undoing_itself_an_unknown_one_or_an_earlier_day_is_refused(self, books: CompanyId) -> None:
        settle(books, "a", "invoice:1", "receipt:1", "125.00", DAY + WEEK)
        with pytest.raises(UnableToAllocate, match=r"ledger\.allocation\.too-early"):
            undo(books, "a", "a/undone", DAY)
        undo(books, "a", "a/undone")
        for key, new_key, code in (
            ("a", "other", "undone-already"),
            ("a/undone", "other", "is-an-undoing"),
            ("z", "other", "unknown"),
        ):
            with pytest.raises(UnableToAllocate) as refused:
                undo(books, key, new_key)
            assert refused.value.code == f"ledger.allocation.{code}"

    def test_a_new_settlement_does_not_reach_behind_an_undone_one(self, books: CompanyId) -> None:
        settle(books, "a", "invoice:1", "receipt:1", "125.00", DAY + WEEK)
        undo(books, "a", "a/undone")
        with pytest.raises(UnableToAllocate, match=r"ledger\.allocation\.too-early"):
            settle(books, "b", "invoice:1", "receipt:1", "125.00", DAY + 2 * WEEK)
        settle(books, "b", "invoice:1", "receipt:1", "125.00", DAY + 3 * WEEK)
        assert Item.objects.get(key="invoice:1").settled_on == DAY + 3 * WEEK

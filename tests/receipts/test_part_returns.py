"""The bank takes a part of a payment back: only that part is open again, and the books balance to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.flows.match_receipts import match_new
from saldo.ledger.actions import allocate
from saldo.ledger.queries import balances, list_open_items
from saldo.ledger.rules.allocation import NewAllocation
from saldo.receipts.actions.matching import match, undo_match
from saldo.receipts.actions.money_back import list_part_returnable, list_returnable, return_receipt
from saldo.receipts.actions.part_returns import return_part
from saldo.receipts.match_queries import list_part_returns, sum_used
from saldo.receipts.queries import find_entry
from saldo.receipts.rules.proposals import Difference, Share
from saldo.receipts.rules.settlement import UnableToMatch
from tests.conftest import NOW
from tests.receipts.conftest import told
from tests.receipts.town import world

LATER = NOW + timedelta(days=9)


def shares(**values):
    return tuple(Share(item=f"invoice:{key}", value=Decimal(value)) for key, value in values.items())


def paid(books, value, **settled):
    """A receipt of one debtor that settles these invoices in this order, each with a match of its own."""
    (receipt,) = books.receives(told(value, payer="Tallmo AB"))
    for number, share in settled.items():
        match(company=books.company, entry=receipt, shares=shares(**{number: share}), by="user:1", at=NOW)
    return receipt


def back(books, value):
    (entry,) = books.receives(told(value, on=date(2026, 5, 20), payer="Tallmo AB", kind="return"))
    return entry


def take_back(books, entry, receipt, **other):
    return_part(company=books.company, entry=entry, receipt=receipt, by="user:2", at=LATER, **other)


def standing(company):
    on = date(2030, 1, 1)
    sums = {(b.account, b.currency): b.value for b in balances(company=company, on=on) if b.value}
    return sums, {item.key: item.open for item in list_open_items(company=company)}


@pytest.fixture
def owing(books):
    """A debtor with three invoices."""
    books.debtor("10001", "Tallmo AB")
    for number, gross in (("1", "60.00"), ("2", "50.00"), ("3", "40.00")):
        books.invoice(number, "10001", gross)
    return books


class TestAPartThatGoesBack:
    def test_opens_the_newest_settled_debt_again_by_that_part_only(self, owing):
        receipt = paid(owing, "110.00", **{"1": "60.00", "2": "50.00"})
        take_back(owing, back(owing, "-20.00"), receipt)
        sums, opens = standing(owing.company)
        assert opens == {"invoice:2": Decimal("20.00"), "invoice:3": Decimal("40.00")}
        assert sums["bank:SE4550000000058398257466", "SEK"] == Decimal("90.00")
        assert ("unallocated", "SEK") not in sums
        assert find_entry(company=owing.company, key=receipt).state == "matched"

    def test_reaches_over_to_the_debt_before_when_the_newest_is_not_enough(self, owing):
        receipt = paid(owing, "110.00", **{"1": "60.00", "2": "50.00"})
        take_back(owing, back(owing, "-55.00"), receipt)
        assert standing(owing.company)[1] == {
            "invoice:1": Decimal("5.00"),
            "invoice:2": Decimal("50.00"),
            "invoice:3": Decimal("40.00"),
        }

    def test_opens_the_debt_that_a_person_chose(self, owing):
        receipt = paid(owing, "110.00", **{"1": "60.00", "2": "50.00"})
        take_back(owing, back(owing, "-20.00"), receipt, first=["invoice:1"])
        assert owing.open_of("invoice:1") == Decimal("20.00")
        assert owing.open_of("invoice:2") == 0

    def test_is_taken_from_money_that_settled_nothing_first(self, owing):
        receipt = paid(owing, "100.00", **{"1": "60.00"})
        take_back(owing, back(owing, "-30.00"), receipt)
        assert owing.open_of("invoice:1") == 0
        assert sum_used(company=owing.company, entries=[receipt])[receipt] == Decimal("90.00")
        with pytest.raises(UnableToMatch, match=r"receipts.match.more-than-money"):
            match(company=owing.company, entry=receipt, shares=shares(**{"2": "10.01"}), by="user:1", at=LATER)
        match(company=owing.company, entry=receipt, shares=shares(**{"2": "10.00"}), by="user:1", at=LATER)
        assert find_entry(company=owing.company, key=receipt).state == "matched"
        assert ("unallocated", "SEK") not in standing(owing.company)[0]

    def test_tells_what_went_back_and_which_debts_it_opened(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        entry = back(owing, "-20.00")
        take_back(owing, entry, receipt)
        (told_of,) = list_part_returns(company=owing.company, entry=receipt)
        assert (told_of.entry, told_of.value, told_of.free) == (entry, Decimal("20.00"), 0)
        assert told_of.reopened == (Share(item="invoice:1", value=Decimal("20.00")),)
        assert find_entry(company=owing.company, key=entry).because == "receipts.entry.part-returned"

    def test_of_two_debtors_opens_the_right_ones(self, owing):
        owing.debtor("10002", "Granlid AB")
        owing.invoice("9", "10002", "40.00")
        (receipt,) = owing.receives(told("100.00", payer="Tallmo AB"))
        both = shares(**{"1": "60.00", "9": "40.00"})
        match(company=owing.company, entry=receipt, shares=both, by="user:1", at=NOW)
        take_back(owing, back(owing, "-70.00"), receipt)
        assert (owing.open_of("invoice:1"), owing.open_of("invoice:9")) == (Decimal("30.00"), Decimal("40.00"))
        assert ("unallocated", "SEK") not in standing(owing.company)[0]

    def test_by_and_by_takes_the_whole_back(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        for value in ("-20.00", "-15.00", "-25.00"):
            take_back(owing, back(owing, value), receipt)
        assert owing.open_of("invoice:1") == Decimal("60.00")
        assert find_entry(company=owing.company, key=receipt).state == "returned"
        with pytest.raises(UnableToMatch, match=r"receipts.return.not-returnable"):
            take_back(owing, back(owing, "-1.00"), receipt)

    def test_a_person_is_offered_the_receipt_but_nothing_is_booked_by_itself(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        entry = back(owing, "-20.00")
        match_new(company=owing.company, by="system", world=world(LATER))
        assert find_entry(company=owing.company, key=entry).state == "open"
        assert list_returnable(company=owing.company, entry=entry) == ()
        assert list_part_returnable(company=owing.company, entry=entry) == (receipt,)

    @given(parts=st.lists(st.integers(1, 4000), min_size=1, max_size=4))
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_what_is_open_grows_by_exactly_what_went_back(self, parts, request):
        from django.db import transaction

        books = request.getfixturevalue("owing")
        with transaction.atomic():
            receipt = paid(books, "160.00", **{"1": "60.00", "2": "50.00", "3": "40.00"})
            for cents in parts:
                take_back(books, back(books, f"-{Decimal(cents) / 100}"), receipt)
            gone = Decimal(sum(parts)) / 100
            sums, opens = standing(books.company)
            assert sum(opens.values()) == max(gone - 10, 0)
            assert sums.get(("unallocated", "SEK"), 0) == min(gone - 10, 0)
            transaction.set_rollback(True)


class TestRefused:
    def test_the_whole_sum_is_no_part(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        entry = back(owing, "-60.00")
        with pytest.raises(UnableToMatch, match=r"receipts.return.not-a-part"):
            take_back(owing, entry, receipt)
        return_receipt(company=owing.company, entry=entry, receipt=receipt, by="user:1", at=LATER)

    def test_more_than_is_left_of_it(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        take_back(owing, back(owing, "-50.00"), receipt)
        with pytest.raises(UnableToMatch, match=r"receipts.return.not-a-part"):
            take_back(owing, back(owing, "-10.01"), receipt)

    def test_a_match_whose_part_went_back_is_not_undone_behind_it(self, owing):
        receipt = paid(owing, "60.00", **{"1": "60.00"})
        take_back(owing, back(owing, "-20.00"), receipt)
        with pytest.raises(UnableToMatch, match=r"receipts.match.part-returned"):
            undo_match(company=owing.company, match=f"{receipt}:match1", by="user:1", at=LATER)

    def test_money_on_account_that_was_used_since(self, owing):
        (receipt,) = owing.receives(told("40.00", payer="Tallmo AB"))
        rest = Difference(kind="on-account", value=Decimal("-40.00"), debtor="10001")
        match(company=owing.company, entry=receipt, shares=(), differences=[rest], by="user:1", at=NOW)
        used = NewAllocation(key="a:1", on=NOW.date(), debit="invoice:1", credit=receipt, value=Decimal("35.00"))
        allocate(company=owing.company, allocations=[used], by="user:1", at=NOW)
        before = standing(owing.company)
        entry = back(owing, "-20.00")
        with pytest.raises(UnableToMatch, match=r"receipts.match.credit-used"):
            take_back(owing, entry, receipt)
        assert owing.open_of("invoice:1") == before[1]["invoice:1"]

    def test_of_money_that_was_exchanged_a_person_matches_anew(self, owing):
        owing.invoice("7", "10001", "100.00", currency="EUR")
        (receipt,) = owing.receives(told("1120.00", payer="Tallmo AB"))
        match(company=owing.company, entry=receipt, shares=shares(**{"7": "100.00"}), by="user:1", at=NOW)
        with pytest.raises(UnableToMatch, match=r"receipts.return.exchanged"):
            take_back(owing, back(owing, "-112.00"), receipt)

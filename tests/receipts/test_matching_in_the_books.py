"""A match in the books: posted, allocated, taken back whole; a person's word is remembered; nothing is booked twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.flows.match_receipts import MatchedCount, match_new
from saldo.ledger.actions import allocate
from saldo.ledger.queries import balances, find_item, list_open_items
from saldo.ledger.rules.allocation import NewAllocation
from saldo.receipts.actions.matching import match, set_aside, undo_match
from saldo.receipts.actions.money_back import hold_until_settled, return_receipt
from saldo.receipts.actions.proposing import UnableToAllow, set_fee_allowance
from saldo.receipts.match_queries import list_matches, list_proposals_of
from saldo.receipts.models import LearnedPayer
from saldo.receipts.queries import find_entry
from saldo.receipts.rules.proposals import Difference, Share
from saldo.receipts.rules.settlement import UnableToMatch
from tests.conftest import NOW
from tests.receipts.conftest import told
from tests.receipts.town import world


def run(company, at=NOW):
    return match_new(company=company, by="system", world=world(at))


def shares(**values):
    return tuple(Share(item=f"invoice:{key}", value=Decimal(value)) for key, value in values.items())


def standing(company):
    """Every balance of every account, and what is open of every item."""
    on = date(2030, 1, 1)
    return (
        {(b.account, b.currency): b.value for b in balances(company=company, on=on)},
        {item.key: item.open for item in list_open_items(company=company)},
    )


class TestByThemselves:
    def test_certain_ones_book_themselves_and_the_rest_waits_with_proposals(self, books):
        books.debtor("10001", "Tallmo Industri AB")
        paper = books.invoice("2026-00412", "10001", "100.00")
        books.invoice("2026-00413", "10001", "70.00")
        sure, unsure = books.receives(
            told("100.00", references=(paper.reference,), payer="Tallmo Industri AB"), told("70.00")
        )
        assert run(books.company) == MatchedCount(matched=1, unallocated=1)
        assert (books.open_of("invoice:2026-00412"), books.open_of("invoice:2026-00413")) == (0, Decimal("70.00"))
        assert find_entry(company=books.company, key=sure).state == "matched"
        (proposal,) = list_proposals_of(company=books.company, entries=[unsure])[unsure]
        assert proposal.sureness == "possible"
        assert run(books.company) == MatchedCount(matched=0, unallocated=1)

    def test_the_same_file_again_changes_nothing(self, books):
        books.debtor("10001", "Tallmo Industri AB")
        paper = books.invoice("2026-00412", "10001", "100.00")
        books.receives(told("100.00", references=(paper.reference,)))
        run(books.company)
        before = standing(books.company)
        run(books.company)
        assert standing(books.company) == before

    def test_a_bank_fee_is_posted_beside_the_money(self, books):
        books.debtor("10001", "Tallmo Industri AB")
        paper = books.invoice("2026-00412", "10001", "100.00")
        set_fee_allowance(company=books.company, currency="SEK", value=Decimal(5), by="user:1", at=NOW)
        books.receives(told("97.00", references=(paper.reference,)))
        run(books.company)
        sums, open_items = standing(books.company)
        assert open_items == {}
        assert sums["bank-fees", "SEK"] == Decimal("3.00")
        assert ("unallocated", "SEK") not in sums

    def test_euro_on_a_krona_account_balances_in_both_currencies(self, books):
        books.debtor("10001", "Tallmo Industri AB")
        paper = books.invoice("2026-00412", "10001", "100.00", currency="EUR")
        ordered = {"original_currency": "EUR", "original_value": Decimal("100.00")}
        books.receives(told("1120.00", references=(paper.reference,), **ordered))
        assert run(books.company).matched == 1
        sums, open_items = standing(books.company)
        assert open_items == {}
        assert (sums["exchange", "SEK"], sums["exchange", "EUR"]) == (Decimal("-1120.00"), Decimal("100.00"))

    def test_a_negative_allowance_is_refused(self, books):
        with pytest.raises(UnableToAllow, match=r"receipts.allowance.bad-amount"):
            set_fee_allowance(company=books.company, currency="SEK", value=Decimal(-1), by="user:1", at=NOW)


class TestByPersons:
    def test_one_payment_settles_items_of_several_debtors(self, books):
        for number, name in (("10001", "Tallmo AB"), ("10002", "Granlid AB")):
            books.debtor(number, name)
        books.invoice("1", "10001", "60.00")
        books.invoice("2", "10002", "40.00")
        (entry,) = books.receives(told("100.00"))
        match(company=books.company, entry=entry, shares=shares(**{"1": "60.00", "2": "40.00"}), by="user:1", at=NOW)
        assert list_open_items(company=books.company) == ()

    def test_a_part_of_the_money_leaves_the_entry_open_for_another_match(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        books.invoice("2", "10001", "40.00")
        (entry,) = books.receives(told("100.00"))
        match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=NOW)
        assert find_entry(company=books.company, key=entry).state == "open"
        with pytest.raises(UnableToMatch, match=r"receipts.match.more-than-money"):
            match(company=books.company, entry=entry, shares=shares(**{"2": "40.01"}), by="user:1", at=NOW)
        match(company=books.company, entry=entry, shares=shares(**{"2": "40.00"}), by="user:1", at=NOW)
        assert find_entry(company=books.company, key=entry).state == "matched"
        assert list_open_items(company=books.company) == ()

    def test_more_than_the_money_is_refused_and_nothing_changes(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("50.00"))
        before = standing(books.company)
        with pytest.raises(UnableToMatch, match=r"receipts.match.more-than-money"):
            match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=NOW)
        assert standing(books.company) == before

    def test_the_rest_on_account_is_an_open_credit_of_the_debtor(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("100.00"))
        rest = Difference(kind="on-account", value=Decimal("-40.00"), debtor="10001")
        match(
            company=books.company,
            entry=entry,
            shares=shares(**{"1": "60.00"}),
            differences=[rest],
            by="user:1",
            at=NOW,
        )
        (credit,) = list_open_items(company=books.company)
        assert (credit.key, credit.open, credit.kind) == (entry, Decimal("-40.00"), "receipt")

    def test_a_credit_note_is_netted_without_money(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "100.00")
        books.invoice("2", "10001", "-30.00")
        (entry,) = books.receives(told("70.00"))
        both = (*shares(**{"1": "100.00"}), Share(item="credit-note:2", value=Decimal("-30.00")))
        match(company=books.company, entry=entry, shares=both, by="user:1", at=NOW)
        assert list_open_items(company=books.company) == ()

    def test_a_persons_match_teaches_who_the_payer_is_and_undoing_takes_that_back(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("60.00", payer="L. Marin", payer_account="SE12 3456"))
        key = match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=NOW)
        learned = LearnedPayer.objects.filter(company_id=books.company).order_by("kind")
        assert list(learned.values_list("kind", "said", "debtor")) == [
            ("account", "SE123456", "10001"),
            ("name", "L MARIN", "10001"),
        ]
        undo_match(company=books.company, match=key, by="user:1", at=NOW)
        assert not learned.exists()

    def test_set_aside_needs_a_reason_and_is_no_longer_matched(self, books):
        (entry,) = books.receives(told("60.00"))
        with pytest.raises(UnableToMatch, match=r"receipts.match.reason-missing"):
            set_aside(company=books.company, entry=entry, reason=" ", by="user:1", at=NOW)
        set_aside(company=books.company, entry=entry, reason="tax refund", by="user:1", at=NOW)
        assert run(books.company) == MatchedCount(matched=0, unallocated=0)
        with pytest.raises(UnableToMatch, match=r"receipts.match.not-open"):
            set_aside(company=books.company, entry=entry, reason="again", by="user:1", at=NOW)


class TestUndoing:
    def test_undoing_restores_every_balance_and_every_open_sum(self, books):
        books.debtor("10001", "Tallmo AB")
        for number, gross in (("1", "60.00"), ("2", "50.00"), ("3", "-10.00")):
            books.invoice(number, "10001", gross)
        (entry,) = books.receives(told("98.00"))
        before = standing(books.company)
        wanted = (*shares(**{"1": "60.00", "2": "50.00"}), Share(item="credit-note:3", value=Decimal("-10.00")))
        fee = Difference(kind="bank-fee", value=Decimal("2.00"), debtor="10001")
        key = match(company=books.company, entry=entry, shares=wanted, differences=[fee], by="user:1", at=NOW)
        assert standing(books.company) != before
        undo_match(company=books.company, match=key, by="user:2", at=NOW)
        assert standing(books.company) == before
        assert find_entry(company=books.company, key=entry).state == "open"

    def test_what_was_undone_is_never_matched_by_itself_again_but_by_a_person(self, books):
        books.debtor("10001", "Tallmo AB")
        paper = books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("60.00", references=(paper.reference,), payer="Tallmo AB"))
        run(books.company)
        (made,) = list_matches(company=books.company)
        later = NOW + timedelta(days=3)
        undo_match(company=books.company, match=made.key, by="user:1", at=later)
        assert run(books.company, later).matched == 0
        again = match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=later)
        assert again != made.key
        assert list_open_items(company=books.company) == ()

    def test_undoing_twice_is_refused(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("60.00"))
        key = match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=NOW)
        undo_match(company=books.company, match=key, by="user:1", at=NOW)
        with pytest.raises(UnableToMatch, match=r"receipts.match.undone-already"):
            undo_match(company=books.company, match=key, by="user:1", at=NOW)

    def test_what_rested_on_account_and_was_used_cannot_be_undone_behind_its_back(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("60.00"))
        rest = Difference(kind="on-account", value=Decimal("-60.00"), debtor="10001")
        key = match(company=books.company, entry=entry, shares=(), differences=[rest], by="user:1", at=NOW)
        used = NewAllocation(key="a:1", on=NOW.date(), debit="invoice:1", credit=entry, value=Decimal("60.00"))
        allocate(company=books.company, allocations=[used], by="user:1", at=NOW)
        with pytest.raises(UnableToMatch, match=r"receipts.match.credit-used"):
            undo_match(company=books.company, match=key, by="user:1", at=NOW)


class TestMoneyThatDoesNotStay:
    def test_a_bounced_debit_reopens_the_invoice(self, books):
        books.debtor("10001", "Tallmo AB")
        paper = books.invoice("1", "10001", "60.00")
        before = books.open_of("invoice:1")
        paid = told("60.00", references=(paper.reference,), payer="Tallmo AB")
        back = told("-60.00", on=date(2026, 5, 20), references=(paper.reference,), payer="Tallmo AB", kind="return")
        (receipt,) = books.receives(paid)
        run(books.company)
        assert books.open_of("invoice:1") == 0
        (entry,) = books.receives(back)
        run(books.company, NOW + timedelta(days=9))
        assert books.open_of("invoice:1") == before
        states = {find_entry(company=books.company, key=key).state for key in (receipt, entry)}
        assert states == {"returned"}
        assert ("unallocated", "SEK") not in standing(books.company)[0]

    def test_a_return_that_may_mean_two_receipts_waits_for_a_person(self, books):
        first, second = books.receives(told("60.00", payer="Tallmo AB"), told("60.00", payer="Tallmo AB", text="b"))
        (entry,) = books.receives(told("-60.00", payer="Tallmo AB", kind="return"))
        run(books.company)
        assert find_entry(company=books.company, key=entry).state == "open"
        return_receipt(company=books.company, entry=entry, receipt=second, by="user:1", at=NOW)
        assert find_entry(company=books.company, key=first).state == "open"

    def test_a_return_of_another_sum_is_refused(self, books):
        receipt, entry = books.receives(told("60.00"), told("-59.00", kind="return"))
        with pytest.raises(UnableToMatch, match=r"receipts.return.other-sum"):
            return_receipt(company=books.company, entry=entry, receipt=receipt, by="user:1", at=NOW)

    def test_money_in_its_return_period_settles_nothing_until_its_day(self, books):
        books.debtor("10001", "Tallmo AB")
        paper = books.invoice("1", "10001", "60.00")
        (entry,) = books.receives(told("60.00", references=(paper.reference,)))
        hold_until_settled(
            company=books.company, entry=entry, settles_on=NOW.date() + timedelta(days=2), by="user:1", at=NOW
        )
        assert run(books.company).matched == 0
        with pytest.raises(UnableToMatch, match=r"receipts.match.not-open"):
            match(company=books.company, entry=entry, shares=shares(**{"1": "60.00"}), by="user:1", at=NOW)
        assert run(books.company, NOW + timedelta(days=1)).matched == 0
        assert run(books.company, NOW + timedelta(days=2)).matched == 1
        assert find_item(company=books.company, key="invoice:1").open == 0

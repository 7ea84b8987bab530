"""Postings: balanced, once, in open periods, and taken back by their mirror."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.ledger import actions, queries
from saldo.ledger.rules.posting import Entry, PostedCount, Posting, UnableToPost
from tests.conftest import NOW
from tests.ledger.books import DAY, Pair, invoice, post, receipt, settle

LATER = DAY + timedelta(days=10)


def sums(company: CompanyId, on: date = LATER) -> dict[str, str]:
    return {found.account: f"{found.value:.2f}" for found in queries.balances(company=company, on=on)}


def with_entries(pair: Pair, *entries: Entry) -> Pair:
    return replace(pair[0], entries=entries), pair[1]


class TestPosting:
    def test_an_invoice_stands_on_its_accounts_and_as_an_open_item(self, company: CompanyId) -> None:
        assert post(company, invoice("1")) == PostedCount(posted=1, skipped=0)
        assert sums(company) == {"receivable": "125.00", "sales": "-100.00", "tax:SE:25": "-25.00"}
        (item,) = queries.list_open_items(company=company)
        assert (item.key, item.party, item.open) == ("invoice:1", "10001", Decimal(125))
        assert item == queries.find_item(company=company, key="invoice:1")
        assert queries.find_item(company=company, key="invoice:2") is None

    def test_the_same_posting_twice_is_one(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        assert post(company, invoice("1"), invoice("2"), invoice("2")) == PostedCount(posted=1, skipped=2)
        assert sums(company)["receivable"] == "250.00"

    def test_legs_in_another_order_and_amounts_written_otherwise_are_the_same_content(self, company: CompanyId) -> None:
        posting, items = invoice("1")
        post(company, (posting, items))
        turned = tuple(replace(entry, value=entry.value * Decimal("1.000")) for entry in reversed(posting.entries))
        assert post(company, (replace(posting, entries=turned), items)).skipped == 1

    def test_the_same_key_with_other_content_is_refused(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        posting, items = invoice("1")
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.other-content"):
            post(company, invoice("1", "200.00"))
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.other-content"):
            post(company, (posting, (replace(items[0], due_on=LATER),)))
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.other-content"):
            post(company, invoice("2"), invoice("2", "200.00"))

    @pytest.mark.parametrize(
        ("entries", "code"),
        [
            ((), "without-entries"),
            ((Entry(account="bank:main", currency="SEK", value=Decimal(1)),), "unbalanced"),
            (
                (
                    Entry(account="bank:main", currency="SEK", value=Decimal(1)),
                    Entry(account="sales", currency="EUR", value=Decimal(-1)),
                ),
                "unbalanced",
            ),
            (
                (
                    Entry(account="piggy-bank", currency="SEK", value=Decimal(1)),
                    Entry(account="sales", currency="SEK", value=Decimal(-1)),
                ),
                "unknown-account",
            ),
            (
                (
                    Entry(account="bank:main", currency="JPY", value=Decimal("0.5")),
                    Entry(account="sales", currency="JPY", value=Decimal("-0.5")),
                ),
                "finer-than-its-currency",
            ),
            (
                (
                    Entry(account="receivable", party="10001", currency="SEK", value=Decimal(1)),
                    Entry(account="sales", currency="SEK", value=Decimal(-1)),
                ),
                "items-disagree",
            ),
        ],
    )
    def test_an_unsound_posting_is_refused(self, company: CompanyId, entries: tuple[Entry, ...], code: str) -> None:
        posting = Posting(key="test:1", on=DAY, code="test.posted", entries=entries)
        with pytest.raises(UnableToPost) as refused:
            post(company, (posting, ()))
        assert refused.value.code == f"ledger.posting.{code}"

    def test_an_item_of_another_debtor_than_its_entry_or_issued_later_is_refused(self, company: CompanyId) -> None:
        posting, items = invoice("1")
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.items-disagree"):
            post(company, (posting, (replace(items[0], party="10002"),)))
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.item-from-later"):
            post(company, (posting, (replace(items[0], issued_on=LATER),)))

    def test_an_item_key_that_stands_already_is_refused(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        posting, items = invoice("2")
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.item-exists"):
            post(company, (posting, (replace(items[0], key="invoice:1"),)))
        assert queries.find_posting(company=company, key="invoice:2") is None

    def test_a_batch_leaves_one_act_in_the_log_with_count_and_sums(self, company: CompanyId) -> None:
        post(company, invoice("1"), invoice("2", currency="EUR"), receipt("1", "7.50"))
        (act,) = list_entries(company=company, code="ledger.posted")
        assert act.facts == {"count": 3, "last": "receipt:1", "sums": {"SEK": "132.50", "EUR": "125.00"}}


class TestReversal:
    def test_a_reversed_invoice_leaves_nothing_behind_but_both_postings(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        for _ in range(2):  # asked twice, done once
            actions.reverse(company=company, key="invoice:1", new_key="cancellation:1", on=LATER, by="test", at=NOW)
        assert sums(company) == {}
        assert sums(company, on=DAY)["receivable"] == "125.00"
        assert queries.list_open_items(company=company) == ()
        (then,) = queries.list_open_items(company=company, as_of=DAY)
        assert then.open == Decimal(125)

    def test_of_a_paid_invoice_the_paid_part_stays_as_a_credit(self, company: CompanyId) -> None:
        post(company, invoice("1"), receipt("1", "50.00"))
        settle(company, "a", "invoice:1", "receipt:1", "50.00")
        actions.reverse(company=company, key="invoice:1", new_key="cancellation:1", on=LATER, by="test", at=NOW)
        (left,) = queries.list_open_items(company=company)
        assert (left.key, left.open) == ("cancellation:1", Decimal(-50))

    def test_a_reversal_reversed_stands_as_before(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        before = sums(company)
        actions.reverse(company=company, key="invoice:1", new_key="back:1", on=LATER, by="test", at=NOW)
        actions.reverse(company=company, key="back:1", new_key="again:1", on=LATER, by="test", at=NOW)
        assert sums(company) == before
        first, third = (queries.find_posting(company=company, key=key) for key in ("invoice:1", "again:1"))
        assert first is not None
        assert third is not None
        assert third.entries == first.entries
        assert queries.sum_open(company=company, as_of=LATER) == {"SEK": Decimal(125)}

    def test_a_second_reversal_under_another_key_and_an_unknown_posting_are_refused(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        actions.reverse(company=company, key="invoice:1", new_key="back:1", on=LATER, by="test", at=NOW)
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.reversed-already"):
            actions.reverse(company=company, key="invoice:1", new_key="back:2", on=LATER, by="test", at=NOW)
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.unknown"):
            actions.reverse(company=company, key="invoice:9", new_key="back:9", on=LATER, by="test", at=NOW)


class TestPeriods:
    def test_a_closed_period_takes_no_posting_until_it_is_opened_with_a_reason(self, company: CompanyId) -> None:
        april = date(2026, 4, 1)
        actions.close_period(company=company, ends_before=april, by="test", at=NOW)
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.period-closed"):
            post(company, invoice("1"))
        post(company, invoice("2", on=april))
        with pytest.raises(actions.UnableToClose, match=r"ledger\.period\.reason-missing"):
            actions.close_period(company=company, ends_before=DAY, by="test", at=NOW)
        actions.close_period(company=company, ends_before=DAY, by="test", at=NOW, reason="late invoice")
        assert post(company, invoice("1")).posted == 1


class TestTexts:
    @pytest.mark.parametrize("text", ["", '"', "\\", '","', "a\\", "{}", "NULL", "é中文\n\x1f", '\\"'])
    def test_any_text_comes_back_as_it_was_alone_and_among_others(self, company: CompanyId, text: str) -> None:
        for number, texts in enumerate(([text], [text, "b"], ["a", text, text])):
            post(company, *(self.told(f"{number}-{place}", one) for place, one in enumerate(texts)))
            for place, one in enumerate(texts):
                posting = queries.find_posting(company=company, key=f"t:{number}-{place}")
                assert posting is not None
                assert posting.document == one

    @staticmethod
    def told(key: str, document: str) -> Pair:
        entries = (
            Entry(account="bank:main", currency="SEK", value=Decimal(1)),
            Entry(account="opening", currency="SEK", value=Decimal(-1)),
        )
        return Posting(key=f"t:{key}", on=DAY, code="test.posted", document=document, entries=entries), ()

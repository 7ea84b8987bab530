"""Entering a batch in one go: all of it with its act in the log, or nothing, whoever else writes meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from saldo.audit.log import record
from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.ledger import queries
from saldo.ledger.booking import ask, write_postings
from saldo.ledger.rules.posting import PostedCount, UnableToPost, mirror, opposite_items
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.ledger.books import DAY, Pair, invoice, post

_WAITERS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


def second_company() -> CompanyId:
    return found_company(name="Havsbris Moln AB", country="SE", currency="SEK", cloud="global", actor="t", at=NOW)


class TestAllOrNothing:
    def test_of_a_refused_batch_nothing_is_written_and_nothing_told(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        posting, items = invoice("3")
        with pytest.raises(UnableToPost, match=r"ledger\.posting\.item-exists"):
            post(company, invoice("2"), (posting, (replace(items[0], key="invoice:1"),)))
        assert queries.find_posting(company=company, key="invoice:2") is None
        assert [act.subject for act in list_entries(company=company, code="ledger.posted")] == ["ledger:invoice:1"]

    def test_what_stands_already_is_skipped_and_the_log_tells_of_the_rest_alone(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        assert post(company, invoice("1"), invoice("2")) == PostedCount(posted=1, skipped=1)
        assert [(act.subject, act.facts["count"]) for act in list_entries(company=company, code="ledger.posted")] == [
            ("ledger:invoice:2", 1),
            ("ledger:invoice:1", 1),
        ]

    def test_a_second_mirror_is_a_fault_of_who_asks_not_a_posting_that_stands(self, company: CompanyId) -> None:
        pair = invoice("1")
        post(company, pair)
        first, second = (
            (mirror(pair[0], key=key, on=DAY), opposite_items(*pair, key=key, on=DAY)) for key in ("back:1", "back:2")
        )
        post(company, first)
        with pytest.raises(IntegrityError, match="one_reversal_a_posting"), transaction.atomic():
            post(company, second)


class TestLaws:
    """What the database holds when nobody has looked at the batch before."""

    def test_legs_that_do_not_balance_are_refused(self, company: CompanyId) -> None:
        posting, items = invoice("1")
        short = replace(posting, entries=posting.entries[:2])
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            self.write(company, (short, items))
        assert self.write(company, (posting, items))

    def test_nobody_enters_into_the_books_of_another_company(self, company: CompanyId) -> None:
        other = second_company()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            self.write(other, invoice("1"))

    def test_nobody_writes_into_the_log_of_another_company(self, company: CompanyId) -> None:
        other = second_company()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            record(company=other, code="test.happened", actor="test", subject="test:1", at=NOW)

    @staticmethod
    def write(company: CompanyId, pair: Pair) -> bool:
        digests = {pair[0].key: "0" * 64}
        return write_postings(company=company, batch=[pair], digests=digests, by="test", at=NOW, facts={})


class TestAtOnce:
    @pytest.mark.parametrize("is_kept", [True, False])
    def test_who_comes_second_waits_and_writes_what_does_not_stand_then(self, own_database: str, is_kept: bool) -> None:
        company = found_company(
            name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW
        )
        counts: list[PostedCount] = []

        def come_second() -> None:
            try:
                with company_context(company):
                    counts.append(post(company, invoice("0"), invoice("1"), invoice("2")))
            finally:
                connection.close()

        second = threading.Thread(target=come_second)
        with company_context(company):
            post(company, invoice("1"), invoice("3"))
            second.start()
            self.await_that_somebody_waits(second)
            transaction.set_rollback(not is_kept)
        second.join(timeout=60)
        assert counts == [PostedCount(posted=2, skipped=1) if is_kept else PostedCount(posted=3, skipped=0)]
        with company_context(company):
            stand = [key for key in "0123" if queries.find_posting(company=company, key=f"invoice:{key}")]
            acts = [act.facts["count"] for act in list_entries(company=company, code="ledger.posted")]
        assert (stand, acts) == ((list("0123"), [2, 2]) if is_kept else (list("012"), [3]))

    @staticmethod
    def await_that_somebody_waits(second: threading.Thread) -> None:
        for _ in range(3000):
            assert second.is_alive()
            if ask(_WAITERS, ()) != [(0,)]:
                return
            threading.Event().wait(0.01)
        raise AssertionError("nobody waits")

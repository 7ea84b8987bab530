"""Closing a month: every line of Microsoft's finds its bucket, documents add up, and again changes nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.cli.commands import command_named, parser
from saldo.cli.output import Output
from saldo.core.periods import Month
from saldo.generator.generation import generate
from saldo.ledger.queries import list_open_items
from saldo.outbox.queries import list_messages
from saldo.server.messages import message_of
from tests.invoicing.months import MARCH, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import seats
from tests.rooms.importing import A_WORLD


def a_generated_month(partner: Partner, folder: Path, *, months: int = 1) -> None:
    generate(folder=folder, customers=12, months=months, seed=3, start=MARCH, usage_rows=300)
    partner.bring_paths(*(path for path in sorted(folder.iterdir()) if path.name != "truth.json"))


class TestClosing:
    def test_every_line_ends_in_exactly_one_bucket(self, partner: Partner, tmp_path: Path) -> None:
        a_generated_month(partner, tmp_path / "made")
        closed = partner.close()
        assert closed.drafts > 8
        assert closed.issued == 0
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_a_second_time_changes_nothing(self, partner: Partner, tmp_path: Path) -> None:
        a_generated_month(partner, tmp_path / "made")
        first = partner.close()
        before = [(row.pk, row.fingerprint) for row in partner.documents()]
        lines = [row.pk for row in partner.lines()]
        second = partner.close()
        assert second.drafted.written == 0
        assert (second.drafts, second.totals) == (first.drafts, first.totals)
        assert [(row.pk, row.fingerprint) for row in partner.documents()] == before
        assert [row.pk for row in partner.lines()] == lines

    def test_documents_are_the_sum_of_their_lines_and_their_open_items(self, partner: Partner, tmp_path: Path) -> None:
        a_generated_month(partner, tmp_path / "made")
        closed = partner.close(issue=True)
        documents = partner.documents()
        assert closed.issued == len(documents)
        assert closed.drafts == 0
        assert [row.number for row in documents] == [f"2026-{place:05d}" for place in range(1, len(documents) + 1)]
        for document in documents:
            lines = [line for line in partner.lines() if line.invoice_id == document.pk]
            assert sum(line.net for line in lines) == document.net
            assert sum(line.tax for line in lines) == document.tax
            assert document.net + document.tax == document.gross
        items = list_open_items(company=partner.company)
        assert sum(item.open for item in items) == sum(closed.totals.values())
        assert {item.document for item in items if item.open} == {row.number for row in documents if row.gross}

    def test_issued_again_issues_nothing(self, partner: Partner, tmp_path: Path) -> None:
        a_generated_month(partner, tmp_path / "made")
        first = partner.close(issue=True)
        second = partner.close(issue=True)
        assert (second.issued, second.totals, second.drafts) == (first.issued, first.totals, 0)
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_the_next_month_follows(self, partner: Partner, tmp_path: Path) -> None:
        a_generated_month(partner, tmp_path / "made", months=3)
        for month in (MARCH, Month(2026, 4), Month(2026, 5)):
            closed = partner.close(issue=True, month=month)
            assert closed.issued
            check_every_line_has_one_bucket(partner.company, month)
        assert all(document.gross or Decimal(0) == document.gross for document in partner.documents())


def ask_to_close(partner: Partner, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `saldo close` says; it must end well."""
    args = parser(["close", *words]).parse_args(["close", *words])
    args.world, args.words = A_WORLD, message_of
    assert command_named("close").load().run(args, Output(is_json=args.json)) == 0
    return capsys.readouterr().out


class TestAMonthThatDidNotCome:
    def test_is_said_and_is_no_failure(self, partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
        partner.bring(seats())
        for more in ((), ("--issue",)):
            closed = json.loads(ask_to_close(partner, capsys, "--month", "2026-02", "--json", *more))
            assert (closed["drafts"], closed["issued"]) == (0, 0)
            (problem,) = closed["problems"]
            assert (problem["code"], problem["facts"]) == ("invoicing.month.nothing-came", {"month": "2026-02"})
            assert "Nothing came for 2026-02" in problem["message"]
            assert "Nothing came for 2026-02" in ask_to_close(partner, capsys, "--month", "2026-02", *more)
        assert partner.close().problems == ({"code": "agreements.price.default-used", "facts": {"lines": 1}},)


class TestMail:
    def test_promises_what_changed_only_where_there_was_a_month_before(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        partner.bring(
            seats(
                InvoiceNumber="G000000002", OrderDate="4/2/2026", ChargeStartDate="4/1/2026", ChargeEndDate="4/30/2026"
            )
        )
        partner.close(issue=True, month=Month(2026, 4))
        first, second = sorted(list_messages(company=partner.company), key=lambda one: one.about)
        assert "what changed" not in first.body
        assert "what changed since last month" in second.body

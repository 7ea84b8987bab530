"""The old book is taken over whole, against its control total, and goes on living here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.audit.queries import list_entries
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.flows.receive_files import receive_paths
from saldo.generator.bank_files import camt_053
from saldo.generator.bank_town import Payment, Truth
from saldo.ledger.actions import close_period
from saldo.ledger.ageing import age
from saldo.ledger.openings import find_taken_over, list_take_overs, list_taken_over
from saldo.ledger.queries import balances, find_item, list_open_items, sum_open
from saldo.ledger.sheets import preview_opening
from saldo.ledger.statements import statement_of
from saldo.ledger.taking_over import undo_take_over
from saldo.parties.debtors import find_debtor, list_debtors
from saldo.ports.world import World
from tests.conftest import NOW
from tests.opening.old_book import AS_OF, TODAY, as_csv, as_xlsx, debtor, nine_hundred, row, take
from tests.rooms.importing import NoQueue


def refusal(company: CompanyId, data: bytes, **controls: str) -> Refused:
    with pytest.raises(Refused) as refused:
        take(company, data, **controls)
    return refused.value


class TestNineHundredItems:
    def test_they_come_over_whole_with_what_the_old_tool_knew(self, company: CompanyId) -> None:
        rows, sums = nine_hundred(company)
        data = as_xlsx(rows, {currency: f"{total}" for currency, total in sums.items()})
        seen = take(company, data)
        assert seen.taken == 900
        assert sum_open(company=company, as_of=AS_OF) == sums
        held = {b.currency: b.value for b in balances(company=company, on=AS_OF) if b.account == "receivable"}
        assert held == sums
        (file,) = list_take_overs(company=company)
        assert (file.items, file.disputed, file.promised, file.at_step) == (900, 60, 60, 90)
        assert file.sums == sums
        disputed = find_taken_over(company=company, item="opening:invoice:70002")
        assert disputed is not None
        assert (disputed.dispute_amount, disputed.dispute_reason) == (Decimal("40.000"), "wrong seats")
        assert disputed.original == disputed.open * 2
        stepped = find_taken_over(company=company, item="opening:invoice:70004")
        assert stepped is not None
        assert (stepped.step, stepped.last_notice_on, stepped.last_notice) == (
            "2",
            date(2026, 4, 24),
            "second reminder",
        )

    def test_they_age_by_their_old_due_days(self, company: CompanyId) -> None:
        rows, sums = nine_hundred(company)
        take(company, as_csv(*rows), **{currency: f"{total}" for currency, total in sums.items()})
        late = sum(
            Decimal(one["open"])
            for one in rows
            if one["currency"] == "SEK" and one["kind"] == "invoice" and date.fromisoformat(one["due"]) >= AS_OF
        )
        aged = [one.buckets["not-due"] for one in age(company=company, as_of=AS_OF) if one.currency == "SEK"]
        assert sum(aged) == late

    def test_a_file_that_misses_its_control_total_changes_nothing(self, company: CompanyId) -> None:
        rows, sums = nine_hundred(company)
        wrong = sums["SEK"] + Decimal("0.01")
        refused = refusal(company, as_csv(*rows), SEK=f"{wrong}", EUR=f"{sums['EUR']}")
        assert refused.code == "ledger.opening.control-differs"
        assert refused.facts["difference"] == "-0.01"
        assert list_open_items(company=company) == ()
        assert refusal(company, as_csv(*rows), SEK=f"{sums['SEK']}").code == "ledger.opening.control-missing"
        assert list_taken_over(company=company) == ()

    def test_the_old_reference_on_a_bank_file_pays_the_old_number(self, company: CompanyId, tmp_path: Path) -> None:
        rows, sums = nine_hundred(company)
        take(company, as_csv(*rows), **{currency: f"{total}" for currency, total in sums.items()})
        paid = [one for one in rows if one["currency"] == "SEK" and one["kind"] == "invoice"][:25]
        payments = [
            Payment(
                number=place,
                on=date(2026, 5, 4),
                currency="SEK",
                value=Decimal(one["open"]),
                truth=Truth(story="reference", debtor=one["debtor"]),
                references=(one["reference"],),
                payer="Någon annan",
            )
            for place, one in enumerate(paid, start=1)
        ]
        file = camt_053(
            payments=payments,
            account="SE4550000000058398257466",
            currency="SEK",
            opening=Decimal(0),
            made_on=date(2026, 5, 5),
        )
        path = tmp_path / "bank.xml"
        path.write_bytes(file)
        world = World(clock=FixedClock(datetime(2026, 5, 12, 7, tzinfo=UTC)), queue=NoQueue())
        (received,) = receive_paths(company=company, paths=[path], actor="test", world=world, today=TODAY)
        assert (received.entries, received.matched) == (25, 25)
        opens = {item.document for item in list_open_items(company=company)}
        assert not opens & {one["number"] for one in paid}
        (file_taken,) = list_take_overs(company=company)
        with pytest.raises(Refused) as refused:
            undo_take_over(company=company, name=file_taken.name, by="person:1", at=NOW)
        assert refused.value.code == "ledger.opening.settled"
        assert refused.value.facts == {"number": paid[0]["number"], "count": 25}


class TestTheSameAgain:
    def test_changes_nothing(self, company: CompanyId) -> None:
        debtor(company)
        data = as_csv(row("A-1"), row("A-2", "-20.00", kind="credit"))
        assert take(company, data, SEK="105.00").taken == 2
        again = take(company, data, SEK="105.00")
        assert (again.taken, again.count("same")) == (0, 2)
        assert sum_open(company=company, as_of=TODAY) == {"SEK": Decimal("105.00")}
        assert len(list_take_overs(company=company)) == 1

    def test_a_longer_file_adds_what_is_new(self, company: CompanyId) -> None:
        debtor(company)
        take(company, as_csv(row("A-1")), SEK="125.00")
        seen = take(company, as_csv(row("A-1"), row("A-2", "75.00")), SEK="200.00")
        assert (seen.taken, seen.count("new"), seen.count("same")) == (1, 1, 1)
        assert sum_open(company=company, as_of=AS_OF) == {"SEK": Decimal("200.00")}

    @pytest.mark.parametrize(
        "other", [{"open": "124.99"}, {"due": "2026-05-02"}, {"reference": "x"}, {"step": "3"}], ids=str
    )
    def test_with_other_content_is_refused_by_name(self, company: CompanyId, other: dict[str, str]) -> None:
        debtor(company)
        take(company, as_csv(row("A-1")), SEK="125.00")
        changed = row("A-1") | other
        refused = refusal(company, as_csv(changed), SEK=changed["open"])
        assert (refused.code, refused.facts) == ("ledger.opening.other-content", {"number": "A-1"})


class TestGivingBack:
    def test_leaves_no_trace_in_any_balance_and_may_be_taken_over_again_otherwise(self, company: CompanyId) -> None:
        debtor(company)
        taken = take(company, as_csv(row("A-1"), row("A-2", "-20.00", kind="deposit")), SEK="105.00")
        assert undo_take_over(company=company, name=taken.name, by="person:1", at=NOW) == 2
        assert list_open_items(company=company) == ()
        assert [one for one in balances(company=company, on=AS_OF) if one.value] == []
        assert list_taken_over(company=company) == ()
        assert len(list_taken_over(company=company, with_undone=True)) == 2
        again = take(company, as_csv(row("A-1", "130.00")), SEK="130.00")
        assert again.taken == 1
        assert again.name != taken.name
        item = find_item(company=company, key="opening:invoice:A-1:2")
        assert item is not None
        assert item.open == Decimal("130.00")
        codes = [entry.code for entry in list_entries(company=company)]
        assert codes.count("ledger.opening-taken-over") == 2
        assert codes.count("ledger.opening-undone") == 1

    def test_of_what_was_never_taken_over_is_refused(self, company: CompanyId) -> None:
        with pytest.raises(Refused, match=r"ledger\.opening\.unknown"):
            undo_take_over(company=company, name="none", by="person:1", at=NOW)


class TestDebtors:
    def test_are_named_by_number_name_or_vat_id(self, company: CompanyId) -> None:
        debtor(company, vat_id="SE556703748501")
        rows = [
            row(str(place), debtor=said) for place, said in enumerate(("10001", "Olles färg AB", "SE 5567037485 01"))
        ]
        take(company, as_csv(*rows), SEK="375.00")
        assert {item.party for item in list_open_items(company=company)} == {"10001"}

    def test_a_new_one_is_written_down_once_when_the_row_says_name_and_country(self, company: CompanyId) -> None:
        new = {"debtor": "555", "name": "Nya kunden AB", "country": "SE"}
        take(company, as_csv(row("A-1", **new), row("A-2", **new)), SEK="250.00")
        made = find_debtor(company=company, number="555")
        assert made is not None
        assert made.name == "Nya kunden AB"
        assert len(list_debtors(company=company)) == 1
        assert len(list_open_items(company=company, party="555")) == 2

    def test_one_called_by_its_name_gets_our_next_number(self, company: CompanyId) -> None:
        take(company, as_csv(row("A-1", debtor="Nya AB", name="Nya AB", country="SE")), SEK="125.00")
        assert [one.number for one in list_debtors(company=company)] == ["10001"]

    def test_an_unknown_one_is_a_fault_of_its_row(self, company: CompanyId) -> None:
        assert faults(company, row(debtor="nobody")) == {"ledger.opening.unknown-debtor"}
        assert refusal(company, as_csv(row(debtor="nobody")), SEK="125.00").code == "ledger.opening.has-faults"
        assert list_debtors(company=company) == ()

    def test_two_of_one_name_are_not_guessed(self, company: CompanyId) -> None:
        debtor(company)
        debtor(company, number="10002")
        assert faults(company, row(debtor="Olles färg AB")) == {"parties.debtor.several"}


def faults(company: CompanyId, *rows: dict[str, str]) -> set[str]:
    seen = preview_opening(company=company, data=as_csv(*rows), as_of=AS_OF, today=TODAY)
    return {problem.code for one in seen.rows for problem in one.problems}


class TestFaultsOfRows:
    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"open": "130.00", "original": "125.00"}, "more-than-original"),
            ({"open": "-125.00", "original": "-125.00"}, "wrong-sign"),
            ({"kind": "credit"}, "wrong-sign"),
            ({"open": "0", "original": "125.00"}, "nothing-open"),
            ({"open": "12.345"}, "bad-amount"),
            ({"open": "a lot"}, "bad-amount"),
            ({"issued": "2026-05-01"}, "later"),
            ({"issued": "yesterday"}, "bad-day"),
            ({"due": "2026-03-01"}, "due-before-issued"),
            ({"dispute_amount": "126.00"}, "more-than-open"),
            ({"promise_amount": "10.00"}, "empty"),
            ({"last_notice_on": "2026-05-01"}, "later"),
            ({"kind": "bill"}, "unknown-kind"),
            ({"currency": "KR"}, "bad-currency"),
            ({"number": ""}, "empty"),
            ({"kind": "credit", "open": "-1.00", "original": "-1.00", "step": "2"}, "only-invoices"),
        ],
        ids=str,
    )
    def test_are_named(self, company: CompanyId, cells: dict[str, str], code: str) -> None:
        debtor(company)
        assert f"ledger.opening.{code}" in faults(company, row() | cells)

    def test_a_number_twice_is_named_on_both_rows(self, company: CompanyId) -> None:
        debtor(company)
        seen = preview_opening(company=company, data=as_csv(row(), row()), as_of=AS_OF, today=TODAY)
        assert [one.problems[0].code for one in seen.rows] == ["ledger.opening.twice"] * 2

    def test_a_preview_writes_nothing(self, company: CompanyId) -> None:
        data = as_csv(row(debtor="9", name="Ny AB", country="SE"))
        preview_opening(company=company, data=data, as_of=AS_OF, today=TODAY, controls={"SEK": Decimal("125.00")})
        assert list_debtors(company=company) == ()
        assert list_open_items(company=company) == ()


class TestFilesAsAWhole:
    def test_a_last_row_may_carry_the_control_total(self, company: CompanyId) -> None:
        debtor(company)
        assert take(company, as_csv(row(), {"kind": "total", "currency": "SEK", "open": "125.00"})).taken == 1

    def test_two_control_totals_must_say_the_same(self, company: CompanyId) -> None:
        debtor(company)
        data = as_csv(row(), {"kind": "total", "currency": "SEK", "open": "125.00"})
        assert refusal(company, data, SEK="126.00").code == "ledger.opening.controls-differ"

    def test_a_control_total_of_a_currency_without_items_does_not_hold(self, company: CompanyId) -> None:
        debtor(company)
        assert refusal(company, as_csv(row()), SEK="125.00", EUR="1.00").code == "ledger.opening.control-differs"

    def test_strange_and_missing_columns_are_named(self, company: CompanyId) -> None:
        assert refusal(company, b"debtor;number\n1;2\n").facts == {"columns": "issued, open, currency"}
        head = b"debtor;number;issued;open;currency;mood\n"
        assert refusal(company, head).facts == {"columns": "mood"}

    def test_neither_a_day_to_come_nor_a_closed_one(self, company: CompanyId) -> None:
        with pytest.raises(Refused, match=r"ledger\.opening\.as-of-later"):
            preview_opening(company=company, data=as_csv(row()), as_of=TODAY + timedelta(days=1), today=TODAY)
        close_period(company=company, ends_before=date(2026, 5, 1), by="person:1", at=NOW)
        assert refusal(company, as_csv(row()), SEK="125.00").code == "ledger.opening.period-closed"

    def test_the_statement_shows_the_old_number_from_the_day_of_taking_over(self, company: CompanyId) -> None:
        debtor(company)
        take(company, as_csv(row()), SEK="125.00")
        (told,) = statement_of(company=company, party="10001", until=TODAY).currencies
        assert [(one.move.on, one.move.document, one.balance) for one in told.movements] == [
            (AS_OF, "A-1", Decimal("125.000"))
        ]

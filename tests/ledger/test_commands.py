"""`saldo statement` tells what a customer owes on a day; `saldo export ledger` prints the books."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from saldo.core.identity import CompanyId, CustomerId
from saldo.parties.actions import CustomerSeen, note_customers
from saldo.parties.billing_actions import ensure_debtors
from saldo.parties.debtors import map_tenants
from tests.cli.asking import Asker
from tests.conftest import NOW
from tests.ledger.books import DAY, invoice, post, receipt, settle

TENANT = CustomerId("11111111-1111-1111-1111-111111111111")
TODAY = date(2026, 4, 20)


@pytest.fixture
def asker(company: CompanyId, capsys: pytest.CaptureFixture[str]) -> Asker:
    """A customer with an old invoice half paid, a new one, and one in euro."""
    seen = CustomerSeen(key=TENANT, name="Havsbris Hotell AB", domain="havsbris.example", country="SE")
    note_customers(company=company, seen=[seen], at=NOW)
    ensure_debtors(company=company, at=NOW, by="test")
    number = map_tenants(company=company)[TENANT]
    post(
        company,
        invoice("1", party=number),
        receipt("1", "25.00", party=number, on=DAY + timedelta(days=9)),
        invoice("2", "200.00", party=number, on=TODAY),
        invoice("3", "8.00", party=number, currency="EUR"),
        invoice("4", "8.00", party="another"),
    )
    settle(company, "a", "invoice:1", "receipt:1", "25.00", DAY + timedelta(days=9))
    return Asker(company, capsys)


class TestStatement:
    def test_tells_opening_movements_closing_and_ages_by_currency(self, asker: Asker) -> None:
        answer = asker.ask("statement", "--customer", TENANT, "--today", "2026-04-20", "--since", "2026-03-10")
        assert answer.document is not None
        euro, kronor = answer.document["currencies"]
        assert (answer.document["customer"], answer.document["name"]) == (TENANT, "Havsbris Hotell AB")
        assert (euro["opening"], euro["movements"], euro["closing"]) == ("10.00", [], "10.00")
        assert kronor == {
            "currency": "SEK",
            "opening": "125.00",
            "movements": [
                {
                    "on": "2026-03-11",
                    "posting": "receipt:1",
                    "code": "receipts.booked",
                    "document": "1",
                    "amount": "-25.00",
                    "balance": "100.00",
                },
                {
                    "on": "2026-04-20",
                    "posting": "invoice:2",
                    "code": "invoicing.issued",
                    "document": "2",
                    "amount": "250.00",
                    "balance": "350.00",
                },
            ],
            "closing": "350.00",
            "ageing": {
                "not-due": "250.00",
                "1-30": "100.00",
                "31-60": "0.00",
                "61-90": "0.00",
                "over-90": "0.00",
                "credits": "0.00",
            },
        }

    def test_of_a_day_long_ago_knows_nothing_of_what_came_later(self, asker: Asker) -> None:
        answer = asker.ask("statement", "--customer", "Havsbris Hotell AB", "--today", "2026-03-02")
        assert answer.document is not None
        kronor = answer.document["currencies"][1]
        assert (kronor["opening"], kronor["closing"], kronor["ageing"]["not-due"]) == ("0.00", "125.00", "125.00")

    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("en", ["Closing balance", "1–30 days", "350.00"]),
            ("sv", ["Utgående saldo", "Ej förfallet", "350,00"]),
            ("zh-Hans", ["期末余额", "未到期"]),
            ("pt-BR", ["Saldo final", "A vencer"]),
            ("es", ["Saldo final", "No vencido"]),
        ],
    )
    def test_speaks_five_languages(self, asker: Asker, lang: str, words: list[str]) -> None:
        text = asker.ask("statement", "--customer", TENANT, "--today", "2026-04-20", "--lang", lang).text
        assert [word for word in words if word not in text] == []

    def test_of_nobody_we_know_is_refused(self, asker: Asker) -> None:
        assert asker.ask("statement", "--customer", "Nobody AB", "--today", "2026-04-20").code == (
            "parties.debtor.unknown"
        )


class TestExport:
    @pytest.mark.parametrize("way", ["csv", "hledger", "beancount"])
    def test_prints_the_whole_ledger_whatever_json_says(self, asker: Asker, way: str) -> None:
        from saldo.cli.commands import command_named, parser
        from saldo.cli.output import Output

        printed = []
        for words in (["export", "ledger", "--format", way], ["export", "ledger", "--format", way, "--json"]):
            args = parser(words).parse_args(words)
            args.company_id = asker.company
            assert command_named("export").load().run(args, Output(is_json=args.json)) == 0
            printed.append(asker._capsys.readouterr().out)
        assert printed[0] == printed[1]
        assert "invoice:4" in printed[0]

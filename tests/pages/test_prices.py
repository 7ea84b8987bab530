"""The pages of prices: precedence, previews before anybody agrees, who sees which figure, sheets."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saldo.agreements.queries import list_price_rules, list_service_fees, list_tax_profiles, list_terms
from saldo.agreements.rules.sheet_rows import COLUMNS
from saldo.audit.queries import list_entries
from saldo.desk.fields import read_figure
from saldo.desk.prices.sheet import say_column
from saldo.parties.company import company_context
from tests.pages.desk import Desk
from tests.pages.people import signed_in

EVERYBODY = {
    "level": "company",
    "target": "",
    "method": "discount-from-list",
    "figure": "5",
    "starts_on": "2026-06-01",
    "reaches": "from-date",
}
PREVIEWED = re.compile(r'name="previewed" value="([0-9a-f]{16})"')


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


def text_of(client: Client, address: str, **said: Any) -> str:
    answer = client.post(address, said) if said else client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def agree(client: Client, address: str, said: dict[str, str]) -> Any:
    """Look at the preview, then press the button under it."""
    found = PREVIEWED.search(text_of(client, address, **said, step="preview"))
    assert found is not None
    return client.post(address, said | {"step": "save", "previewed": found[1]})


class TestList:
    def test_groups_rules_by_precedence_the_strongest_first(self, desk: Desk, billing: Client) -> None:
        agree(billing, "/prices/new/", EVERYBODY)
        agree(billing, "/prices/new/", EVERYBODY | {"product": "Power BI Pro"})
        page = text_of(billing, "/prices/")
        places = [
            page.index(f'rowgroup" colspan="4">{words}<') for words in ("Product rules", "One debtor", "Everybody")
        ]
        assert places == sorted(places)

    def test_says_each_price_in_words(self, desk: Desk, billing: Client) -> None:
        agree(billing, "/prices/new/", EVERYBODY | {"method": "fixed-price", "figure": "245,00", "currency": "sek"})
        page = text_of(billing, "/prices/")
        assert "cost + 12.375\u00a0%" in page
        assert "245.00 SEK a unit and month" in page

    def test_leaves_as_a_table(self, billing: Client) -> None:
        rows = list(csv.reader(io.StringIO(billing.get("/prices/csv/").content.decode("utf-8-sig"))))
        assert rows[1][-1] == "own-azure"
        assert billing.get("/prices/xlsx/").content.startswith(b"PK")

    def test_finds_a_rule_by_the_name_of_its_debtor(self, desk: Desk, billing: Client) -> None:
        name = re.search(r"<h1>(.*?)</h1>", text_of(billing, desk.address("price-debtor")))
        assert name is not None
        assert "own-azure" in text_of(billing, f"/prices/?q={name[1]}")
        assert "own-azure" not in text_of(billing, "/prices/?q=nobody-is-called-so")


class TestFiguresCountedFromCost:
    PAGES = ("/prices/", "/prices/csv/", "/prices/rules/own-azure/")

    @pytest.mark.parametrize("address", PAGES)
    def test_are_not_told_to_who_may_not_see_margin(self, desk: Desk, address: str) -> None:
        assert "12.375" in text_of(signed_in(desk.people["billing"]), address)
        told = text_of(signed_in(desk.people["sales"]), address)
        assert "counts from cost" in told
        assert "12.375" not in told

    def test_stay_hidden_where_it_is_asked_which_rule_wins(self, desk: Desk) -> None:
        told = text_of(signed_in(desk.people["sales"]), f"/prices/which/?customer={desk.own}")
        assert "12.375" not in told


class TestSalesAgent:
    def test_sees_no_rule_and_no_agreement_of_another_customer(self, desk: Desk, billing: Client) -> None:
        other = EVERYBODY | {"level": "debtor", "target": desk.other_debtor}
        agree(billing, "/prices/new/", other)
        client = signed_in(desk.people["sales"])
        page = text_of(client, "/prices/")
        assert "own-azure" in page
        assert f"debtor-{desk.other_debtor}" not in page
        assert client.get(f"/prices/rules/debtor-{desk.other_debtor}/").status_code == 404
        assert client.get(f"/prices/agreements/{desk.other_debtor}/").status_code == 404
        assert client.get(f"/prices/agreements/{desk.debtor}/").status_code == 200

    def test_asks_about_own_customers_only(self, desk: Desk) -> None:
        client = signed_in(desk.people["sales"])
        assert 'aria-invalid="true"' in text_of(client, f"/prices/which/?customer={desk.other}")
        assert 'aria-invalid="true"' not in text_of(client, f"/prices/which/?customer={desk.own}")

    def test_changes_nothing(self, desk: Desk) -> None:
        client = signed_in(desk.people["sales"])
        assert client.post("/prices/new/", EVERYBODY).status_code == 403
        assert "/prices/new/" not in text_of(client, "/prices/")


class TestAgreeing:
    def test_shows_whom_a_price_touches_before_it_is_written(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, "/prices/new/", **EVERYBODY, step="preview")
        assert "subscriptions" in page
        assert "customers:" in page
        with company_context(desk.company):
            assert [rule.code for rule in list_price_rules(company=desk.company)] == ["own-azure"]

    def test_writes_what_the_preview_showed_and_nothing_else(self, desk: Desk, billing: Client) -> None:
        found = PREVIEWED.search(text_of(billing, "/prices/new/", **EVERYBODY, step="preview"))
        assert found is not None
        other = EVERYBODY | {"figure": "50", "step": "save", "previewed": found[1]}
        assert billing.post("/prices/new/", other).status_code == 200
        with company_context(desk.company):
            assert len(list_price_rules(company=desk.company)) == 1
        assert agree(billing, "/prices/new/", EVERYBODY).status_code == 302
        with company_context(desk.company):
            rule = list_price_rules(company=desk.company, code="company")[0]
            entry = list_entries(company=desk.company, code="agreements.price-agreed")[0]
        assert (rule.method, rule.value, rule.starts_on) == ("discount-from-list", {"percent": "5"}, date(2026, 6, 1))
        assert entry.actor == f"user:{desk.people['billing'].pk}"

    def test_sums_the_whole_difference_and_offers_all_rows(self, billing: Client) -> None:
        said = EVERYBODY | {"step": "csv"}
        rows = list(csv.reader(io.StringIO(billing.post("/prices/new/", said).content.decode("utf-8-sig"))))
        whole = sum(Decimal(row[-1]) for row in rows[1:])
        page = text_of(billing, "/prices/new/", **EVERYBODY, step="preview")
        assert len(rows) > 2
        assert whole < 0
        assert f"−{abs(whole):,.2f}" in page

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"figure": "a lot"}, "Not a figure"),
            ({"figure": "101"}, "a discount is at most 100"),
            ({"starts_on": "soon"}, "Not a day"),
            ({"level": "debtor", "target": "nobody at all"}, "There is no debtor"),
            ({"level": "debtor", "target": ""}, "names nobody"),
            ({"method": "tiers", "figure": "10:5"}, "Steps are written as"),
            ({"method": "fixed-price", "figure": "10", "currency": ""}, "has no currency"),
            ({"method": "minimum", "figure": "10", "currency": "SEK", "product": "Visio"}, "names no product"),
        ],
    )
    def test_says_under_the_field_what_is_wrong_and_loses_nothing(
        self, desk: Desk, billing: Client, said: dict[str, str], fault: str
    ) -> None:
        page = text_of(billing, "/prices/new/", **(EVERYBODY | {"reason": "new list"} | said), step="save")
        assert fault in page
        assert 'value="new list"' in page
        with company_context(desk.company):
            assert len(list_price_rules(company=desk.company)) == 1

    def test_keeps_the_agreed_notice(self, desk: Desk, billing: Client) -> None:
        said = {"method": "markup-on-cost", "figure": "14", "starts_on": "2026-05-20", "reaches": "renewal"}
        address = desk.address("price-change")
        refused = agree(billing, address, said | {"notice_days": "30"})
        assert "the agreed notice is 30 days" in refused.content.decode()
        later = said | {"notice_days": "30", "starts_on": "2090-01-01"}
        assert agree(billing, address, later).status_code == 302
        page = text_of(billing, desk.address("price-rule"))
        assert page.index("cost + 12.375") < page.index("cost + 14")

    def test_ends_a_rule_from_a_day_on(self, desk: Desk, billing: Client) -> None:
        said = {"starts_on": "2026-07-01", "reaches": "from-date", "notice_days": "0"}
        assert agree(billing, desk.address("price-end"), said).status_code == 302
        with company_context(desk.company):
            assert list_price_rules(company=desk.company, code=desk.rule)[-1].method == "end"


class TestWhatIf:
    def test_compares_two_rules_and_adds_up(self, billing: Client) -> None:
        asked = "level=company&currency=SEK&first=list-price&second=discount-from-list&second_figure=10"
        page = text_of(billing, f"/prices/what-if/?{asked}")
        nets = [
            read_figure(figure)
            for row in re.findall(r'<th scope="row">.*?</tr>', page)
            for figure in re.findall(r'class="n lo">(?:<span class="zero">)?([\d.,−]+)', row)
        ]
        pairs = list(zip(nets[::2], nets[1::2], strict=True))
        assert len(pairs) > 3
        assert all(first is not None and second is not None for first, second in pairs)
        *rows, total = pairs
        assert (sum(row[0] for row in rows), sum(row[1] for row in rows)) == total
        assert 0 < total[0] - total[1] <= total[0] / 5

    def test_of_one_debtor_reads_no_other(self, desk: Desk, billing: Client) -> None:
        asked = f"level=debtor&target={desk.debtor}&currency=SEK&first=as-agreed&second=list-price"
        page = text_of(billing, f"/prices/what-if/?{asked}")
        assert page.count('<tr><th scope="row">') == 2  # the customer and the total

    def test_says_what_is_wrong_with_a_figure(self, billing: Client) -> None:
        asked = "level=company&currency=SEK&first=as-agreed&second=markup-on-cost&second_figure=much"
        assert "Not a figure" in text_of(billing, f"/prices/what-if/?{asked}")


class TestWhichRuleWins:
    def test_names_the_winner_and_why_the_others_lose(self, desk: Desk, billing: Client) -> None:
        agree(billing, "/prices/new/", EVERYBODY | {"starts_on": "2025-01-01"})
        page = text_of(billing, f"/prices/which/?customer={desk.own}")
        assert "This rule holds" in page

    def test_says_when_nobody_is_called_so(self, billing: Client) -> None:
        assert 'aria-invalid="true"' in text_of(billing, "/prices/which/?customer=nobody")


class TestDebtor:
    def test_gets_terms_from_a_day_on(self, desk: Desk, billing: Client) -> None:
        said = {
            "starts_on": "2026-06-01",
            "net_days": "20",
            "invoice_day": "5",
            "notice_days": "90",
            "delivery": "mail",
            "grouping": "split",
            "split": "Cost centre 7; PO-9; sub-1, sub-2; azure",
            "purchase_order": "PO-1",
        }
        assert billing.post(desk.address("price-debtor-terms"), said).status_code == 302
        with company_context(desk.company):
            terms = list_terms(company=desk.company, debtor=desk.debtor)[-1]
        assert (terms.net_days, terms.invoice_day, terms.purchase_order) == (20, 5, "PO-1")
        assert terms.notice_days == 90
        assert terms.split[0].subscriptions == {"sub-1", "sub-2"}

    @pytest.mark.parametrize(
        ("page", "said", "fault"),
        [
            ("terms", {"net_days": "900", "invoice_day": "0"}, "0 to 365"),
            ("terms", {"net_days": "30", "invoice_day": "40"}, "0 to 31"),
            ("tax", {"treatment": "exempt", "withholding": "0"}, "needs a certificate"),
            ("tax", {"treatment": "standard", "withholding": "100"}, "less than 100"),
            (
                "fee",
                {"fee_code": "s", "fee_name": "S", "quantity": "1", "unit_price": "x", "currency": "SEK"},
                "figure",
            ),
            (
                "fee",
                {"fee_code": "s", "fee_name": "", "quantity": "1", "unit_price": "1", "currency": "SEK"},
                "no name",
            ),
        ],
    )
    def test_is_told_what_is_wrong(
        self, desk: Desk, billing: Client, page: str, said: dict[str, str], fault: str
    ) -> None:
        usual = {"starts_on": "2026-06-01", "delivery": "mail", "grouping": "debtor"}
        told = text_of(billing, desk.address(f"price-debtor-{page}"), **(usual | said))
        assert fault in told
        assert 'aria-invalid="true"' in told

    def test_shows_that_a_proof_has_run_out(self, desk: Desk, billing: Client) -> None:
        said = {
            "starts_on": "2026-01-01",
            "treatment": "exempt",
            "certificate": "CERT-77",
            "certificate_until": "2026-02-01",
            "withholding": "0",
        }
        assert billing.post(desk.address("price-debtor-tax"), said).status_code == 302
        with company_context(desk.company):
            assert list_tax_profiles(company=desk.company, debtor=desk.debtor)[-1].certificate == "CERT-77"
        assert "has expired" in text_of(billing, desk.address("price-debtor"))

    def test_pays_a_fee_until_it_ends(self, desk: Desk, billing: Client) -> None:
        said = {"fee_code": "support", "fee_name": "Support Plus", "quantity": "1", "unit_price": "1 250,50"}
        said |= {"currency": "SEK", "starts_on": "2026-06-01"}
        assert billing.post(desk.address("price-debtor-fee"), said).status_code == 302
        ended = {"fee_code": "support", "tenant": "", "ends_on": "2026-08-31"}
        assert billing.post(desk.address("price-debtor-fee-end"), ended).status_code == 302
        with company_context(desk.company):
            fee = list_service_fees(company=desk.company, debtor=desk.debtor)[-1]
        assert (fee.unit_price, fee.ends_before) == (Decimal("1250.50"), date(2026, 9, 1))


class TestSheet:
    GOOD = b"code,level,target,method,percent,starts_on\nall,company,,discount-from-list,5,2026-06-01\n"

    def shown(self, client: Client, data: bytes) -> str:
        answer = client.post("/prices/sheet/", {"file": SimpleUploadedFile("prices.csv", data)})
        return answer.content.decode()

    def test_is_shown_row_by_row_and_writes_nothing(self, desk: Desk, billing: Client) -> None:
        page = self.shown(billing, self.GOOD)
        assert "1 new" in page
        with company_context(desk.company):
            assert len(list_price_rules(company=desk.company)) == 1

    def test_calls_its_columns_by_words(self, billing: Client) -> None:
        page = html.unescape(self.shown(billing, self.GOOD))
        assert '<span class="k">Per cent</span>' in page
        assert '<span class="k">percent</span>' not in page
        for columns in COLUMNS.values():
            assert [column for column in columns if say_column(column) == column] == []

    def test_is_taken_over_as_shown(self, desk: Desk, billing: Client) -> None:
        page = self.shown(billing, self.GOOD)
        kept = dict(re.findall(r'name="(file|fingerprint)" value="([0-9a-f]+)"', page))
        assert billing.post("/prices/sheet/take/", kept | {"fingerprint": "0" * 16}).status_code == 200
        assert billing.post("/prices/sheet/take/", kept).status_code == 302
        with company_context(desk.company):
            assert list_price_rules(company=desk.company, code="all")[0].value == {"percent": "5"}

    def test_with_a_fault_names_row_and_column_and_cannot_be_taken(self, billing: Client) -> None:
        page = self.shown(billing, self.GOOD + b"bad,company,,discount-from-list,much,2026-06-01\n")
        assert "In Per cent:" in page
        assert "Seen: “much”." in page
        assert "/prices/sheet/take/" not in page

    @pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"a,b\n1,2\n"])
    def test_that_is_none_is_refused_in_words(self, billing: Client, data: bytes) -> None:
        assert 'role="alert"' in self.shown(billing, data)

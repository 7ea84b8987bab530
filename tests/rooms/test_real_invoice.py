"""A real legacy invoice of Microsoft comes to the cent. Its data is not ours to keep: skipped where it is not there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.charges import history
from saldo.charges.queries import list_months, sum_by_month
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult
from tests.rooms.importing import MARCH, Postman

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "recon"
MARCH_2016 = Month(2016, 3)
ROWS = ("office_billinglineitems", "azure_billinglineitems", "azure_usagelineitems")
TABLES = ("license_based", "usage_based_billing", "usage_based_daily")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recorded invoices are not on this machine")


def pages(invoice: str = "D080002CPL") -> list[Path]:
    return [DATA / f"legacy_{invoice}_{name}.json" for name in (*ROWS, "invoice")]


def tables(invoice: str = "D080002CPL") -> list[Path]:
    return [DATA / f"derived_{invoice}_{name}.csv" for name in TABLES]


def checks(results: Sequence[FileResult]) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Each kind's checks: passed, tolerated, failed."""
    return {
        result.outcome.kind: {
            check.code: (check.passed, check.tolerated, check.failed) for check in result.outcome.checks
        }
        for result in results
    }


class TestRealInvoice:
    def test_licences_and_usage_come_to_the_invoice_and_every_identity_holds(self, postman: Postman) -> None:
        results = postman.bring_paths(*pages())
        assert {result.state for result in results} == {"accepted"}
        assert checks(results) == {
            "legacy-license": {"I1": (1, 0, 0), "I2": (147, 0, 0), "I6": (133, 0, 0)},
            "legacy-usage": {"I1": (1, 0, 0), "I3": (48, 0, 0), "I4": (48, 0, 0), "I6": (48, 0, 0)},
            "legacy-usage-daily": {"I4": (48, 0, 0)},
            "invoice-header": {"I1": (1, 0, 0)},
        }

    def test_its_two_halves_are_known_to_the_cent(self, postman: Postman) -> None:
        postman.bring_paths(*pages())
        from saldo.charges.models import Delivery

        gross = {row.kind: row.gross for row in Delivery.objects.filter(gross__isnull=False)}
        assert gross == {"legacy-license": Decimal("26560.39"), "legacy-usage": Decimal("3593.86")}
        assert sum(gross.values()) == Decimal("30154.25")

    def test_it_belongs_to_the_month_of_its_invoice_date(self, postman: Postman) -> None:
        postman.bring_paths(*pages())
        (total,) = sum_by_month(company=postman.company)
        assert (total.month, total.currency, total.lines) == (MARCH_2016, "USD", 195)
        assert total.net == Decimal("24256.59") + Decimal("3282.05")

    def test_eighteen_invoices_come_to_the_open_balance(self, postman: Postman) -> None:
        results = postman.bring_paths(DATA / "legacy_invoices_list_18.json", DATA / "legacy_account_summary.json")
        assert [result.outcome.rows for result in results] == [18, 1]
        for result in results:
            (check,) = (check for check in result.outcome.checks if check.code == "I5")
            assert (check.passed, check.failed) == (1, 0)

    def test_the_same_rows_as_portal_files_are_the_same_document_in_another_version(self, postman: Postman) -> None:
        postman.bring_paths(*pages())
        results = postman.bring_paths(*tables())
        assert {result.state for result in results} == {"replaced"}
        assert [result.outcome.total for result in results if result.outcome.kind == "legacy-license"] == [
            Decimal("24256.59")
        ]
        (total,) = sum_by_month(company=postman.company)
        assert total.lines == 195

    @pytest.mark.parametrize("order", ["header first", "header last"])
    def test_portal_files_find_their_invoice_in_any_order(self, postman: Postman, order: str) -> None:
        header = pages()[-1]
        paths = [header, *tables()] if order == "header first" else [*tables(), header]
        results = [result for path in paths for result in postman.bring_paths(path)]
        assert {result.state for result in results} == {"accepted"}
        found = [
            check
            for delivery in history.list_deliveries(company=postman.company, limit=10)
            for check in history.get_delivery(company=postman.company, delivery=delivery.id).checks
            if check.code == "I1"
        ]
        assert [(check.passed, check.failed) for check in found] == [(1, 0)] * 3

    def test_a_row_less_no_longer_comes_to_the_invoice(self, postman: Postman) -> None:
        whole = tables()[0].read_text(encoding="utf-8-sig").splitlines(keepends=True)
        cut = postman.folder / "license.csv"
        cut.write_text("".join(whole[:-1]), encoding="utf-8")
        results = postman.bring_paths(cut, tables()[1], pages()[-1])
        assert checks(results)["invoice-header"]["I1"] == (0, 0, 1)


class TestPrintedExamples:
    """The examples in Microsoft's documentation are partly invented; their shapes must be read all the same."""

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("docexample_get-invoice-unbilled-recon-lineitems_1.json", "nce-reconciliation"),
            ("docexample_get-invoice-billed-consumption-lineitems_1.json", "nce-daily-usage"),
            ("docexample_get-invoice-unbilled-consumption-lineitems_1.json", "nce-daily-usage"),
            ("docexample_get-a-collection-of-invoices_1.json", "invoice-header"),
            ("docexample_get-invoice-by-id_1.json", "invoice-header"),
        ],
    )
    def test_a_printed_answer_is_recognised(self, postman: Postman, name: str, kind: str) -> None:
        (result,) = postman.bring_paths(DATA / name)
        assert (result.outcome.kind if result.outcome else result.kind) == kind, result

    def test_unbilled_answers_are_estimates(self, postman: Postman) -> None:
        postman.bring_paths(DATA / "docexample_get-invoice-unbilled-recon-lineitems_1.json")
        assert list_months(company=postman.company) == ()
        assert postman.amounts(month=MARCH) == []

"""A generated file keeps every figure in each of Microsoft's other deliveries."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal

import pytest

from saldo.core.periods import Month
from saldo.generator.dialects import read_portal_csv, write_graph_export, write_text_as, write_v1_pages
from saldo.generator.generation import generate


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dialects")
    generate(folder=folder, customers=4, months=1, seed=5, start=Month(2026, 3), usage_rows=250)
    return {
        "reconciliation": next(folder.glob("*reconciliation.csv")),
        "daily": next(folder.glob("*daily-usage.csv")),
    }


class TestGraphExport:
    @pytest.mark.parametrize(("kind", "column"), [("reconciliation", "Subtotal"), ("daily", "BillingPreTaxTotal")])
    def test_blobs_hold_every_row_with_every_digit(self, files, tmp_path, kind, column):
        folder = write_graph_export(files[kind], folder=tmp_path / "export", blobs=3)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        lines = [
            json.loads(line, parse_float=Decimal, parse_int=Decimal)
            for blob in manifest["blobs"]
            for line in gzip.decompress((folder / blob["name"]).read_bytes()).decode().splitlines()
        ]
        plain = read_portal_csv(files[kind])
        assert manifest["blobCount"] == 3
        assert [line[column] for line in lines] == [Decimal(row[column]) for row in plain]
        assert {line["InvoiceNumber"] for line in lines} == {plain[0]["InvoiceNumber"]}

    def test_an_unchanged_document_is_written_in_the_same_bytes(self, files, tmp_path):
        one, two = (write_graph_export(files["daily"], folder=tmp_path / name) for name in ("one", "two"))
        assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


class TestPages:
    def test_each_page_counts_itself_and_all_but_the_last_name_the_next(self, files, tmp_path):
        pages = [json.loads(p.read_text("utf-8")) for p in write_v1_pages(files["daily"], folder=tmp_path, size=100)]
        assert [page["totalCount"] for page in pages] == [100, 100, 50]
        assert ["next" in page["links"] for page in pages] == [True, True, False]

    def test_figures_are_quoted_and_names_camel_case(self, files, tmp_path):
        (page,) = write_v1_pages(files["reconciliation"], folder=tmp_path)
        items = json.loads(page.read_text("utf-8"))["items"]
        plain = read_portal_csv(files["reconciliation"])
        assert [item["totalForCustomer"] for item in items] == [row["Total"] for row in plain]
        assert {"pcToBCExchangeRate", "billableQuantity", "referenceId"} <= items[0].keys()

    def test_partner_earned_credit_is_a_share_there_and_a_percentage_here(self, files, tmp_path):
        (page,) = write_v1_pages(files["daily"], folder=tmp_path)
        items = json.loads(page.read_text("utf-8"))["items"]
        plain = read_portal_csv(files["daily"])
        for item, row in zip(items, plain, strict=True):
            assert Decimal(item["rateOfPartnerEarnedCredit"]) * 100 == Decimal(row["PartnerEarnedCreditPercentage"])


class TestPortalFile:
    @pytest.mark.parametrize("delimiter", [";", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_other_delimiters_and_encodings_say_the_same(self, files, tmp_path, delimiter, encoding):
        made = write_text_as(
            files["reconciliation"], target=tmp_path / "local.csv", delimiter=delimiter, encoding=encoding
        )
        first = made.read_bytes().decode(encoding).splitlines()[0]
        assert first.count(delimiter) == 46

    def test_gzip_holds_the_same_text(self, files, tmp_path):
        made = write_text_as(files["daily"], target=tmp_path / "d.csv.gz", encoding="utf-8-sig", is_packed=True)
        unpacked = gzip.decompress(made.read_bytes()).decode("utf-8-sig").splitlines()
        assert len(unpacked) == 251

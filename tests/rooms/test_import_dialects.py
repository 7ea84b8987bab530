"""The same invoice in every form that Microsoft delivers it in makes the same bill."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.charges.drill_down import get_original_row
from saldo.charges.queries import list_lines
from saldo.charges.rules.line import LineItem
from saldo.generator.dialects import write_graph_export, write_text_as, write_v1_pages
from saldo.generator.generation import generate
from saldo.parties.queries import list_customers
from tests.microsoft_files import day
from tests.rooms.importing import MARCH, Postman

KINDS = ("license", "usage", "usage-daily", "reconciliation", "daily-usage")

Write = Callable[[Path, Path], Sequence[Path]]

DIALECTS: dict[str, Write] = {
    "semicolons": lambda path, folder: [write_text_as(path, target=folder / "a.csv", delimiter=";")],
    "tabs in UTF-16": lambda path, folder: [
        write_text_as(path, target=folder / "a.csv", delimiter="\t", encoding="utf-16")
    ],
    "gzip without a byte order mark": lambda path, folder: [
        write_text_as(path, target=folder / "a.csv.gz", encoding="utf-8", is_packed=True)
    ],
    "one page of the v1 API": lambda path, folder: write_v1_pages(path, folder=folder, size=100_000),
    "many pages of the v1 API": lambda path, folder: write_v1_pages(path, folder=folder, size=7),
}
GRAPH: dict[str, Write] = {
    "a Graph export": lambda path, folder: [write_graph_export(path, folder=folder, blobs=1)],
    "a Graph export in three blobs": lambda path, folder: [write_graph_export(path, folder=folder, blobs=3)],
}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partner with two customers in March, as portal files."""
    folder = tmp_path_factory.mktemp("partner")
    generate(folder=folder, customers=3, months=1, seed=5, start=MARCH)
    return folder


def files_of(folder: Path, kind: str) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if path.stem.split("-", 3)[3] == kind)


def bill(postman: Postman) -> list[LineItem]:
    """All lines of the month, without the file and row they come from."""
    lines = [
        dataclasses.replace(line, file="", row=0)
        for customer in list_customers(company=postman.company)
        for line in list_lines(company=postman.company, customer=customer.key, month=MARCH)
    ]
    return sorted(lines, key=repr)


def cases() -> list[tuple[str, str]]:
    new_commerce = [(kind, name) for kind in ("reconciliation", "daily-usage") for name in GRAPH]
    return [(kind, name) for kind in KINDS for name in DIALECTS] + new_commerce


class TestDialects:
    @pytest.mark.parametrize(("kind", "dialect"), cases())
    def test_it_is_the_same_document_with_the_same_lines(
        self, postman: Postman, delivered: Path, kind: str, dialect: str
    ) -> None:
        (portal, *_) = files_of(delivered, kind)
        (before,) = postman.bring_paths(portal)
        expected = bill(postman)
        folder = postman.folder / "other"
        folder.mkdir()
        (DIALECTS | GRAPH)[dialect](portal, folder)
        results = postman.bring_paths(folder)
        assert {result.state for result in results} == {"replaced"}
        assert {result.outcome.document for result in results} == {before.outcome.document}
        assert sum(result.outcome.rows for result in results) == before.outcome.rows
        if before.outcome.total is not None:
            assert sum((result.outcome.total for result in results), Decimal(0)) == before.outcome.total
        assert [check for result in results for check in result.outcome.checks if check.failed] == []
        assert bill(postman) == expected


class TestExactFigures:
    def test_a_figure_of_an_export_keeps_digits_that_no_binary_fraction_holds(self, postman: Postman) -> None:
        row = day(Tags='{"cost": 5, "note": "a, \\": 7"}') | {"BillingPreTaxTotal": 0}
        line = json.dumps(row).replace('"BillingPreTaxTotal": 0', '"BillingPreTaxTotal": 76728.623018284999945001')
        (postman.folder / "lines.json").write_text(line + "\n")
        (result,) = postman.bring_paths(postman.folder)
        assert result.outcome.total == Decimal("76728.623018284999945001")
        found = get_original_row(company=postman.company, file=result.outcome.sha256, row=1)
        assert found["Tags"] == row["Tags"]

    def test_a_line_that_is_no_json_refuses_the_export(self, postman: Postman) -> None:
        (postman.folder / "lines.json").write_text(json.dumps(day()) + "\n" + json.dumps(day())[:-5])
        (result,) = postman.bring_paths(postman.folder)
        assert (result.state, result.code) == ("refused", "charges.file.bad-structure")

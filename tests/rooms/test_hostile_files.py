"""Files that nobody should send: each is refused by name, or read whole; nothing of them is lost on the way."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saldo.charges.drill_down import get_original_row
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult
from tests.microsoft_files import HAVSBRIS, Row, day, legacy_day, legacy_usage, licence, seats, write_csv, write_json
from tests.rooms.importing import MARCH, Postman

DEEP = "[" * 100_000 + "]" * 100_000


def write_lines(path: Path, rows: Sequence[Row]) -> Path:
    """JSON lines as an export writes them: what is empty is left out."""
    full = ({name: value for name, value in row.items() if value != ""} for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in full))
    return path


def write_manifest(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    return write_json(folder / "manifest.json", {"blobs": [{"name": name} for name in names]})


def write_tables(path: Path, *tables: Sequence[Row], between: str = "\n") -> Path:
    """Tables in one portal file, one behind the other."""
    written = [write_csv(path, table).read_text(encoding="utf-8-sig") for table in tables]
    path.write_text(between.join(written))
    return path


def answer(*rows: Row, more: bool = True) -> Mapping[str, Any]:
    """A saved answer of the API that names its invoice, and whether there are more pages."""
    links = {"self": {"uri": f"/invoices/{rows[0]['InvoiceNumber']}/lineitems?provider=onetime"}}
    return {"items": list(rows), "links": links | ({"next": {"uri": "?seekOperation=Next"}} if more else {})}


class TestDamagedJson:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('{"a": ' + DEEP + "}\n{}\n", id="a first line nested without end"),
            pytest.param('{"items": [{"a": ' + DEEP + "}]}", id="a cell nested without end"),
            pytest.param('{"links": ' + DEEP + "}", id="addresses nested without end"),
            pytest.param(json.dumps(seats()) + "\n" + json.dumps(seats()) + "\n5\n", id="a line that is a figure"),
            pytest.param(json.dumps(seats()) + "\n" + json.dumps(seats()) + "\n[[1]]\n", id="a line that is a list"),
        ],
    )
    def test_it_is_refused_and_nothing_of_it_counts(self, postman: Postman, text: str) -> None:
        (postman.folder / "lines.json").write_text(text)
        (result,) = postman.bring_paths(postman.folder)
        assert result.state == "refused"
        assert postman.states() == []

    @pytest.mark.parametrize("row", ["{}", "11", "[]", '{"a":1}'])
    def test_a_file_of_brackets_and_commas_is_refused_before_it_fills_the_memory(
        self, postman: Postman, row: str
    ) -> None:
        (postman.folder / "page.json").write_text("[" + ",".join([row] * 100_000) + "]")
        (result,) = postman.bring_paths(postman.folder)
        assert (result.state, result.code) == ("refused", "charges.file.too-large")

    def test_every_depth_that_can_be_read_can_be_written(self, postman: Postman) -> None:
        for depth in range(900, 1000):
            cell = "[" * depth + "]" * depth
            (postman.folder / f"{depth}x.json").write_text('{"items": [{"a": ' + cell + "}]}")
        results = postman.bring_paths(postman.folder)
        assert {result.code for result in results} <= {"charges.file.unknown-kind", "charges.file.bad-json"}


class TestJsonLines:
    def test_a_column_that_comes_late_is_kept_with_its_money(self, postman: Postman) -> None:
        early = [seats(TaxTotal="", Total="", ReferenceId="") for _ in range(300)]
        last = seats(TaxTotal="90.00", Total="450.00", ReferenceId="EVENT", SomethingNew="kept")
        path = write_lines(postman.folder / "lines.json", [*early, last])
        (result,) = postman.bring_paths(path)
        assert postman.checks(1)["I9"] == (1, 0, 0)
        row = get_original_row(company=postman.company, file=result.outcome.sha256, row=301)
        assert (row["TaxTotal"], row["ReferenceId"], row["SomethingNew"]) == ("90", "EVENT", "kept")

    def test_a_text_that_begins_with_a_colon_and_a_figure_is_that_text(self, postman: Postman) -> None:
        (result,) = postman.bring_paths(write_lines(postman.folder / "lines.json", [seats(SkuName=": 5, premium")]))
        row = get_original_row(company=postman.company, file=result.outcome.sha256, row=1)
        assert row["SkuName"] == ": 5, premium"


class TestManifests:
    def test_an_export_of_two_kinds_is_none(self, postman: Postman) -> None:
        manifest = write_manifest(postman.folder / "export", "a.json", "b.json")
        write_lines(manifest.parent / "a.json", [seats()])
        write_lines(manifest.parent / "b.json", [day()])
        (result,) = postman.bring_paths(manifest.parent)
        assert (result.state, result.code) == ("refused", "charges.file.several-documents")

    @pytest.mark.parametrize("name", ["../secret.json", "a" * 5000, "", "..", "\x00"])
    def test_a_part_that_does_not_lie_beside_it_is_missing(self, postman: Postman, name: str) -> None:
        write_lines(postman.folder / "secret.json", [seats()])
        (result,) = postman.bring_paths(write_manifest(postman.folder / "export", name).parent)
        assert (result.state, result.code) == ("refused", "charges.file.missing-part")

    def test_a_part_named_twice_is_one_part_and_two_parts_of_one_name_are_not(self, postman: Postman) -> None:
        manifest = write_manifest(postman.folder / "export", "a.json", "a.json")
        write_lines(manifest.parent / "a.json", [seats()])
        assert [result.state for result in postman.bring_paths(manifest.parent)] == ["accepted"]
        write_manifest(postman.folder / "export", "x/a.json", "y/a.json")
        assert [result.code for result in postman.bring_paths(manifest)] == ["charges.file.missing-part"]


class TestTwoTables:
    BILLED: Sequence[Row] = (legacy_usage(),)
    DAYS: Sequence[Row] = (legacy_day(),)

    def test_titles_between_tables_are_no_rows(self, postman: Postman) -> None:
        path = write_tables(postman.folder / "usage.csv", self.BILLED, self.DAYS, between="\nDaily usage,,,,\n")
        assert [result.state for result in postman.bring_paths(path)] == ["accepted", "accepted"]

    def test_a_blank_name_in_the_header_moves_no_figure_to_its_neighbour(self, postman: Postman) -> None:
        names = list(legacy_usage())
        place = names.index("PretaxCharges")
        header = [*names[:place], "", *names[place:]]
        cells = [str(value) for value in legacy_usage().values()]
        rows = [header, [*cells[:place], "999.99", *cells[place:]]]
        path = postman.folder / "usage.csv"
        days = write_csv(path, self.DAYS).read_text(encoding="utf-8-sig")
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
            file.write("\n" + days)
        billed, _ = postman.bring_paths(path)
        assert billed.outcome.total == Decimal("80.00")

    def test_a_row_with_a_cell_too_many_refuses_the_table(self, postman: Postman) -> None:
        path = write_tables(postman.folder / "usage.csv", self.BILLED, self.DAYS)
        path.write_text(path.read_text().replace("\n", ",astray\n", 2).replace(",astray\n", "\n", 1))
        assert self._refused(postman, path) == "charges.file.bad-structure"

    def test_a_last_row_that_was_cut_refuses_the_table(self, postman: Postman) -> None:
        path = write_tables(postman.folder / "usage.csv", self.DAYS, self.BILLED)
        path.write_text(path.read_text() + "cut,off")
        assert self._refused(postman, path) == "charges.file.bad-structure"

    def test_two_tables_of_one_kind_are_refused_for_the_second_would_be_lost(self, postman: Postman) -> None:
        path = write_tables(postman.folder / "usage.csv", self.BILLED, self.BILLED)
        assert self._refused(postman, path) == "charges.file.bad-structure"

    @pytest.mark.parametrize(
        ("ending", "code"),
        [(b"\xff\xfe\n", "charges.file.not-utf8"), (b'"' + b"x\n" * (3 << 20), "charges.file.bad-structure")],
        ids=["bytes that are no text", "a quote that never closes"],
    )
    def test_what_is_damaged_far_behind_its_beginning_is_refused(
        self, postman: Postman, ending: bytes, code: str
    ) -> None:
        path = write_csv(postman.folder / "usage.csv", [legacy_usage(SubscriptionName="x" * 1000)] * 1000)
        path.write_bytes(path.read_bytes() + ending)
        assert self._refused(postman, path) == code

    def _refused(self, postman: Postman, path: Path) -> str:
        refused = [result for result in postman.bring_paths(path) if result.state == "refused"]
        assert refused
        return refused[0].code


class TestWhichPagesBelongTogether:
    def test_pages_as_a_browser_names_them_are_one_delivery(self, postman: Postman) -> None:
        for name, count in (("lines.json", 10), ("lines (1).json", 5), ("lines (2).json", 1)):
            write_json(postman.folder / name, answer(seats(seats=count)))
        assert self._states(postman) == ["accepted"] * 3
        assert sorted(postman.amounts()) == ["180.00", "36.00", "360.00"]

    def test_files_numbered_by_invoice_are_a_delivery_each(self, postman: Postman) -> None:
        for number in ("G000000001", "G000000002"):
            write_json(postman.folder / f"{number}.json", [seats(InvoiceNumber=number)])
        assert self._states(postman) == ["accepted"] * 2
        assert postman.states() == ["counts"] * 2

    def test_files_numbered_by_month_are_a_delivery_each(self, postman: Postman) -> None:
        for month in (2, 3):
            row = licence(ChargeStartDate=f"{month}/5/2026", ChargeEndDate=f"{month + 1}/4/2026")
            write_json(postman.folder / f"licences-2026-{month:02d}.json", [row])
        assert self._states(postman) == ["accepted"] * 2
        assert [postman.amounts(month=month) for month in (Month(2026, 2), MARCH)] == [["100.00"], ["100.00"]]

    def test_an_answer_that_was_saved_again_takes_the_place_of_the_first(self, postman: Postman) -> None:
        for name, count in (("lines-a.json", 10), ("lines-b.json", 5)):
            write_json(postman.folder / name, answer(seats(seats=count), more=False))
        assert self._states(postman) == ["accepted", "replaced"]
        assert postman.amounts(customer=HAVSBRIS) == ["180.00"]

    def _states(self, postman: Postman) -> list[str]:
        results: Sequence[FileResult] = postman.bring_paths(postman.folder)
        return [result.state for result in results]

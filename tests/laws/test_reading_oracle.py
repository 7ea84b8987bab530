"""What the line store reads in SQL is what the rules read in Python, cell by cell and field by field."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from saldo.charges.formats.columns import SHAPES
from saldo.charges.formats.recognise import recognise
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery
from saldo.charges.rules.cells import read_decimal
from saldo.charges.rules.line import LineItem
from saldo.charges.rules.reading import TYPED, BilledKind, read_row
from saldo.charges.store.narrow_sql import LINE_FIELDS, line_select
from saldo.charges.store.summing import StoredPart
from saldo.charges.store.writing import MAX_PROBLEMS, Written, write_part
from saldo.core.identity import FileId
from saldo.core.problems import Place

KINDS: tuple[BilledKind, ...] = get_args(BilledKind)

ODD_FIGURES = (
    *("0", "-0", "1", "1.50", "-0.000305", "3.", "007.10", "1e2", "1E-5", "1.234567e-09", "5.67E+17", "1e-18", "1e-19"),
    *("0.123456789012345678", "0.1234567890123456789", "0.1234567890123456780", "12345678901234567890"),
    *("123456789012345678901", "99999999999999999999.999999999999999999", "0e99", "-0.0e-40", "1E20", "10e18", "1e19"),
    *(
        "+5",
        " 5",
        "5 ",
        ".5",
        "-.5",
        "1_000",
        "1,5",
        "1 250",
        "--1",
        "1.2.3",
        "e5",
        "1e",
        "1e+",
        "NaN",
        "Infinity",
        "½",
    ),
    *("0x10", "٣", "1e1000", "1\t", "-", ".", "1e0001", "0.0000000000000000001e1"),
)
ODD_DAYS = (
    *("2026-01-31", "2026-02-30", "2024-02-29", "0001-01-01", "0001-01-01T00:00:00", "0000-01-01", "9999-12-31"),
    *("1900-01-01", "1899-12-31", "2999-12-31", "3000-01-01", "12/31/9999"),
    *("2026-05-12T18:48:30.6168285Z", "2026-05-12 18:48:30+02:00", "2026-05-12T", "2026-5-12", "20260512", "46154"),
    *("5/12/2026", "05/12/2026", "12/31/2026", "13/1/2026", "2/30/2026", "1/1/0001", "1/2/0001", "1/1/0000", "5/12/26"),
    *("05/12/2026 12:00:00 AM", "5/12/2026 9:00", "5/12/2026 12:00:00  PM", "5/12/20261", " 5/12/2026", "5/12/2026 "),
    *("12.05.2026", "2026-05-12x", "0/1/2026", "1/0/2026", "2026-00-10", "-1/2/2026", "2026-13-01", "0001-01-02"),
)
WORDS = st.sampled_from(
    (
        *(
            "",
            "Azure plan",
            " azure plan ",
            "Microsoft",
            "Contoso AB",
            "Monthly",
            "annual",
            "ANNUAL-monthly",
            "monthly",
        ),
        *(
            "One-Year commitment for monthly/yearly billing",
            "1 Month Software Subscription",
            "Azure Reservation, 1 year",
        ),
        *("Savings Plan", "org:835A59A7-1f2b", " ORG:X ", "oRg:", "SEK", " sek", "  ", "\u3000x\u00a0", "\\", "'"),
        *('["Trial"]', "{'a': 1}", '{"a": "b, ""c"""}', 'a "quoted" word', "semi;colon", "line\nbreak", "tab\there"),
        *("晨溪医疗", "Fjällbyte", "0001", "5.67E+17"),
    )
)


def texts(column_type: str) -> st.SearchStrategy[str]:
    """Cells of a type: mostly what Microsoft writes, then what nobody should."""
    if column_type == "figure":
        plain = st.decimals(-(10**6), 10**6, places=2).map(str)
        odd = st.from_regex(r"-?[0-9]{0,22}\.?[0-9]{0,20}([eE][+-]?[0-9]{0,3})?", fullmatch=True)
        return st.one_of(st.just(""), plain, st.sampled_from(ODD_FIGURES), odd)
    if column_type == "day":
        odd = st.from_regex(r"[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}( [0-9]{1,2}:[0-9]{2})?", fullmatch=True)
        return st.one_of(st.just(""), st.dates().map(str), st.sampled_from(ODD_DAYS), odd)
    return WORDS


def rows(kind: BilledKind, *, tame: bool) -> st.SearchStrategy[dict[str, str]]:
    """Rows with every column of a kind; tame ones have no cell that could not be read."""
    figures, days = set(TYPED[kind].figures), set(TYPED[kind].days)
    cells: dict[str, st.SearchStrategy[str]] = {}
    for column in (column.name for column in SHAPES[kind].columns):
        if column in figures:
            cells[column] = st.decimals(-(10**6), 10**6, places=2).map(str) if tame else texts("figure")
        elif column in days:
            cells[column] = (
                st.sampled_from(("", "0001-01-01", "5/12/2026", "2026-05-12T08:00:00Z")) if tame else texts("day")
            )
        else:
            cells[column] = texts("word")
    sure = {column: st.just("7.25") for column in TYPED[kind].vital if column in figures}
    sure |= {column: st.sampled_from(("SEK", " eur")) for column in ("Currency",)}
    sure |= (
        {"CustomerId": st.sampled_from(("835A-1", " org:835a-1", "ORG:ö"))} if "CustomerId" in TYPED[kind].vital else {}
    )
    return st.fixed_dictionaries(cells | sure)


def written_as_csv(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Store:
    """A line store for one example."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()

    def write(self, rows: Sequence[Mapping[str, str]], kind: BilledKind) -> tuple[Written, StoredPart]:
        file = self.folder / "delivered.csv"
        file.write_text(written_as_csv(rows), encoding="utf-8", newline="")
        (delivery,) = recognise([file], folder=self.folder)
        assert isinstance(delivery, Delivery)
        assert delivery.kind == kind
        written = write_part(self.connection, delivery.parts[0], kind=kind, folder=self.folder)
        return written, StoredPart(self.connection, written.stored, kind=kind)

    def lines(self, part: StoredPart, kind: BilledKind) -> list[dict[str, Any]]:
        found = self.connection.execute(line_select(kind, part.rows) + " ORDER BY saldo_row").fetchall()
        return [dict(zip(("row", *LINE_FIELDS), line, strict=True)) for line in found]


def problems_of(row: Mapping[str, str], kind: BilledKind, number: int) -> dict[str, str]:
    read = read_row(row, kind=kind, at=Place(file=FileId("f"), row=number))
    return {} if isinstance(read, LineItem) else {problem.place.column: problem.code for problem in read}


def only_finer(row: Mapping[str, str], kind: BilledKind, found: Mapping[str, str]) -> set[str]:
    """Columns whose cell is a good figure, only finer than money; `finer_than_money` refuses those, not the typing."""
    money = set(TYPED[kind].money)
    return {
        column
        for column, code in found.items()
        if code == "charges.line.too-many-digits" and column in money and _fits(row[column])
    }


def _fits(text: str) -> bool:
    return isinstance(read_decimal(text), Decimal)


def typing_faults(row: Mapping[str, str], kind: BilledKind, number: int) -> dict[str, str]:
    found = problems_of(row, kind, number)
    return {column: code for column, code in found.items() if column not in only_finer(row, kind, found)}


def settled(**more: Any) -> settings:
    return settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], **more)


class TestTheRulesKnowTheColumnsOfTheStore:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_typed_column_is_read_by_both(self, kind: BilledKind) -> None:
        columns = SHAPES[kind].columns
        assert set(TYPED[kind].days) == {column.name for column in columns if column.cell == "day"}
        assert set(TYPED[kind].figures) == {column.name for column in columns if column.cell not in {"day", "text"}}
        assert set(TYPED[kind].vital) == {column.name for column in columns if column.is_vital}


def deliveries(*, tame: bool) -> st.SearchStrategy[tuple[BilledKind, list[dict[str, str]]]]:
    """A kind and some rows of it."""
    return st.sampled_from(KINDS).flatmap(
        lambda kind: st.tuples(st.just(kind), st.lists(rows(kind, tame=tame), min_size=1, max_size=8))
    )


def check_cells(kind: BilledKind, drawn: Sequence[Mapping[str, str]]) -> None:
    """The store flags exactly the cells that the rules cannot read, by the same code, and refuses vital ones."""
    expected = {
        (number, column): code
        for number, row in enumerate(drawn, start=1)
        for column, code in typing_faults(row, kind, number).items()
    }
    vital = {place for place in expected if place[1] in TYPED[kind].vital}
    with tempfile.TemporaryDirectory() as folder:
        if vital:
            with pytest.raises(UnableToReadFile, match="bad-cell") as refused:
                Store(Path(folder)).write(drawn, kind)
            assert (refused.value.facts["row"], refused.value.facts["column"]) in vital
            return
        written, _ = Store(Path(folder)).write(drawn, kind)
    assert {(p.place.row, p.place.column): p.code for p in written.problems} == expected
    assert written.rows_with_problems == len({row for row, _ in expected})


def check_lines(kind: BilledKind, drawn: Sequence[Mapping[str, str]]) -> None:
    """A line says the same in every field, and the total is Python's sum."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        written, part = store.write(drawn, kind)
        lines = store.lines(part, kind)
    assert written.problems == ()
    for number, (row, line) in enumerate(zip(drawn, lines, strict=True), start=1):
        read = read_row(row, kind=kind, at=Place(file=written.part.sha256, row=number))
        assert isinstance(read, LineItem)
        assert {field: getattr(read, field) for field in ("row", *LINE_FIELDS)} == line
    assert written.total == sum(Decimal(row[SHAPES[kind].net]) for row in drawn)


class TestCells:
    @settled(max_examples=25)
    @given(deliveries(tame=False))
    def test_the_store_flags_exactly_the_cells_that_the_rules_cannot_read(self, drawn) -> None:
        check_cells(*drawn)

    @pytest.mark.laws
    @settled(max_examples=1500)
    @given(deliveries(tame=False))
    def test_the_same_for_very_many_files(self, drawn) -> None:
        check_cells(*drawn)

    @pytest.mark.parametrize(("column", "odd"), [("UnitPrice", ODD_FIGURES), ("ChargeEndDate", ODD_DAYS)])
    def test_every_odd_cell_is_read_alike(self, column: str, odd: Sequence[str]) -> None:
        blank = {column.name: "" for column in SHAPES["legacy-license"].columns}
        blank |= {"CustomerId": "c", "Currency": "SEK", "Amount": "1", "Subtotal": "1"}
        drawn = [blank | {column: cell} for cell in odd]
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            written, part = store.write(drawn, "legacy-license")
            lines = store.lines(part, "legacy-license")
        faults = {problem.place.row: problem.code for problem in written.problems}
        for row, line in zip(drawn, lines, strict=True):
            read = read_row(row, kind="legacy-license", at=Place(file=FileId("f"), row=line["row"]))
            if isinstance(read, LineItem):
                assert line["row"] not in faults, row[column]
                assert (line["unit_price"], line["charge_ends_on"]) == (read.unit_price, read.charge_ends_on)
            else:
                assert faults[line["row"]] == read[0].code, row[column]

    def test_an_unreadable_amount_behind_a_thousand_bad_dates_still_refuses_the_file(self) -> None:
        row = {column.name: "" for column in SHAPES["legacy-license"].columns}
        row |= {"CustomerId": "c", "Currency": "SEK", "Amount": "1", "Subtotal": "1", "ChargeEndDate": "soon"}
        drawn = [row] * (MAX_PROBLEMS + 10) + [row | {"Subtotal": "much"}]
        with (
            tempfile.TemporaryDirectory() as folder,
            pytest.raises(UnableToReadFile, match=r"bad-cell") as refused,
        ):
            Store(Path(folder)).write(drawn, "legacy-license")
        assert (refused.value.facts["row"], refused.value.facts["seen"]) == (MAX_PROBLEMS + 11, "much")


class TestLines:
    @settled(max_examples=25)
    @given(deliveries(tame=True))
    def test_a_line_says_the_same_in_every_field(self, drawn) -> None:
        check_lines(*drawn)

    @pytest.mark.laws
    @settled(max_examples=1500)
    @given(deliveries(tame=True))
    def test_the_same_for_very_many_files(self, drawn) -> None:
        check_lines(*drawn)

    @example(amount="0.005", currency="SEK", column="Subtotal")
    @example(amount="1.5", currency="JPY", column="Subtotal")
    @example(amount="0.0005", currency="KWD", column="Subtotal")
    @settled(max_examples=20)
    @given(
        amount=st.decimals(-1000, 1000, places=4).map(str),
        currency=st.sampled_from(("SEK", "JPY", "KWD")),
        column=st.sampled_from(("Subtotal", "TaxTotal")),
    )
    def test_money_finer_than_its_currency_is_a_problem_for_both(self, amount: str, currency: str, column: str) -> None:
        row = {column.name: "" for column in SHAPES["nce-reconciliation"].columns}
        row |= {"CustomerId": "c", "Currency": currency, "Subtotal": "1", column: amount}
        read = read_row(row, kind="nce-reconciliation", at=Place(file=FileId("f"), row=1))
        with tempfile.TemporaryDirectory() as folder:
            _, part = Store(Path(folder)).write([row], "nce-reconciliation")
            finer = part.finer_than_money({"JPY": 0, "KWD": 3})
        found = () if isinstance(read, LineItem) else tuple(problem.place.column for problem in read)
        assert found == (() if finer is None else (finer[1],))

"""Faults in Microsoft's files: each damages a month's files and tells where it must be found and what must be named.

A number written as ``{row}`` counts the rows of a file from 1, without its head.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tests.chain.delivered import MONEY, Delivered
from tests.chain.findings import Finding

Harm = Callable[[Delivered], set[Finding]]


@dataclass(frozen=True, slots=True)
class FileFault:
    """A kind of fault, how it is made, and at how many places it is tried."""

    name: str
    harm: Harm
    places: int = 1


def _sum_check(what: str) -> str:
    return "I7" if what == "charges" else "I1"


def _differs(files: Delivered, what: str, rest: Decimal) -> set[Finding]:
    """The document whose rows do not come to it is named twice: by the check, and with the difference by who pays."""
    document = files.document(what)
    return {
        Finding("check", _sum_check(what), document),
        Finding("payables", "payables.tie-out.rest", f"{document} {rest:.3f}"),
    }


def _gross(what: str, row: dict[str, str]) -> Decimal:
    return Decimal(row[MONEY[what][1]])


def dropped_line(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        row = rows.pop(place)
        files.write(what, rows)
        return _differs(files, what, _gross(what, row))

    return harm


def doubled_line(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        rows.insert(place, rows[place])
        files.write(what, rows)
        return _differs(files, what, -_gross(what, rows[place]))

    return harm


def dropped_customer(files: Delivered) -> set[Finding]:
    rows, place = files.pick("charges")
    whose = rows[place]["CustomerId"]
    gone = [row for row in rows if row["CustomerId"] == whose]
    files.write("charges", [row for row in rows if row["CustomerId"] != whose])
    return _differs(files, "charges", sum((_gross("charges", row) for row in gone), Decimal(0)))


def wrong_amount(what: str, check: str) -> Harm:
    """Net and gross of a row are raised together, so that the row still adds up by itself."""

    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        by = Decimal(files.random.randrange(500, 90_000))
        for column in MONEY[what]:
            rows[place][column] = f"{Decimal(rows[place][column]) + by:.2f}"
        files.write(what, rows)
        found = _differs(files, what, -by)
        return found | ({Finding("check-row", check, f"{files.document(what)} row {place + 1}")} if check else set())

    return harm


def wrong_gross(what: str, check: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        column = MONEY[what][1]
        rows[place][column] = f"{Decimal(rows[place][column]) + 777:.2f}"
        files.write(what, rows)
        return {Finding("check-row", check, f"{files.document(what)} row {place + 1}")}

    return harm


def wrong_quantity(files: Delivered) -> set[Finding]:
    rows, place = files.pick("charges", lambda row: abs(Decimal(row["BillableQuantity"])) > 3)
    for column in ("Quantity", "BillableQuantity"):
        rows[place][column] = f"{Decimal(rows[place][column]) * 2:f}"
    files.write("charges", rows)
    return {Finding("check-row", "I10", f"{files.document('charges')} row {place + 1}")}


def _owed_beside(files: Delivered, what: str) -> Decimal:
    """What a document charges and no row in its own currency explains, now."""
    own = (what,) if what == "charges" else ("licences", "usage")
    there = sum(
        (Decimal(row[MONEY[kind][0]]) for kind in own for row in files.rows(kind) if row["Currency"] == "SEK"),
        Decimal(0),
    )
    return files.total(what) - there


def swapped_currency(what: str) -> Harm:
    """One row is in another currency: its money is not in the document's."""

    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        rows[place]["Currency"] = "EUR"
        files.write(what, rows)
        return _differs(files, what, _owed_beside(files, what))

    return harm


def whole_file_swapped(files: Delivered) -> set[Finding]:
    files.write("charges", [row | {"Currency": "EUR"} for row in files.rows("charges")])
    return _differs(files, "charges", files.total("charges"))


def licences_swapped(files: Delivered) -> set[Finding]:
    """A file without a number belongs to the document of its month and currency, and there is none."""
    rows = files.rows("licences")
    gone = sum((_gross("licences", row) for row in rows), Decimal(0))
    files.write("licences", [row | {"Currency": "EUR"} for row in rows])
    return {
        Finding("payables", "payables.tie-out.no-document", "UNNUMBERED-2026-02-EUR"),
        Finding("payables", "payables.tie-out.rest", f"{files.document('licences')} {gone:.3f}"),
    }


def dropped_days(what: str, checks: tuple[str, ...], quantity: str, of: str) -> Harm:
    """A row of daily usage is missing: its meter comes to less than what is charged."""

    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what, lambda row: Decimal(row[quantity]) > 1)
        del rows[place]
        files.write(what, rows)
        return {Finding("check", check, files.document(of)) for check in checks}

    return harm


def doubled_days(what: str, checks: tuple[str, ...], quantity: str, of: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what, lambda row: Decimal(row[quantity]) > 1)
        rows.insert(place, rows[place])
        files.write(what, rows)
        return {Finding("check", check, files.document(of)) for check in checks}

    return harm


def same_file_twice(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        path = files.header("charges") if what == "header" else files.path(what)
        name = f"again-{path.name}"
        files.add(name, path.read_bytes())
        return {Finding("import", "duplicate", name)}

    return harm


def same_content_otherwise_written(what: str) -> Harm:
    """Saved again by another program: other ends of lines, the same rows."""

    def harm(files: Delivered) -> set[Finding]:
        path = files.path(what)
        name = f"saved-{path.name}"
        files.add(name, path.read_bytes().replace(b"\r\n", b"\n"))
        return {Finding("import", "replaced", name)}

    return harm


def second_delivery_differs(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        by = Decimal(files.random.randrange(500, 90_000))
        for column in MONEY[what]:
            rows[place][column] = f"{Decimal(rows[place][column]) + by:.2f}"
        name = f"second-{files.path(what).name}"
        files.paths.append(files.write(what, rows, path=files.folder / name))
        return _differs(files, what, -by) | {Finding("import", "replaced", name)}

    return harm


def wrong_header_total(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        by = Decimal(files.random.randrange(100, 99_000))
        files.change_header(what, totalCharges=f"{files.total(what) + by:.2f}")
        return _differs(files, what, by)

    return harm


def missing_header(what: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        files.drop(files.header(what))
        return {Finding("payables", "payables.tie-out.no-document", files.document(what))}

    return harm


def missing_rows(files: Delivered) -> set[Finding]:
    document = files.document("charges")
    files.drop(files.path("charges"))
    return {Finding("payables", "payables.tie-out.no-rows", document)}


def missing_half(what: str) -> Harm:
    """Of a legacy invoice one of the two files is missing."""

    def harm(files: Delivered) -> set[Finding]:
        gone = sum((_gross(what, row) for row in files.rows(what)), Decimal(0))
        document = files.document(what)
        files.drop(files.path(what))
        return {Finding("payables", "payables.tie-out.rest", f"{document} {gone:.3f}")}

    return harm


def missing_days(what: str, of: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        files.drop(files.path(what))
        return {Finding("close", "charges.usage.days-missing", files.document(of))}

    return harm


def unreadable_cell(what: str, column: str, said: str, code: str, *, is_vital: bool = True) -> Harm:
    """A vital cell refuses the file; another is named and its row imported."""

    def harm(files: Delivered) -> set[Finding]:
        rows, place = files.pick(what)
        rows[place][column] = said
        path = files.write(what, rows)
        name = path.name if is_vital else files.document(what)
        return {Finding("import-cell", code, f"{name} row {place + 1} {column}")}

    return harm


def rewritten_number(files: Delivered) -> set[Finding]:
    rows, place = files.pick("charges")
    rows[place]["Subtotal"] = "6.2E+11"
    files.write("charges", rows)
    return {Finding("check-row", code, f"{files.document('charges')} row {place + 1}") for code in ("I9", "I10")}


def broken_off(what: str) -> Harm:
    """A download ends between two rows."""

    def harm(files: Delivered) -> set[Finding]:
        rows = files.rows(what)
        kept = files.random.randrange(len(rows) // 2, len(rows) - 1)
        files.write(what, rows[:kept])
        return _differs(files, what, sum((_gross(what, row) for row in rows[kept:]), Decimal(0)))

    return harm


def missing_column(what: str, column: str) -> Harm:
    def harm(files: Delivered) -> set[Finding]:
        rows = [{name: value for name, value in row.items() if name != column} for row in files.rows(what)]
        name = files.write(what, rows).name
        return {Finding("import", "refused charges.file.missing-column", name)}

    return harm


_DAYS = ("days", ("I11", "I12"), "Quantity", "charges")
_LEGACY_DAYS = ("usage-days", ("I4",), "ConsumedQuantity", "usage")

FILE_FAULTS = (
    FileFault("a line of charges is missing", dropped_line("charges"), places=8),
    FileFault("a licence line is missing", dropped_line("licences"), places=2),
    FileFault("a line of legacy usage is missing", dropped_line("usage"), places=2),
    FileFault("a line of charges stands there twice", doubled_line("charges"), places=8),
    FileFault("a licence line stands there twice", doubled_line("licences"), places=2),
    FileFault("a line of legacy usage stands there twice", doubled_line("usage"), places=2),
    FileFault("a customer is missing whole", dropped_customer, places=3),
    FileFault("a line has another amount", wrong_amount("charges", "I10"), places=6),
    FileFault("a licence line has another amount", wrong_amount("licences", "I2"), places=2),
    FileFault("a line of legacy usage has another amount", wrong_amount("usage", ""), places=2),
    FileFault("a line does not add up with its tax", wrong_gross("charges", "I9"), places=2),
    FileFault("a licence line does not add up with its tax", wrong_gross("licences", "I2")),
    FileFault("a line of legacy usage does not add up with its tax", wrong_gross("usage", "I3")),
    FileFault("a line has another quantity", wrong_quantity, places=3),
    FileFault("a line has no customer", unreadable_cell("charges", "CustomerId", "", "charges.line.empty"), places=4),
    FileFault("a licence line has no customer", unreadable_cell("licences", "CustomerId", "", "charges.line.empty")),
    FileFault("a line is in another currency", swapped_currency("charges"), places=4),
    FileFault("a licence line is in another currency", swapped_currency("licences")),
    FileFault("a line of legacy usage is in another currency", swapped_currency("usage")),
    FileFault("all lines are in another currency", whole_file_swapped),
    FileFault("all licence lines are in another currency", licences_swapped),
    FileFault("a day of usage is missing", dropped_days(*_DAYS), places=4),
    FileFault("a day of legacy usage is missing", dropped_days(*_LEGACY_DAYS), places=2),
    FileFault("a day of usage stands there twice", doubled_days(*_DAYS), places=3),
    FileFault("a day of legacy usage stands there twice", doubled_days(*_LEGACY_DAYS)),
    *(
        FileFault(f"the file of {what} comes twice", same_file_twice(what))
        for what in ("charges", "days", "licences", "usage", "usage-days", "header")
    ),
    *(
        FileFault(f"the file of {what} comes again, saved by another program", same_content_otherwise_written(what))
        for what in ("charges", "licences", "usage")
    ),
    FileFault("a second delivery has another amount", second_delivery_differs("charges"), places=3),
    FileFault("a second delivery of licences has another amount", second_delivery_differs("licences")),
    FileFault("an invoice says another total", wrong_header_total("charges"), places=3),
    FileFault("a legacy invoice says another total", wrong_header_total("licences"), places=2),
    FileFault("an invoice has no header", missing_header("charges")),
    FileFault("a legacy invoice has no header", missing_header("licences")),
    FileFault("an invoice has no rows", missing_rows),
    FileFault("of a legacy invoice the licences are missing", missing_half("licences")),
    FileFault("of a legacy invoice the usage is missing", missing_half("usage")),
    FileFault("the daily usage is missing", missing_days("days", "charges")),
    FileFault("the legacy daily usage is missing", missing_days("usage-days", "usage")),
    FileFault(
        "a day cannot be read",
        unreadable_cell("charges", "ChargeEndDate", "31/31/2026", "charges.line.bad-day", is_vital=False),
        places=2,
    ),
    FileFault(
        "an amount cannot be read", unreadable_cell("charges", "Subtotal", "a lot", "charges.line.bad-number"), places=2
    ),
    FileFault("a spreadsheet wrote a number its own way", rewritten_number),
    FileFault("a file broke off", broken_off("charges"), places=3),
    FileFault("a column is missing", missing_column("charges", "Subtotal")),
)

"""CSV files of banks, by a mapping that a person made or, where the file leaves no doubt, by its own head.

Known limit: a CSV file has no trailer, so one that was cut off in its last column cannot be told from a whole one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from saldo.core.money import ZERO, round_half_up
from saldo.core.problems import Place
from saldo.receipts.formats.fields import day_of, decode, plain_sum, tidy
from saldo.receipts.rules.entries import EntryRead, Findings, SheetMapping, StatementRead, Unreadable

_LOOK = 30  # rows in which the head of a table is looked for
_LOOK_BYTES = 64 * 1024
_FORMS = {"%Y": "yyyy", "%m": "mm", "%d": "dd", "%y": "yy"}


def split_rows(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of a table, None when it is none."""
    try:
        return list(csv.reader(text.splitlines(), delimiter=delimiter))
    except csv.Error:
        return None


def find_head(rows: Sequence[Sequence[str]], mapping: SheetMapping) -> int | None:
    """Where the head of this mapping stands: the row with all of its names, in any order."""
    wanted = {name.casefold() for name in mapping.head}
    for number, row in enumerate(rows[:_LOOK]):
        if wanted <= {tidy(cell).casefold() for cell in row}:
            return number
    return None


def find_mapping(data: bytes, mappings: Sequence[SheetMapping]) -> SheetMapping | None:
    """The mapping whose head stands in the file; of several, the one that names most columns."""
    fitting = []
    for mapping in mappings:
        lines = decode(data[:_LOOK_BYTES], mapping.encoding).splitlines()[:_LOOK]
        rows = split_rows("\n".join(lines), mapping.delimiter)
        if rows is not None and find_head(rows, mapping) is not None:
            fitting.append(mapping)
    return max(fitting, key=lambda mapping: len(mapping.head), default=None)


def read_sheet(*, text: str, mapping: SheetMapping, findings: Findings) -> tuple[StatementRead, ...]:
    """One statement an account and currency; a row that cannot be read is named and left out."""
    rows = split_rows(text, mapping.delimiter) or []
    head = find_head(rows, mapping)
    if head is None:
        return ()
    names = [tidy(cell).casefold() for cell in rows[head]]
    by_account: dict[tuple[str, str], list[EntryRead]] = {}
    for entry in _entries(rows, head, names, mapping, findings):
        by_account.setdefault((entry.account, entry.currency), []).append(entry)
    return tuple(
        StatementRead(account=account, currency=currency, entries=tuple(entries), row=head + 1)
        for (account, currency), entries in by_account.items()
    )


def _entries(
    rows: Sequence[Sequence[str]], head: int, names: list[str], mapping: SheetMapping, findings: Findings
) -> Iterator[EntryRead]:
    columns = {field: name.casefold() for field, name in mapping.columns.items()}
    width = max((place for place, name in enumerate(names, start=1) if name), default=0)
    for row, cells in enumerate(rows[head + 1 :], start=head + 2):
        if not any(cell.strip() for cell in cells):
            continue
        said = dict(zip(names, cells, strict=False))
        told = {field: tidy(said.get(name, "")) for field, name in columns.items()}
        try:
            if len(cells) < width:
                raise Unreadable(mapping.delimiter, mapping.delimiter.join(cells))
            entry = _entry(row, told, mapping, findings)
        except Unreadable as fault:
            findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
            continue
        if not entry.value:
            findings.add("receipts.entry.zero", row)
            continue
        yield entry


def _entry(row: int, told: Mapping[str, str], mapping: SheetMapping, findings: Findings) -> EntryRead:
    booked_on = read_day(told.get("booked_on", "") or told.get("value_on", ""), mapping.day_form)
    value_day = told.get("value_on", "")
    currency = told.get("currency", "") or mapping.currency
    value = _value(told, mapping)
    if value != round_half_up(value, currency):
        raise Unreadable("value", str(value))
    return EntryRead(
        place=Place(file=findings.file, row=row),
        account="".join((told.get("account", "") or mapping.account).split()),
        booked_on=booked_on,
        value_on=read_day(value_day, mapping.day_form) if value_day else booked_on,
        currency=currency,
        value=value,
        payer=told.get("payer", ""),
        payer_account="".join(told.get("payer_account", "").split()),
        references=tuple(filter(None, (told.get("reference", ""),))),
        text=told.get("text", ""),
        bank_reference=told.get("bank_reference", ""),
    )


def _value(told: Mapping[str, str], mapping: SheetMapping) -> Decimal:
    if "value" in told:
        return read_sum(told["value"], mapping.decimal_point, "value")
    money_in, money_out = told.get("money_in", ""), told.get("money_out", "")
    paid_in = read_sum(money_in, mapping.decimal_point, "money_in") if money_in else ZERO
    paid_out = read_sum(money_out, mapping.decimal_point, "money_out") if money_out else ZERO
    return paid_in - abs(paid_out)


def read_day(text: str, form: str) -> date:
    """A day in a form like ``%d/%m/%Y``; what stands behind it, a time of day, is left alone."""
    plain = form
    for mark, letters in _FORMS.items():
        plain = plain.replace(mark, letters)
    return day_of(text[: len(plain)], plain, "booked_on")


def read_sum(text: str, decimal_point: str, column: str) -> Decimal:
    """A sum as people write it: thousands parted by blanks or by the other mark, a minus of any kind, either side."""
    bare = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace("'", "")
    other = "." if decimal_point == "," else ","
    whole, point, behind = bare.partition(decimal_point)
    _check_thousands(whole, other, column, text)
    bare = whole.replace(other, "") + ("." + behind if point else "")
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    return plain_sum(bare, column)


def _check_thousands(whole: str, mark: str, column: str, text: str) -> None:
    """A mark that does not part threes is not a thousands mark: the mapping's decimal point is wrong."""
    if any(len(group.rstrip("-")) != 3 for group in whole.split(mark)[1:]):
        raise Unreadable(column, text)

"""Taking over the old book from a sheet: first a preview, row by row, then all of it or nothing.

A file is taken over only when it has no faults and comes to its control totals, which are given beside it, in rows of
kind ``total`` or on its second sheet.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db import transaction

from saldo.agreements.formats.sheet_files import Sheet, SheetRow, read_second_sheet, read_sheet
from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place, Problem, as_seen
from saldo.ledger.booking import closed_before
from saldo.ledger.old_debtors import OldDebtors, load_debtors, write_debtors
from saldo.ledger.openings import TakenOver, count_undone, list_standing
from saldo.ledger.queries import find_items
from saldo.ledger.rules.opening import ControlLine, UnableToTakeOver, check_control, control, digest_of_old
from saldo.ledger.rules.opening_rows import COLUMNS, NEEDED, TOTAL, OldItem, RowFault, read_control, read_row
from saldo.ledger.taking_over import OldRow, lock_openings, take_over

RowState = Literal["new", "same", "fault"]
_OWN_KINDS = ("invoice", "credit-note", "cancellation")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """What one row of the file does; ``item`` is None where it cannot be read."""

    row: int
    state: RowState
    number: str
    debtor: str
    debtor_name: str
    is_new_debtor: bool = False
    item: OldItem | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPreview:
    """What a file takes over, with its sums beside its control totals."""

    name: str
    sha256: str
    as_of: date
    rows: tuple[OpeningRow, ...]
    controls: tuple[ControlLine, ...]
    taken: int = 0

    def count(self, state: RowState) -> int:
        """How many rows are so."""
        return sum(row.state == state for row in self.rows)

    @property
    def may_be_taken(self) -> bool:
        """Whether there is something, no fault, and every control total holds."""
        return bool(self.rows) and not self.count("fault") and all(line.holds for line in self.controls)


def preview_opening(
    *, company: CompanyId, data: bytes, as_of: date, today: date, controls: Mapping[str, Decimal] | None = None
) -> OpeningPreview:
    """What the file would take over on this day; nothing is written.

    Refuses: UnableToReadSheet; UnableToTakeOver (ledger.opening.unknown-columns, .columns-missing, .as-of-later,
    .period-closed, .bad-control, .controls-differ).
    """
    return _look(company, data, as_of, today, controls or {})[0]


def take_opening(
    *,
    company: CompanyId,
    data: bytes,
    as_of: date,
    today: date,
    by: str,
    at: datetime,
    controls: Mapping[str, Decimal] | None = None,
) -> OpeningPreview:
    """Take the file over, all of it or nothing; the same file again changes nothing.

    Refuses: as `preview_opening`, and UnableToTakeOver: ledger.opening.has-faults, .other-content (the first number
    that stands here with other content), .control-missing, .control-differs.
    """
    with transaction.atomic():
        lock_openings(company=company)
        seen, debtors = _look(company, data, as_of, today, controls or {})
        _refuse_faults(seen)
        check_control(seen.controls)
        numbers = write_debtors(company=company, debtors=debtors, by=by, at=at)
        rows = [
            OldRow(row=row.row, debtor=numbers.get(row.debtor, row.debtor), item=row.item)
            for row in seen.rows
            if row.item is not None
        ]
        taken = take_over(company=company, name=seen.name, rows=rows, as_of=as_of, by=by, at=at)
    return replace(seen, taken=taken)


def _refuse_faults(seen: OpeningPreview) -> None:
    faults = [problem for row in seen.rows for problem in row.problems]
    other = next((fault for fault in faults if fault.code == "ledger.opening.other-content"), None)
    if other is not None:
        raise UnableToTakeOver(code=other.code, facts=other.facts)
    if faults:
        raise UnableToTakeOver(code="ledger.opening.has-faults", facts={"count": seen.count("fault")})
    if not seen.rows:
        raise UnableToTakeOver(code="ledger.opening.no-rows")


def _look(
    company: CompanyId, data: bytes, as_of: date, today: date, given: Mapping[str, Decimal]
) -> tuple[OpeningPreview, OldDebtors]:
    _check_day(company, as_of, today)
    sheet = read_sheet(data=data)
    _check_columns(sheet)
    in_rows = [row for row in sheet.rows if row.cells.get("kind", "").casefold() == TOTAL]
    controls = _controls(in_rows, read_second_sheet(data=data), given)
    sha256 = hashlib.sha256(data).hexdigest()
    read = [
        (row, *read_row(cells=row.cells, as_of=as_of))
        for row in sheet.rows
        if row.cells.get("kind", "").casefold() != TOTAL
    ]
    items = [item for _, item, _ in read if item is not None]
    numbers = [item.number for item in items]
    standing = list_standing(company=company, numbers=numbers)
    debtors = load_debtors(company=company)
    twice = {key for key, count in Counter((item.kind, item.number) for item in items).items() if count > 1}
    own = find_items(company=company, keys=[f"{kind}:{number}" for number in numbers for kind in _OWN_KINDS])
    issued = {key.partition(":")[2] for key in own}
    rows = tuple(
        _row(row, item, [*faults], FileId(sha256), debtors, standing, twice, issued, as_of)
        for row, item, faults in read
    )
    times = max(count_undone(company=company, numbers=numbers).values(), default=0)
    name = hashlib.sha256(f"{sha256} {as_of}".encode()).hexdigest()[:12] + (f"-{times + 1}" if times else "")
    return (
        OpeningPreview(name=name, sha256=sha256, as_of=as_of, rows=rows, controls=control(items, controls)),
        debtors,
    )


def _row(
    row: SheetRow,
    item: OldItem | None,
    faults: list[RowFault],
    file: FileId,
    debtors: OldDebtors,
    standing: Mapping[tuple[str, str], TakenOver],
    twice: set[tuple[str, str]],
    issued: set[str],
    as_of: date,
) -> OpeningRow:
    said = row.cells.get("debtor", "")
    known = debtors.find(row.cells)
    faults += known.faults if said else []
    if item is not None:
        faults += _number_faults(item, twice, issued)
    before = standing.get((item.kind, item.number)) if item is not None else None
    faults += _content_faults(item, before, known.number, as_of) if not faults else []
    problems = tuple(
        Problem(
            code=fault.code, place=Place(file, row.number, fault.column), seen=as_seen(fault.seen), facts=fault.facts
        )
        for fault in faults
    )
    return OpeningRow(
        row=row.number,
        state="fault" if problems else "same" if before is not None else "new",
        number=as_seen(row.cells.get("number", "")),
        debtor=known.number,
        debtor_name=as_seen(known.name or said),
        is_new_debtor=known.is_new,
        item=item,
        problems=problems,
    )


def _content_faults(item: OldItem | None, before: TakenOver | None, debtor: str, as_of: date) -> list[RowFault]:
    """A number that stands here already must say the same in everything."""
    if item is None or before is None or before.digest == digest_of_old(item, debtor=debtor, as_of=as_of):
        return []
    facts = {"number": item.number}
    return [RowFault(column="number", code="ledger.opening.other-content", seen=item.number, facts=facts)]


def _number_faults(item: OldItem, twice: set[tuple[str, str]], issued: set[str]) -> list[RowFault]:
    facts = {"number": item.number}
    found = []
    if (item.kind, item.number) in twice:
        found.append(RowFault(column="number", code="ledger.opening.twice", seen=item.number, facts=facts))
    if item.number in issued:
        found.append(RowFault(column="number", code="ledger.opening.issued-here", seen=item.number, facts=facts))
    return found


def _check_day(company: CompanyId, as_of: date, today: date) -> None:
    if as_of > today:
        facts = {"as_of": as_of.isoformat(), "today": today.isoformat()}
        raise UnableToTakeOver(code="ledger.opening.as-of-later", facts=facts)
    closed = closed_before(company)
    if closed is not None and as_of < closed:
        facts = {"as_of": as_of.isoformat(), "closed_before": closed.isoformat()}
        raise UnableToTakeOver(code="ledger.opening.period-closed", facts=facts)


def _check_columns(sheet: Sheet) -> None:
    named = [column for column in sheet.columns if column]
    missing = [column for column in NEEDED if column not in named]
    if missing:
        raise UnableToTakeOver(code="ledger.opening.columns-missing", facts={"columns": ", ".join(missing)})
    strange = sorted({as_seen(column) for column in named if column not in COLUMNS or named.count(column) > 1})
    if strange:
        raise UnableToTakeOver(code="ledger.opening.unknown-columns", facts={"columns": ", ".join(strange)})


def _controls(in_rows: Sequence[SheetRow], second: Sheet | None, given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Control totals by currency; where one is told twice, both must say the same."""
    found = dict(given)
    for row in (*in_rows, *(second.rows if second else ())):
        told = read_control(cells=row.cells)
        if told is None:
            raise UnableToTakeOver(code="ledger.opening.bad-control", facts={"row": row.number})
        currency, value = told
        if found.setdefault(currency, value) != value:
            facts = {"currency": currency, "first": f"{found[currency]}", "second": f"{value}"}
            raise UnableToTakeOver(code="ledger.opening.controls-differ", facts=facts)
    return found

"""BgMax: what Bankgirot paid in, deposit by deposit.

Source: Bankgiro Inbetalningar, technical manual, record layouts 01, 05, 15, 20 to 29 and 70 (80 characters).
A deposit without its closing record 15 was cut off and is left out whole; the rest of a damaged file is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from saldo.core.money import add_up
from saldo.core.problems import Place
from saldo.receipts.formats.fields import count, day_of, minor_sum, tidy
from saldo.receipts.rules.entries import EntryRead, Findings, StatementRead, Unreadable

_KNOWN = frozenset({"01", "05", "15", "20", "21", "22", "23", "25", "26", "27", "28", "29", "70"})
_NO_DAY = date(2000, 1, 1)


@dataclass(slots=True, kw_only=True)
class _Deposit:
    """One section from its record 05 to its record 15."""

    row: int
    account: str
    currency: str
    payments: list[EntryRead] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """How far the file is read: the open deposit, the closed ones, and the counts that record 70 repeats."""

    findings: Findings
    made_on: date | None = None
    deposit: _Deposit | None = None
    statements: list[StatementRead] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    has_end: bool = False


def is_bgmax(lines: list[str]) -> bool:
    """A header that says so, or nothing but the record types of the format with their length."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return False
    if filled[0].startswith("01BGMAX"):
        return True
    return filled[0][:2] in ("05", "20") and all(line[:2] in _KNOWN and 60 < len(line) <= 80 for line in filled[:9])


def read_bgmax(*, lines: list[str], findings: Findings) -> tuple[StatementRead, ...]:
    """One statement a deposit; payments, deductions (kind return) and their notes become entries."""
    reading = _Reading(findings=findings)
    for row, line in enumerate(lines, start=1):
        if line.strip():
            try:
                _read_line(reading, row, line.ljust(80), line[:2])
            except Unreadable as fault:
                findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
    if reading.deposit is not None:
        findings.add("receipts.statement.cut-off", reading.deposit.row, account=reading.deposit.account)
    if not reading.has_end:
        findings.add("receipts.file.cut-off", len(lines), column="70")
    return tuple(reading.statements)


def _read_line(reading: _Reading, row: int, line: str, kind: str) -> None:
    group = "22" if kind in ("22", "23") else kind
    reading.counts[group] = reading.counts.get(group, 0) + 1
    if kind == "01":
        reading.made_on = day_of(line[24:32], "yyyymmdd", "01")
    elif kind == "05":
        _open(reading, row, line)
    elif kind in ("20", "21"):
        _take(reading, row, line, kind)
    elif kind in ("22", "23", "25", "26", "29"):
        _add_note(reading, line, kind)
    elif kind == "15":
        _close(reading, row, line)
    elif kind == "70":
        _check_counts(reading, row, line)
    elif kind not in _KNOWN:
        reading.findings.add("receipts.entry.unreadable", row, column="TK", seen=kind)


def _open(reading: _Reading, row: int, line: str) -> None:
    if reading.deposit is not None:
        reading.findings.add("receipts.statement.cut-off", reading.deposit.row, account=reading.deposit.account)
    account = line[2:12].strip().lstrip("0") or line[12:22].strip().lstrip("0")
    reading.deposit = _Deposit(row=row, account=account, currency=line[22:25].strip() or "SEK")


def _take(reading: _Reading, row: int, line: str, kind: str) -> None:
    if reading.deposit is None:
        reading.findings.add("receipts.statement.no-account", row, column=kind)
        return
    value = minor_sum(line[37:55], f"{kind}:38")
    serial = line[57:69].strip()
    reference = line[12:37].strip()
    sender = line[2:12].strip().lstrip("0")
    reading.deposit.payments.append(
        EntryRead(
            place=Place(file=reading.findings.file, row=row),
            account=reading.deposit.account,
            booked_on=_NO_DAY,
            value_on=_NO_DAY,
            currency=reading.deposit.currency,
            value=value if kind == "20" else -value,
            payer_account=sender,
            references=tuple(filter(None, (tidy(part) for part in reference.split(",")))),
            bank_reference="" if not serial.strip("0") else serial,
            kind="payment" if kind == "20" else "return",
        )
    )


def _add_note(reading: _Reading, line: str, kind: str) -> None:
    if reading.deposit is None or not reading.deposit.payments:
        return
    last = reading.deposit.payments[-1]
    if kind in ("22", "23"):
        references = dict.fromkeys((*last.references, tidy(line[12:37])))
        changed = replace(last, references=tuple(filter(None, references)))
    elif kind == "26":
        changed = replace(last, payer=tidy(f"{line[2:37]} {line[37:72]}"))
    elif kind == "29":
        changed = replace(last, text=tidy(f"{last.text} {line[2:14].strip().lstrip('0')}"))
    else:
        changed = replace(last, text=tidy(f"{last.text} {line[2:52]}"))
    reading.deposit.payments[-1] = changed


def _close(reading: _Reading, row: int, line: str) -> None:
    deposit, reading.deposit = reading.deposit, None
    if deposit is None:
        reading.findings.add("receipts.statement.no-account", row, column="15")
        return
    paid_on = _paid_on(reading, row, line)
    if paid_on is None:
        return
    number = line[45:50].strip()
    entries = tuple(
        replace(payment, booked_on=paid_on, value_on=paid_on) for payment in deposit.payments if payment.value
    )
    _check_deposit(reading, row, line, deposit)
    reading.statements.append(
        StatementRead(
            account=deposit.account,
            currency=deposit.currency,
            number=f"{paid_on}/{number}",
            entries=entries,
            row=deposit.row,
        )
    )


def _paid_on(reading: _Reading, row: int, line: str) -> date | None:
    try:
        return day_of(line[37:45], "yyyymmdd", "15:38")
    except Unreadable as fault:
        if reading.made_on is None:
            reading.findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
            return None
        reading.findings.add("receipts.entry.day-assumed", row, column="15:38", day=reading.made_on.isoformat())
        return reading.made_on


def _check_deposit(reading: _Reading, row: int, line: str, deposit: _Deposit) -> None:
    said, found = minor_sum(line[50:68], "15:51"), add_up(payment.value for payment in deposit.payments)
    if said != found:
        _differs(reading, "receipts.file.sum-differs", row, "15:51", said, found, currency=deposit.currency)
    said_count = count(line[71:79], "15:72")
    if said_count != len(deposit.payments):
        _differs(reading, "receipts.file.count-differs", row, "15:72", said_count, len(deposit.payments))


def _check_counts(reading: _Reading, row: int, line: str) -> None:
    reading.has_end = True
    for start, kind in ((2, "20"), (10, "21"), (18, "22"), (26, "15")):
        said, found = count(line[start : start + 8], f"70:{start + 1}"), reading.counts.get(kind, 0)
        if said != found:
            _differs(reading, "receipts.file.count-differs", row, f"70:{start + 1}", said, found)


def _differs(
    reading: _Reading, code: str, row: int, column: str, said: Decimal | int, found: Decimal | int, **facts: str
) -> None:
    reading.findings.add(code, row, column=column, said=str(said), found=str(found), **facts)

"""Norma 43: the statement of Spanish banks.

Source: AEB, Cuaderno 43, record layouts 11, 22, 23, 24, 33 and 88 (80 characters).
An account without its closing record 33 was cut off and is left out whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from saldo.core.money import add_up, minor_digits
from saldo.core.problems import Place
from saldo.receipts.formats.fields import count, day_of, minor_sum, tidy
from saldo.receipts.rules.entries import EntryRead, Findings, StatementRead, Unreadable

_CURRENCIES = {
    "978": "EUR", "840": "USD", "826": "GBP", "756": "CHF", "752": "SEK", "578": "NOK", "208": "DKK", "392": "JPY",
    "985": "PLN", "203": "CZK", "348": "HUF", "124": "CAD", "036": "AUD", "986": "BRL", "156": "CNY", "484": "MXN",
}  # fmt: skip
_KINDS = {"14": "return", "98": "return", "17": "fee"}


@dataclass(slots=True, kw_only=True)
class _Account:
    """One account from its record 11 to its record 33."""

    row: int
    number: str
    currency: str
    opening: Decimal
    period: str
    entries: list[EntryRead] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """How far the file is read."""

    findings: Findings
    account: _Account | None = None
    statements: list[StatementRead] = field(default_factory=list)
    records: int = 0
    has_end: bool = False


def is_norma43(lines: list[str]) -> bool:
    """A record 11 whose days and signs stand where they must."""
    if not lines:
        return False
    head = lines[0].ljust(80)
    return head[:2] == "11" and head[2:32].isdecimal() and head[32] in "12" and head[33:50].isdecimal()


def read_norma43(*, lines: list[str], findings: Findings) -> tuple[StatementRead, ...]:
    """One statement an account; record 23 adds words, record 24 the original currency."""
    reading = _Reading(findings=findings)
    for row, line in enumerate(lines, start=1):
        if line.strip("\x1a\x00 "):
            try:
                _read_line(reading, row, line.ljust(80))
            except Unreadable as fault:
                findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
    if reading.account is not None:
        findings.add("receipts.statement.cut-off", reading.account.row, account=reading.account.number)
    if not reading.has_end:
        findings.add("receipts.file.cut-off", len(lines), column="88")
    return tuple(reading.statements)


def _read_line(reading: _Reading, row: int, line: str) -> None:
    kind = line[:2]
    if kind == "88":
        reading.has_end = True
        said = count(line[20:26], "88:21")
        if said != reading.records:
            reading.findings.add(
                "receipts.file.count-differs", row, column="88:21", said=str(said), found=str(reading.records)
            )
        return
    reading.records += 1
    if kind == "11":
        _open(reading, row, line)
    elif reading.account is None:
        reading.findings.add("receipts.statement.no-account", row, column=kind)
    elif kind == "22":
        reading.account.entries.append(_entry(reading, reading.account, row, line))
    elif kind in ("23", "24"):
        _add_note(reading.account, line, kind)
    elif kind == "33":
        _close(reading, reading.account, row, line)
    else:
        reading.findings.add("receipts.entry.unreadable", row, column="1", seen=kind)


def _currency(code: str, column: str) -> str:
    if code not in _CURRENCIES:
        raise Unreadable(column, code)
    return _CURRENCIES[code]


def _signed(sign: str, text: str, currency: str, column: str) -> Decimal:
    if sign not in ("1", "2"):
        raise Unreadable(column, sign)
    value = minor_sum(text, column, minor_digits(currency) or 2)
    return -value if sign == "1" else value


def _open(reading: _Reading, row: int, line: str) -> None:
    if reading.account is not None:
        reading.findings.add("receipts.statement.cut-off", reading.account.row, account=reading.account.number)
    reading.account = None
    currency = _currency(line[47:50], "11:48")
    reading.account = _Account(
        row=row,
        number=line[2:20],
        currency=currency,
        opening=_signed(line[32], line[33:47], currency, "11:33"),
        period=line[20:32],
    )


def _entry(reading: _Reading, account: _Account, row: int, line: str) -> EntryRead:
    booked_on = day_of(line[10:16], "yymmdd", "22:11")
    document = line[42:52].strip()
    references = (tidy(part) for part in (line[52:64], line[64:80], document) if part.strip(" 0"))
    return EntryRead(
        place=Place(file=reading.findings.file, row=row),
        account=account.number,
        booked_on=booked_on,
        value_on=day_of(line[16:22], "yymmdd", "22:17"),
        currency=account.currency,
        value=_signed(line[27], line[28:42], account.currency, "22:28"),
        references=tuple(dict.fromkeys(references)),
        kind=_KINDS.get(line[22:24], "payment"),
    )


def _add_note(account: _Account, line: str, kind: str) -> None:
    if not account.entries:
        return
    last = account.entries[-1]
    if kind == "23":
        account.entries[-1] = replace(last, text=tidy(f"{last.text} {line[4:42]} {line[42:80]}"))
        return
    currency = _currency(line[4:7], "24:05")
    original = minor_sum(line[7:21], "24:08", minor_digits(currency) or 2)
    account.entries[-1] = replace(last, original_currency=currency, original_value=original)


def _close(reading: _Reading, account: _Account, row: int, line: str) -> None:
    closing = _signed(line[58], line[59:73], account.currency, "33:59")
    reading.account = None
    for sign, start, column in ((-1, 20, "33:21"), (1, 39, "33:40")):
        mine = [entry.value for entry in account.entries if entry.value * sign > 0]
        said_count, found_count = count(line[start : start + 5], column), len(mine)
        if said_count != found_count:
            reading.findings.add(
                "receipts.file.count-differs", row, column=column, said=str(said_count), found=str(found_count)
            )
        said = minor_sum(line[start + 5 : start + 19], column, minor_digits(account.currency) or 2)
        found = abs(add_up(mine))
        if said != found:
            reading.findings.add(
                "receipts.file.sum-differs",
                row,
                column=column,
                said=str(said),
                found=str(found),
                currency=account.currency,
            )
    reading.statements.append(
        StatementRead(
            account=account.number,
            currency=account.currency,
            number=account.period,
            opening=account.opening,
            closing=closing,
            entries=tuple(entry for entry in account.entries if entry.value),
            row=account.row,
        )
    )

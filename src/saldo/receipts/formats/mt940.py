"""MT940: the customer statement message, as SWIFT describes it and as banks write it.

Source: SWIFT, MT940 fields 20, 25, 28C, 60, 61, 86, 62. A bank whose dialect is not known is named and read by the
common rules. A statement without its closing balance was cut off and is left out whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from saldo.core.money import round_half_up
from saldo.core.problems import Place
from saldo.receipts.formats.fields import day_of, plain_sum, tidy
from saldo.receipts.formats.mt940_words import Words, read_words
from saldo.receipts.rules.entries import EntryRead, Findings, StatementRead, Unreadable

_TAG = re.compile(r":(\d\d[A-Z]?|940):(.*)", re.ASCII)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,.]{1,18})", re.ASCII)
_MOVEMENT = re.compile(r"(\d{6})(\d{4})?(R?[CD]|E[CD])([A-Z])?([\d]*[,.]?\d*)(?:([A-Z][A-Z0-9 ]{3})(.*))?", re.ASCII)
_BLOCK = re.compile(r"\{[1235]:[^{}]*(\{[^{}]*\}[^{}]*)*\}|\{4:|-\}", re.ASCII)
_DIALECTS = {  # what stands before field 20, in field 25 or in the words, and whose habit it is
    "ABNANL2A": "abnamro",
    "INGBNL2A": "ing",
    ":940:": "rabobank",
    "TRIODOSBANK/": "triodos",
    "KNABNL2H": "knab",
    "SNSBNL2A": "sns",
    "POFICHBE": "postfinance",
    "?20": "german",
}
_NO_REFERENCE = frozenset({"", "NONREF", "EREF", "KREF", "PREF", "NREF"})
_KINDS = {"CHG": "fee", "COM": "fee", "INT": "interest", "RTI": "return"}


@dataclass(slots=True, kw_only=True)
class _Statement:
    """One statement from its field 20 on: the fields in order, with the row each begins in."""

    row: int
    fields: list[tuple[str, int, list[str]]] = field(default_factory=list)


def is_mt940(lines: list[str]) -> bool:
    """Fields 20 and 25, then a balance, among the first lines."""
    told = {match[1][:2] for line in lines[:60] if (match := _TAG.match(_BLOCK.sub("", line)))}
    return {"20", "25"} <= told and bool(told & {"60", "61"})


def read_mt940(*, lines: list[str], findings: Findings) -> tuple[StatementRead, ...]:
    """The statements of all accounts in the file, in order."""
    before, statements = _split(lines)
    dialect = _dialect(before, lines)
    if not dialect:
        seen = next((line for line in before if line.strip()), "")
        account = next((part[0] for one in statements for tag, _, part in one.fields if tag == "25"), "")
        findings.add("receipts.mt940.unknown-dialect", 1, seen=tidy(seen) or account)
    read = (_statement(one, dialect, findings) for one in statements)
    return tuple(statement for statement in read if statement is not None)


def _split(lines: list[str]) -> tuple[list[str], list[_Statement]]:
    before: list[str] = []
    statements: list[_Statement] = []
    for row, line in enumerate(lines, start=1):
        text = _BLOCK.sub("", line)
        match = _TAG.match(text)
        if match and match[1] == "20":
            statements.append(_Statement(row=row))
        if not statements:
            before.append(line)
        elif match:
            statements[-1].fields.append((match[1], row, [match[2]]))
        elif text.strip() in ("-", ""):
            continue
        elif statements[-1].fields:
            statements[-1].fields[-1][2].append(text)
    return before, statements


def _dialect(before: list[str], lines: list[str]) -> str:
    head = "\n".join((*before, *lines[:40]))
    return next((name for sign, name in _DIALECTS.items() if sign in head), "")


def _statement(statement: _Statement, dialect: str, findings: Findings) -> StatementRead | None:
    told = {tag[:2]: parts[0] for tag, _, parts in statement.fields if tag[:2] in ("25", "28")}
    account = _account(told.get("25", ""))
    balances = [
        (tag[:2], _balance(tag, row, parts[0], findings))
        for tag, row, parts in statement.fields
        if tag[:2] in ("60", "62")
    ]
    opening = next((balance for tag, balance in balances if tag == "60" and balance), None)
    closing = next((balance for tag, balance in reversed(balances) if tag == "62" and balance), None)
    if not account or closing is None:
        code = "receipts.statement.cut-off" if account else "receipts.statement.no-account"
        findings.add(code, statement.row, account=account)
        return None
    entries = (_entry_or_named(one, account, closing[1], dialect, findings) for one in _movements(statement))
    return StatementRead(
        account=account,
        currency=closing[1],
        number=told.get("28", "").strip(),
        opening=opening[0] if opening else None,
        closing=closing[0],
        entries=tuple(entry for entry in entries if entry is not None),
        row=statement.row,
    )


def _movements(statement: _Statement) -> list[tuple[int, list[str], list[str]]]:
    """Each field 61 with the words of the fields 86 behind it; a field 86 behind a balance is the statement's own."""
    movements: list[tuple[int, list[str], list[str]]] = []
    is_open = False
    for tag, row, parts in statement.fields:
        if tag == "61":
            movements.append((row, parts, []))
        elif tag == "86" and is_open:
            movements[-1][2].extend(parts)
        is_open = tag == "61" or (tag == "86" and is_open)
    return movements


def _account(text: str) -> str:
    """The account's number, without a bank's name before it or a currency behind it."""
    number = "".join(text.replace(".", "").split())
    if "/" in number and not number.partition("/")[0].isdecimal():
        number = number.rpartition("/")[2]
    return number[:-3] if number[-3:] in ("EUR", "USD", "GBP", "SEK", "CHF") else number


def _balance(tag: str, row: int, text: str, findings: Findings) -> tuple[Decimal, str] | None:
    match = _BALANCE.match(text.strip())
    try:
        if match is None:
            raise Unreadable(tag, text)
        value = plain_sum(match[4].replace(",", "."), tag)
    except Unreadable as fault:
        findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
        return None
    return (-value if match[1] == "D" else value), match[3]


def _entry_or_named(
    movement: tuple[int, list[str], list[str]], account: str, currency: str, dialect: str, findings: Findings
) -> EntryRead | None:
    row, parts, words = movement
    try:
        entry = _entry(row, parts, words, account, currency, dialect, findings)
    except Unreadable as fault:
        findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
        return None
    if not entry.value:
        findings.add("receipts.entry.zero", row, column="61")
        return None
    return entry


def _entry(
    row: int, parts: list[str], told: list[str], account: str, currency: str, dialect: str, findings: Findings
) -> EntryRead:
    match = _MOVEMENT.fullmatch(parts[0].rstrip()) or _MOVEMENT.fullmatch("".join(parts[:2]).rstrip())
    if match is None:
        raise Unreadable("61", parts[0])
    value_on = day_of(match[1], "yymmdd", "61")
    value = plain_sum(match[5].replace(",", "."), "61")
    if value != round_half_up(value, currency):
        raise Unreadable("61", parts[0])
    customer, _, bank = (match[7] or "").partition("//")
    words = _words(dialect, customer, parts[1:], told)
    references = (*words.references, customer[:16].strip() if customer.strip() not in _NO_REFERENCE else "")
    bank = bank.strip()
    return EntryRead(
        place=Place(file=findings.file, row=row),
        account=account,
        booked_on=_booked_on(value_on, match[2]),
        value_on=value_on,
        currency=currency,
        value=-value if match[3] in ("D", "RC", "ED") else value,
        payer=words.payer,
        payer_account=words.payer_account,
        references=tuple(dict.fromkeys(filter(None, references))),
        text=words.text,
        bank_reference="" if bank in _NO_REFERENCE else bank,
        kind="return" if match[3] in ("RC", "RD") else _KINDS.get((match[6] or "")[1:], "payment"),
    )


def _words(dialect: str, customer: str, supplement: list[str], told: list[str]) -> Words:
    if dialect != "rabobank":
        return read_words(told, supplement)
    words = read_words(told, [])
    account = tidy(supplement[0]) if supplement else tidy(customer[:16])
    return Words(
        payer=words.payer or tidy(customer[16:]),
        payer_account=words.payer_account or ("" if account in _NO_REFERENCE else account),
        references=words.references,
        text=words.text,
    )


def _booked_on(value_on: date, month_and_day: str | None) -> date:
    """The entry day has no year: the one that brings it closest to the value day."""
    if not month_and_day:
        return value_on
    for year in (value_on.year, value_on.year - 1, value_on.year + 1):
        try:
            found = day_of(f"{year}{month_and_day}", "yyyymmdd", "61")
        except Unreadable:
            continue
        if abs((found - value_on).days) < 180:
            return found
    raise Unreadable("61", month_and_day)

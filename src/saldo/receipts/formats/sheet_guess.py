"""What a CSV file's columns probably mean: a proposal for a person, from its head and its first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from saldo.receipts.formats.fields import decode, encoding_of, tidy
from saldo.receipts.formats.sheets import read_day, read_sum, split_rows
from saldo.receipts.rules.entries import SheetMapping, Unreadable

_DELIMITERS = (";", ",", "\t", "|")
_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%y")
_LOOK = 200
_WORDS = {
    "booked_on": "date|booking date|booked|transaction date|bokföringsdag|bokföringsdatum|datum|transaktionsdatum|"
    "fecha|fecha operación|fecha operacion|data|data lançamento|buchungstag|buchungsdatum|日期|记账日期|交易日期",
    "value_on": "value date|valutadag|valutadatum|fecha valor|data valor|wertstellung|起息日",
    "value": "amount|belopp|importe|valor|betrag|bedrag|monto|montante|金额|交易金额",
    "money_in": "credit|money in|paid in|insättning|haber|abono|abonos|crédito|收入|贷方金额",
    "money_out": "debit|money out|paid out|uttag|debe|cargo|cargos|débito|支出|借方金额",
    "currency": "currency|valuta|divisa|moneda|moeda|währung|币种",
    "payer": "payer|name|sender|counterparty|avsändare|namn|betalare|ordenante|pagador|nome|nombre|对方户名|付款人",
    "payer_account": "payer account|counterparty account|motkonto|avsändarkonto|cuenta ordenante|对方账号",
    "text": "text|description|message|details|meddelande|beskrivning|concepto|descripción|descrição|histórico|摘要|"
    "附言",
    "reference": "reference|ref|ocr|referens|referencia|referência|verwendungszweck|参考号",
    "bank_reference": "transaction id|bank reference|verifikationsnummer|id transacción|流水号|交易流水号",
    "account": "account|account number|iban|konto|kontonummer|cuenta|conta|账号",
}
_NAMES = {word: field for field, words in _WORDS.items() for word in words.split("|")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGuess:
    """A proposed mapping; ``is_sure`` only when every looked-at row can be read in this one way."""

    mapping: SheetMapping
    is_sure: bool


def propose_mapping(*, data: bytes) -> SheetGuess | None:
    """The proposal for a person who maps this file, with the encoding it seems to have."""
    guess = guess_mapping(decode(data))
    if guess is None:
        return None
    return replace(guess, mapping=replace(guess.mapping, encoding=encoding_of(data)))


def guess_mapping(text: str) -> SheetGuess | None:
    """The mapping that the head suggests; None when no row looks like the head of a bank's table."""
    lines = text.splitlines()[:_LOOK]
    for delimiter in _DELIMITERS:
        rows = split_rows("\n".join(lines), delimiter)
        head = _head(rows or [])
        if rows is None or head is None:
            continue
        names = [tidy(cell) for cell in rows[head]]
        columns = _columns(names)
        body = [dict(zip(names, row, strict=False)) for row in rows[head + 1 :] if any(cell.strip() for cell in row)]
        return _guess(names, columns, body, delimiter)
    return None


def _head(rows: Sequence[Sequence[str]]) -> int | None:
    for number, row in enumerate(rows[:30]):
        fields = set(_columns([tidy(cell) for cell in row]))
        if "booked_on" in fields and fields & {"value", "money_in"}:
            return number
    return None


def _columns(names: Sequence[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for name in names:
        field = _NAMES.get(name.casefold().strip('"'))
        if field is not None:
            columns.setdefault(field, name)
    return columns


def _guess(names: list[str], columns: dict[str, str], body: list[dict[str, str]], delimiter: str) -> SheetGuess:
    sums = [row.get(columns[f], "") for f in ("value", "money_in", "money_out") if f in columns for row in body]
    points = [point for point in (",", ".") if _all_sums(sums, point)]
    days = [row.get(columns["booked_on"], "").strip() for row in body]
    forms = [form for form in _FORMS if days and all(_is_day(day, form) for day in days)]
    mapping = SheetMapping(
        name="",
        head=tuple(columns.values()),
        columns=columns,
        delimiter=delimiter,
        decimal_point=points[0] if points else ",",
        day_form=forms[0] if forms else "%Y-%m-%d",
    )
    one_way = len(points) == 1 or not any(re.search(r"[.,]", text) for text in sums)
    return SheetGuess(mapping=mapping, is_sure=bool(points) and one_way and len(forms) == 1 and len(set(names)) > 1)


def _all_sums(sums: Sequence[str], point: str) -> bool:
    for text in filter(str.strip, sums):
        try:
            value = read_sum(text.strip(), point, "")
        except Unreadable:
            return False
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -3:
            return False
    return True


def _is_day(text: str, form: str) -> bool:
    try:
        read_day(text, form)
    except Unreadable:
        return False
    return True

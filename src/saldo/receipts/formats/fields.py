"""Texts, days and sums as banks write them; what is none of these is Unreadable."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from saldo.core.problems import as_seen
from saldo.receipts.rules.entries import Unreadable

_DOS_LETTERS = frozenset(b"\x81\x84\x86\x8e\x8f\x94\x99\x9a\x80\x82\x87\xa0\xa1\xa2\xa3\xa4\xa5")
_PLAIN = re.compile(r"[+-]?\d{1,16}(\.\d{0,5})?|[+-]?\.\d{1,5}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


def encoding_of(data: bytes) -> str:
    """How a file's text is written: by its byte order mark, else UTF-8, else the old code pages, by their letters."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return encoding
    if data[1:2] == b"\x00" and data[3:4] == b"\x00":
        return "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _old_code_page(data)
    return "utf-8"


def decode(data: bytes, encoding: str = "") -> str:
    """The text of a file in the encoding that is given, else in the one it seems to have."""
    try:
        return data.decode(encoding or encoding_of(data), "replace")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", "replace")


def _old_code_page(data: bytes) -> str:
    high = {byte for byte in data if byte > 0x7F}
    if high & _DOS_LETTERS and not any(byte >= 0xC0 for byte in high):
        return "cp850"
    return "cp1252"


def plain_sum(text: str, column: str) -> Decimal:
    """A sum with a point, or none: ``1234.5``."""
    if not _PLAIN.fullmatch(text.strip()):
        raise Unreadable(column, text)
    return Decimal(text.strip())


def minor_sum(text: str, column: str, digits: int = 2) -> Decimal:
    """A sum without a point, in minor units: ``000000000110000``; blanks are nothing."""
    if not text.strip():
        return Decimal(0)
    if not _DIGITS.fullmatch(text.strip()) or len(text.strip()) > 18:
        raise Unreadable(column, text)
    return Decimal(text.strip()).scaleb(-digits)


def count(text: str, column: str) -> int:
    """A whole number written with zeros before it; blanks are none."""
    if text.strip() and not _DIGITS.fullmatch(text.strip()):
        raise Unreadable(column, text)
    return int(text.strip() or 0)


def day_of(text: str, form: str, column: str) -> date:
    """A day by its form: y, m and d, each letter a digit, two for a year of this century: ``yymmdd``, ``ddmmyyyy``."""
    digits = {letter: "".join(t for f, t in zip(form, text, strict=False) if f == letter) for letter in "ymd"}
    is_formed = len(text) == len(form) and all(f in "ymd" or f == t for f, t in zip(form, text, strict=False))
    if not is_formed or not all(_DIGITS.fullmatch(part) for part in digits.values()):
        raise Unreadable(column, text)
    year = int(digits["y"]) + (2000 if len(digits["y"]) == 2 else 0)
    try:
        found = date(year, int(digits["m"]), int(digits["d"]))
    except ValueError as fault:
        raise Unreadable(column, text) from fault
    if not 1990 <= found.year <= 2099:
        raise Unreadable(column, text)
    return found


def iso_day(text: str, column: str) -> date:
    """A day or an instant of XML: its first ten characters."""
    head = text.strip()[:10]
    if len(head) != 10 or head[4] != "-" or head[7] != "-":
        raise Unreadable(column, text)
    return day_of(head.replace("-", ""), "yyyymmdd", column)


def tidy(text: str) -> str:
    """Words with one space between them, fit to be kept."""
    return as_seen(" ".join(text.split()))

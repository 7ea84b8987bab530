"""The European Central Bank's reference rates: its CSV files of one day and of all days, plain or in their zip."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx

from saldo.ports.rates import PublishedRate, RatesUnreachable

DAILY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref.zip"
HISTORY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"

_BROKEN = (
    *(ValueError, ArithmeticError, LookupError, EOFError, RuntimeError),
    *(csv.Error, zipfile.BadZipFile, zlib.error),
)
"""What a file that is no file of rates may raise: in its zip, its text, its rows or its figures."""

_LARGEST = 20_000_000  # bytes; the history of 27 years has two million
_NO_CURRENCY = Decimal(10) ** 9  # worth less than a billionth of a euro; a slip, and more than is kept
_PATIENCE = 30  # seconds
_MONTHS = ("January", "February", "March", "April", "May", "June", "July")
_MONTH_NUMBERS = {
    name: number
    for number, name in enumerate((*_MONTHS, "August", "September", "October", "November", "December"), start=1)
}


class EcbRates:
    """Reads the files from a folder of ours or from the bank."""

    def fetch(self, where: str, *, all_days: bool = False) -> tuple[PublishedRate, ...]:
        """All rates of the file. Raises `RatesUnreachable`: agreements.rates.unreachable, .too-large, .unreadable."""
        where = where or (HISTORY if all_days else DAILY)
        data = _download(where) if where.startswith("https://") else _open(where)
        if len(data) > _LARGEST:
            raise RatesUnreachable(code="agreements.rates.too-large", source=where)
        try:
            return read_rates(data)
        except _BROKEN as fault:
            raise RatesUnreachable(code="agreements.rates.unreadable", source=where) from fault


def read_rates(data: bytes) -> tuple[PublishedRate, ...]:
    """Every rate of a file, a currency without one on a day left out. Refuses (ValueError) what is no such file."""
    rows = csv.reader(io.StringIO(_unzipped(data).decode("utf-8-sig")))
    head = [cell.strip() for cell in next(rows, [])]
    if head[:1] != ["Date"] or len(head) < len(("Date", "USD")):
        raise ValueError("not a file of reference rates")
    return tuple(rate for row in rows if row for rate in _rates_of(head, row))


def _rates_of(head: list[str], row: list[str]) -> Iterator[PublishedRate]:
    on = _day(row[0].strip())
    for currency, text in zip(head[1:], row[1:], strict=False):
        figure = text.strip()
        if not currency or figure in ("", "N/A"):
            continue
        rate = Decimal(figure)
        if not rate.is_finite() or not 0 < rate < _NO_CURRENCY:
            raise ValueError(f"no rate: {figure!r}")
        yield PublishedRate(currency, on, rate)


def _day(text: str) -> date:
    """``2026-04-13`` in the history, ``13 April 2026`` in the daily file."""
    words = text.split()
    if len(words) == len(("13", "April", "2026")) and words[1] in _MONTH_NUMBERS:
        return date(int(words[2]), _MONTH_NUMBERS[words[1]], int(words[0]))
    return date.fromisoformat(text)


def _unzipped(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = archive.infolist()[0]
        if inside.file_size > _LARGEST:
            raise ValueError("too large")
        return archive.read(inside)


def _open(where: str) -> bytes:
    try:
        with Path(where).open("rb") as file:
            return file.read(_LARGEST + 1)
    except (OSError, ValueError) as fault:
        raise RatesUnreachable(code="agreements.rates.unreachable", source=where) from fault


def _download(where: str) -> bytes:
    try:
        with httpx.stream("GET", where, timeout=_PATIENCE, follow_redirects=True) as answer:
            answer.raise_for_status()
            found = b""
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > _LARGEST:
                    break
            return found
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise RatesUnreachable(code="agreements.rates.unreachable", source=where) from fault

"""How a number of a series is written, and what may be written so: one number a place, told apart for ever."""

from __future__ import annotations

import re

from saldo.core.problems import Refused
from saldo.invoicing.rules.references import RF_BODY_LENGTH, UnableToMakeReference, rf_reference

_YEAR = "{year}"
_NUMBER = re.compile(r"\{number(?::0([1-9]))?d?\}")
_PLAIN = re.compile(r"[A-Za-z0-9/._-]*")
MOST = 30
"""The longest number that papers, references and e-invoices carry."""


BUSIEST_YEAR = 9_999_999
"""More documents than a company issues in a year: their last number must still fit."""


class UnableToNumber(Refused):
    """A series that would give the same number twice, or one that papers cannot carry."""


def number_of(*, series: str, year: int, place: int) -> str:
    """The number of a place in a year's series: ``{year}-{number:05d}`` gives ``2026-00017``.

    Refuses (UnableToNumber): invoicing.series.unreadable (year and number must both be in it, once),
    invoicing.series.too-long.
    """
    check_series(series=series)
    found = _NUMBER.search(series)
    assert found is not None  # check_series has looked
    written = f"{place:0{found[1] or 1}d}"
    number = (series[: found.start()] + written + series[found.end() :]).replace(_YEAR, f"{year:04d}")
    if len(number) > MOST:
        raise UnableToNumber(code="invoicing.series.too-long", facts={"series": series, "most": MOST})
    return number


def check_configured(*, series: str) -> None:
    """Nothing for a series whose numbers, a whole busy year of them, fit papers and payment references.

    An ISO 11649 reference carries 21 letters and digits of a number; a Swedish OCR reference carries more digits than
    that. Asked when a series is set, so that nothing stops in the middle of issuing.
    Refuses (UnableToNumber): invoicing.series.unreadable, .too-long, .too-long-for-reference.
    """
    longest = number_of(series=series, year=9999, place=BUSIEST_YEAR)
    try:
        rf_reference(text=longest)
    except UnableToMakeReference as refused:
        facts = {"series": series, "most": RF_BODY_LENGTH, "longest": longest}
        raise UnableToNumber(code="invoicing.series.too-long-for-reference", facts=facts) from refused


def check_series(*, series: str) -> None:
    """Nothing for a series that never gives one number twice: a year always has four digits, so it tells them apart.

    Refuses (UnableToNumber): invoicing.series.unreadable.
    """
    rest, numbers = _NUMBER.subn("", series)
    plain = rest.replace(_YEAR, "")
    if numbers != 1 or series.count(_YEAR) != 1 or not _PLAIN.fullmatch(plain):
        raise UnableToNumber(code="invoicing.series.unreadable", facts={"series": series})

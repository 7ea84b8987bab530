"""The days on which a country's banks and offices are closed, from the library `holidays`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from saldo.core.workdays import Closed

# Days closed in fact (Midsummer's Eve) come before those of banks, which in Sweden count half days too.
_BESIDE_PUBLIC = ("de_facto", "bank")


def calendar_of(country: str) -> Closed:
    """Whether a day is a holiday of this country's banks; weekends are `core.workdays`' own matter.

    ISO 3166 codes. A country the library does not know has no holidays: weekends still count. Chinese working
    weekends stay weekends, so that a day counted back is never too late; half days stay working days.
    """
    return _remembered(country.upper())


@lru_cache(maxsize=64)
def _remembered(country: str) -> Closed:
    """The same few days are asked of a country a million times in one round, and the library thinks long of each."""
    known = _calendar(country)
    return _never if known is None else lru_cache(maxsize=4096)(known.__contains__)


def _calendar(country: str) -> holidays.HolidayBase | None:
    try:
        everything = holidays.country_holidays(country)
    except NotImplementedError:  # the library knows no calendar of this country: weekends alone are closed there
        return None
    beside = next(((kind,) for kind in _BESIDE_PUBLIC if kind in everything.supported_categories), ())
    return holidays.country_holidays(country, categories=("public", *beside))


def _never(day: date) -> bool:
    return False

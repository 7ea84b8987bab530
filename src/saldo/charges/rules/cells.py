"""Reading one cell: what Microsoft writes, strictly, and nothing rounded on the way (docs/algorithms/reading.md).

The line store reads millions of cells in SQL after the same grammar; these functions are its oracle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MAX_WHOLE = 20
MAX_PART = 18
"""A column of figures holds 20 digits before the point and 18 after it."""

DECIMAL_GRAMMAR = r"-?[0-9]{1,20}(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?"
_DECIMAL = re.compile(DECIMAL_GRAMMAR)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})( [0-9:]+( ?[AaPp][Mm])?)?")
_EXCEL_DAMAGE = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+")
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
NO_DAY = date(1, 1, 1)
"""Microsoft's "no date"."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Beyond these a day is a placeholder or a slip; a cycle around it may reach out of the calendar."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """Why a cell cannot be read."""

    code: str


BAD_NUMBER = CellFault("charges.line.bad-number")
TOO_MANY_DIGITS = CellFault("charges.line.too-many-digits")
BAD_DAY = CellFault("charges.line.bad-day")
EMPTY = CellFault("charges.line.empty")
EXCEL_DAMAGED = CellFault("charges.line.excel-damaged")


def read_decimal(text: str) -> Decimal | CellFault | None:
    """A figure: digits, one point, perhaps an exponent; None when blank.

    Refuses blanks inside, thousands separators, a leading plus or point; more than 20 digits before or 18 after the
    point are a fault of their own, never rounded away (trailing zeros do not count).
    """
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        return BAD_NUMBER
    value = Decimal(text)
    return value if not value or _has_room(text) else TOO_MANY_DIGITS


def _has_room(text: str) -> bool:
    """Counted as written: digits before and after the point, moved by the exponent."""
    mantissa, _, power = text.lower().lstrip("-").partition("e")
    whole, _, part = mantissa.partition(".")
    exponent = int(power or 0)
    return len(part.rstrip("0")) - exponent <= MAX_PART and len(whole.lstrip("0")) + exponent <= MAX_WHOLE


def read_day(text: str) -> date | CellFault | None:
    """A day: ISO with or without a UTC time, or the portal's American form; None when blank or "no date".

    Refuses days that no calendar has, and those outside of 1900 to 2999.
    """
    if not text:
        return None
    iso, american = _ISO.fullmatch(text), _AMERICAN.fullmatch(text)
    if iso:
        year, month, day = (int(iso[i]) for i in (1, 2, 3))
    elif american:
        month, day, year = (int(american[i]) for i in (1, 2, 3))
    else:
        return BAD_DAY
    try:
        read = date(year, month, day)
    except ValueError:
        return BAD_DAY
    if read == NO_DAY:
        return None
    return read if FIRST_DAY <= read <= LAST_DAY else BAD_DAY


def is_excel_damaged(text: str) -> bool:
    """Whether a spreadsheet turned a long number into 5.67E+17, which cannot be undone."""
    return _EXCEL_DAMAGE.fullmatch(text) is not None


def trimmed(text: str) -> str:
    """A text without the blanks around it: every kind of space, but neither tabs nor line ends, which are content."""
    return text.strip(_SPACES)


def read_customer(text: str) -> str:
    """A tenant's id as the key of a customer: lower case, without the ``org:`` of some v1 answers."""
    return trimmed(text).lower().removeprefix("org:")

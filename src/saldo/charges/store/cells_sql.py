"""Typing cells in SQL, after the grammar of `charges.rules.cells`; a property test holds both together.

Nothing is cast that does not match the grammar first: TRY_CAST alone takes ``1_000``, `` 5``, ``+5``, and cuts digits.
Spark SQL: ``rlike`` with anchors for regexp_full_match, ``to_date`` for try_strptime; the rest is standard.
"""

from __future__ import annotations

from saldo.charges.formats.shape import CellType, Column
from saldo.charges.rules.cells import DECIMAL_GRAMMAR, FIRST_DAY, LAST_DAY, MAX_PART, MAX_WHOLE, NO_DAY
from saldo.charges.store.engine import name

FIGURE = f"DECIMAL({MAX_WHOLE + MAX_PART},{MAX_PART})"
SEPARATOR = "\x1f"
_SIMPLE = rf"-?[0-9]{{1,{MAX_WHOLE}}}(\.[0-9]{{0,{MAX_PART}}})?"
_AMERICAN = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_AMERICAN_TIMED = _AMERICAN + r"( [0-9:]+( ?[AaPp][Mm])?)?"
_NO_DAY = f"DATE '{NO_DAY}'"
_A_DAY = f"BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?"


def sql_type(cell: CellType) -> str:
    """The type a cell is stored as."""
    return {"text": "VARCHAR", "day": "DATE"}.get(cell, FIGURE)


def read(column: Column) -> str | None:
    """The cell read once, for the inner select: NULL where it cannot be; None for text, which needs no reading."""
    if column.cell == "text":
        return None
    return _day(name(column.name)) if column.cell == "day" else _figure(name(column.name))


def typed(column: Column, reading: str) -> str:
    """The cell as it is stored, from what the inner select has read; Microsoft's "no date" is nothing."""
    if column.cell == "text":
        return name(column.name)
    return f"CASE WHEN {reading} {_A_DAY} THEN {reading} END" if column.cell == "day" else reading


def fault(column: Column, reading: str) -> str | None:
    """The condition under which a cell is a problem; None where no text can be wrong."""
    cell = name(column.name)
    unreadable = {
        "text": None,
        "day": f"({cell} IS NOT NULL AND ({reading} IS NULL OR {reading} <> {_NO_DAY} AND {reading} NOT {_A_DAY}))",
    }.get(column.cell, f"({cell} IS NOT NULL AND {reading} IS NULL)")
    if column.is_vital:
        return f"({cell} IS NULL OR trim({cell}) = '')" + (f" OR {unreadable}" if unreadable else "")
    return unreadable


def _figure(cell: str) -> str:
    cast = f"TRY_CAST({cell} AS {FIGURE})"
    return f"CASE WHEN regexp_full_match({cell}, '{_SIMPLE}') THEN {cast} WHEN {_fits(cell)} THEN {cast} END"


def _fits(cell: str) -> str:
    """The slow way, for the few cells with an exponent or many digits: do all digits find room?"""
    exponent = f"COALESCE(TRY_CAST(regexp_extract({cell}, '[eE]([+-]?[0-9]+)', 1) AS INTEGER), 0)"
    part = f"length(rtrim(regexp_extract({cell}, '\\.([0-9]*)', 1), '0'))"
    whole = f"length(ltrim(regexp_extract({cell}, '-?([0-9]*)', 1), '0'))"
    is_zero = f"regexp_full_match({cell}, '-?0+(\\.0*)?([eE].*)?')"
    room = f"{part} - {exponent} <= {MAX_PART} AND {whole} + {exponent} <= {MAX_WHOLE}"
    return f"regexp_full_match({cell}, '{DECIMAL_GRAMMAR}') AND ({is_zero} OR ({room}))"


def _day(cell: str) -> str:
    american = "CAST(try_strptime({}, '%m/%d/%Y') AS DATE)"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_AMERICAN}') THEN {american.format(cell)}"
        f" WHEN regexp_full_match({cell}, '{_ISO}') AND NOT starts_with({cell}, '0000')"
        f" THEN TRY_CAST(substr({cell}, 1, 10) AS DATE)"
        f" WHEN regexp_full_match({cell}, '{_AMERICAN_TIMED}')"
        f" THEN {american.format(f'split_part({cell}, chr(32), 1)')} END"
    )

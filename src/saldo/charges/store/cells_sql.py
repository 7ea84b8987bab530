"""Typing cells in SQL, after the grammar of `charges.rules.cells`; a property test holds both together.

Nothing is cast that does not match the grammar first: TRY_CAST alone takes ``1_000``, `` 5`` and ``+5``, and cuts digits.
Spark SQL: ``rlike`` with anchors for regexp_full_match, ``to_date`` for try_strptime; the rest is standard.
"""

from __future__ import annotations

from saldo.charges.formats.shape import CellType, Column
from saldo.charges.rules.cells import DECIMAL_GRAMMAR, MAX_PART, MAX_WHOLE
from saldo.charges.store.engine import name

FIGURE = f"DECIMAL({MAX_WHOLE + MAX_PART},{MAX_PART})"
SEPARATOR = "\x1f"
_SIMPLE = rf"-?[0-9]{{1,{MAX_WHOLE}}}(\.[0-9]{{0,{MAX_PART}}})?"
_AMERICAN = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_AMERICAN_TIMED = _AMERICAN + r"( [0-9:]+( ?[AaPp][Mm])?)?"
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?"


def sql_type(cell: CellType) -> str:
    """The type a cell is stored as."""
    return {"text": "VARCHAR", "day": "DATE"}.get(cell, FIGURE)


def typed(column: Column) -> str:
    """The cell as it is stored: typed, or NULL where it cannot be read."""
    cell = name(column.name)
    if column.cell == "text":
        return cell
    if column.cell == "day":
        return f"NULLIF({_day(cell)}, DATE '0001-01-01')"
    return _figure(cell)


def fault(column: Column) -> str | None:
    """The condition under which a cell is a problem; None where no text can be wrong."""
    cell = name(column.name)
    unreadable = {
        "text": None,
        "day": f"({cell} IS NOT NULL AND {_day(cell)} IS NULL)",
    }.get(column.cell, f"({cell} IS NOT NULL AND {_figure(cell)} IS NULL)")
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
    american = f"CAST(try_strptime({{}}, '%m/%d/%Y') AS DATE)"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_AMERICAN}') THEN {american.format(cell)}"
        f" WHEN regexp_full_match({cell}, '{_ISO}') AND NOT starts_with({cell}, '0000')"
        f" THEN TRY_CAST(substr({cell}, 1, 10) AS DATE)"
        f" WHEN regexp_full_match({cell}, '{_AMERICAN_TIMED}')"
        f" THEN {american.format(f'split_part({cell}, chr(32), 1)')} END"
    )

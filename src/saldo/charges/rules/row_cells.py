"""The typed cells of one raw row, read strictly: what could be read, and a Problem for each cell that could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from saldo.charges.rules.cells import EMPTY, TOO_MANY_DIGITS, CellFault, read_day, read_decimal, trimmed
from saldo.core.money import ZERO, minor_unit
from saldo.core.problems import Place, Problem

ONE = Decimal(1)

Read = TypeVar("Read", Decimal, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedColumns:
    """Which columns of a kind hold figures and days, which must not be blank, and which are money of its currency."""

    vital: tuple[str, ...]
    figures: tuple[str, ...]
    days: tuple[str, ...]
    money: tuple[str, ...]


@dataclass(slots=True)
class RowCells:
    """One row under canonical column names; ``problems`` are in the order of its columns' types."""

    row: Mapping[str, str]
    at: Place
    figures: dict[str, Decimal] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str) -> str:
        """The cell as it came; "" where it is blank or the file has no such column."""
        return self.row.get(column, "")

    def key(self, column: str) -> str:
        """A name that must be comparable: without blanks around, in lower case."""
        return trimmed(self.text(column)).lower()

    def code(self, column: str) -> str:
        """A currency or document number: without blanks around, in upper case."""
        return trimmed(self.text(column)).upper()

    def figure(self, column: str, *, otherwise: Decimal = ZERO) -> Decimal:
        """A figure that was read, or what stands for a blank one."""
        return self.figures.get(column, otherwise)

    def first_figure(self, columns: Sequence[str], *, otherwise: Decimal = ZERO) -> Decimal:
        """The first of some figures that is there."""
        return next((self.figures[column] for column in columns if column in self.figures), otherwise)


def read_cells(row: Mapping[str, str], *, columns: TypedColumns, currency: str, at: Place) -> RowCells:
    """Read every typed cell of a row; one that cannot be read is a Problem and stays out."""
    cells = RowCells(row, at)
    for column in columns.vital:
        if not trimmed(cells.text(column)):
            _fault(cells, column, EMPTY)
    for column in columns.figures:
        _keep(cells, column, read_decimal(cells.text(column)), cells.figures)
    for column in columns.days:
        _keep(cells, column, read_day(cells.text(column)), cells.days)
    for column in columns.money:
        if cells.figure(column) % minor_unit(cells.code(currency)):
            _fault(cells, column, TOO_MANY_DIGITS)
    return cells


def _keep(cells: RowCells, column: str, read: Read | CellFault | None, into: dict[str, Read]) -> None:
    if isinstance(read, CellFault):
        _fault(cells, column, read)
    elif read is not None:
        into[column] = read


def _fault(cells: RowCells, column: str, fault: CellFault) -> None:
    if all(problem.place.column != column for problem in cells.problems):  # the first fault of a cell says enough
        place = replace(cells.at, column=column)
        cells.problems.append(Problem(code=fault.code, place=place, seen=cells.text(column)))

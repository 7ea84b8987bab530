"""What a bank's file says, whatever its format: statements of accounts and their movements, and where it is odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.identity import FileId
from saldo.core.money import add_up
from saldo.core.problems import Place, Problem, as_seen

MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRead:
    """One movement as a file tells it; ``value`` is signed in the account's currency, money in is positive.

    ``movement`` names the bank's own booking (account, day, sum, reference), which a batch and its parts share.
    """

    place: Place
    account: str
    booked_on: date
    value_on: date
    currency: str
    value: Decimal
    fee: Decimal = Decimal(0)  # what the bank kept, in the same currency
    original_currency: str = ""
    original_value: Decimal | None = None
    payer: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    bank_reference: str = ""
    kind: str = "payment"  # payment, return, fee, interest
    is_pending: bool = False
    movement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRead:
    """One account's part of a file; the balances are None where the format or the file has none."""

    account: str
    currency: str
    number: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    entries: tuple[EntryRead, ...] = ()
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFileRead:
    """A whole file: its entries once each, what is odd, and the refusal when nothing of it may be taken."""

    format: str
    accounts: tuple[str, ...] = ()
    entries: tuple[EntryRead, ...] = ()
    warnings: tuple[Problem, ...] = ()
    refused: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMapping:
    """What the columns of one bank's CSV files mean, and its habits of writing.

    ``columns``: field → column, of booked_on, value_on, value or money_in and money_out, currency, payer,
    payer_account, reference, text, bank_reference, account.
    """

    name: str
    head: tuple[str, ...]
    columns: Mapping[str, str]
    delimiter: str = ";"
    decimal_point: str = ","
    day_form: str = "%Y-%m-%d"
    encoding: str = ""
    account: str = ""
    currency: str = ""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What is odd in one file, collected while it is read; never more than a person would look at."""

    file: FileId
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, row: int, *, column: str = "", seen: str = "", **facts: Any) -> None:
        """Note one oddity with its place."""
        if len(self.problems) < MOST_FINDINGS:
            self.problems.append(self.problem(code, row, column=column, seen=seen, **facts))

    def problem(self, code: str, row: int, *, column: str = "", seen: str = "", **facts: Any) -> Problem:
        """The problem itself, for a refusal of the whole file."""
        place = Place(file=self.file, row=row, column=column)
        kept = {name: as_seen(value) if isinstance(value, str) else value for name, value in facts.items()}
        return Problem(code=code, place=place, seen=as_seen(seen[:200]), facts=kept)


class Unreadable(ValueError):
    """A field that is not what its format says: which column, and what stands there."""

    def __init__(self, column: str, seen: str) -> None:
        super().__init__(f"{column}: {seen[:60]}")
        self.column = column
        self.seen = seen


def check_statement(*, statement: StatementRead, findings: Findings) -> None:
    """Opening and movements make the closing balance; a statement that does not add up is named with the difference."""
    if statement.opening is None or statement.closing is None:
        return
    booked = [entry for entry in statement.entries if not entry.is_pending]
    if any(entry.currency != statement.currency for entry in booked):
        findings.add("receipts.statement.mixed-currencies", statement.row, account=statement.account)
        return
    moved = add_up(entry.value for entry in booked)
    difference = statement.closing - statement.opening - moved
    if difference:
        findings.add(
            "receipts.statement.unbalanced",
            statement.row,
            account=statement.account,
            currency=statement.currency,
            opening=f"{statement.opening:f}",
            closing=f"{statement.closing:f}",
            moved=f"{moved:f}",
            difference=f"{difference:f}",
        )


def once_each(*, statements: Sequence[StatementRead], findings: Findings) -> tuple[EntryRead, ...]:
    """The entries of all statements; a statement that stands twice in one file is read once and named."""
    seen: set[tuple[Any, ...]] = set()
    entries: list[EntryRead] = []
    for statement in statements:
        told = tuple((entry.booked_on, entry.value, entry.text, entry.bank_reference) for entry in statement.entries)
        name = (statement.account, statement.number, statement.opening, statement.closing, told)
        if statement.number and told and name in seen:
            findings.add(
                "receipts.statement.repeated", statement.row, account=statement.account, number=statement.number
            )
            continue
        seen.add(name)
        check_statement(statement=statement, findings=findings)
        entries.extend(statement.entries)
    return tuple(entries)

"""A debtor's account in words: statement, open items with what settled them, and what happened so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.desk import figures
from saldo.desk.import_detail import say_code
from saldo.desk.receipts.said import say_item
from saldo.ledger.allocated import Settlement, list_settlements
from saldo.ledger.queries import OpenItem, find_items
from saldo.ledger.rules.statement import CurrencyStatement, Move

_KINDS = ("invoice", "credit-note", "cancellation", "receipt", "refund", "opening", "charge")
_UNDONE = (":undone", ":withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementShown:
    """One line of the statement."""

    on: date
    words: str
    value: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementShown:
    """The statement in one currency; ``left_out`` movements are only in the file to take away."""

    currency: str
    opening: Decimal
    rows: tuple[MovementShown, ...]
    closing: Decimal
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShown:
    """One open item with its days and what was settled of it."""

    key: str
    words: str
    issued_on: date
    due_on: date
    late: str
    is_late: bool
    currency: str
    original: Decimal
    open: Decimal
    settled: tuple[str, ...]
    is_credit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One point of the timeline; ``state`` is done, now or future."""

    on: date
    state: str
    words: str
    detail: str


def say_move(move: Move) -> str:
    """What a posting was, as the debtor may read it: ``Invoice 2026-0412``, ``Payment``, ``Payment taken back``."""
    if move.reversal_of or move.key.endswith(_UNDONE):
        origin = move.reversal_of or move.key
        return figures.say("pages.debtors.move.taken-back", what=_say_kind(origin, move))
    return _say_kind(move.key, move)


def show_statement(told: CurrencyStatement, *, most: int) -> StatementShown:
    """The newest movements that fit, oldest first; the opening is that before the first one shown."""
    movements = told.movements[-most:]
    left_out = len(told.movements) - len(movements)
    opening = movements[0].balance - movements[0].move.value if movements else told.opening
    return StatementShown(
        currency=told.currency,
        opening=opening,
        rows=tuple(
            MovementShown(on=one.move.on, words=say_move(one.move), value=one.move.value, balance=one.balance)
            for one in movements
        ),
        closing=told.closing,
        left_out=left_out,
    )


def show_open(*, company: CompanyId, items: Sequence[OpenItem], as_of: date) -> list[OpenShown]:
    """The open items by due day, each with what was settled of it."""
    settlements = list_settlements(company=company, items=[item.key for item in items], as_of=as_of)
    keys = {one.credit for one in settlements} | {one.debit for one in settlements}
    known = find_items(company=company, keys=keys) if keys else {}
    return [_open(item, settlements, known, as_of) for item in items]


def tell(
    *, statements: Iterable[CurrencyStatement], items: Sequence[OpenItem], today: date, most: int
) -> list[Happened]:
    """What happened, newest last, then the days on which something falls due."""
    moves = sorted(
        ((one.move, told.currency) for told in statements for one in told.movements), key=lambda pair: pair[0].on
    )
    past = [
        Happened(
            on=move.on,
            state="done",
            words=say_move(move),
            detail=f"{figures.signed(move.value, currency)} {currency}",
        )
        for move, currency in moves[-most:]
    ]
    now = Happened(on=today, state="now", words=figures.say("pages.debtors.today"), detail="")
    return [*past, now, *_ahead(items, today)]


def _ahead(items: Sequence[OpenItem], today: date) -> list[Happened]:
    due: dict[tuple[date, str], Decimal] = {}
    for item in items:
        if item.open > 0 and item.due_on >= today:
            due[item.due_on, item.currency] = due.get((item.due_on, item.currency), ZERO) + item.open
    return [
        Happened(
            on=on,
            state="future",
            words=figures.say("pages.debtors.falls-due"),
            detail=f"{figures.amount(value, currency)} {currency}",
        )
        for (on, currency), value in sorted(due.items())[:6]
    ]


def _say_kind(key: str, move: Move) -> str:
    kind, _, rest = key.partition(":")
    if kind not in _KINDS:
        return say_code(move.code, {})
    document = move.document if kind != "receipt" and move.document else rest.partition(":")[0]
    return figures.say(f"pages.debtors.move.{kind}", document=document)


def _open(item: OpenItem, settlements: Sequence[Settlement], known: Mapping[str, OpenItem], as_of: date) -> OpenShown:
    days = (as_of - item.due_on).days
    is_late = days > 0 and item.open > 0
    return OpenShown(
        key=item.key,
        words=say_item(item),
        issued_on=item.issued_on,
        due_on=item.due_on,
        late=figures.say_many("pages.receipts.days-late", days) if is_late else "",
        is_late=is_late,
        currency=item.currency,
        original=item.original,
        open=item.open,
        settled=tuple(_settled(one, item, known) for one in settlements if item.key in (one.debit, one.credit)),
        is_credit=item.open < 0,
    )


def _settled(one: Settlement, item: OpenItem, known: Mapping[str, OpenItem]) -> str:
    other = known.get(one.credit if one.debit == item.key else one.debit)
    return figures.say(
        "pages.debtors.settled",
        day=figures.day(one.on, "short"),
        what=say_item(other) if other else "",
        amount=figures.amount(one.value, item.currency),
    )

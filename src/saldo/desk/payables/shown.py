"""How what we owe Microsoft is shown: level as mark and words, days left in words, sums by currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.payables.queries import PayableShown

MARKS = {
    "paid": "plain",
    "credit": "plain",
    "far": "plain",
    "soon": "warn",
    "now": "warn",
    "passed": "bad",
    "overdue": "bad",
    "suspension-near": "bad loud",
}
"""Quiet when normal, loud when the last safe day has passed, loudest before Microsoft suspends."""

LOUD = frozenset({"passed", "overdue", "suspension-near"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableRow:
    """One document in a list."""

    document: str
    href: str
    kind: str
    month: str
    due: str
    days: str
    is_assumed: bool
    last_safe: str
    mark: str
    level: str
    currency: str
    gross: Decimal
    paid: Decimal
    open: Decimal
    approvals: str
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencySum:
    """All rows of a list in one currency, whatever page is shown."""

    currency: str
    count: int
    gross: Decimal
    paid: Decimal
    open: Decimal


def show_row(one: PayableShown) -> PayableRow:
    """A document as a row."""
    return PayableRow(
        document=one.document,
        href=payable_href(one.document),
        kind=figures.say(f"payables.kind.{one.kind}"),
        month=figures.month(Month.of(one.month)) if one.month else "",
        due=figures.day(one.due_on),
        days=say_days(one),
        is_assumed=one.is_due_assumed,
        last_safe=figures.day(one.last_safe_on) if one.open > 0 else "",
        mark=MARKS[one.level],
        level=figures.say(f"payables.level.{one.level}"),
        currency=one.currency,
        gross=one.gross,
        paid=one.paid,
        open=one.open,
        approvals=say_approvals(one),
        run=one.run,
    )


def payable_href(document: str) -> str:
    """The page of a document."""
    return reverse("desk:payable", args=[document])


def say_days(one: PayableShown) -> str:
    """Days to the due day in words; nothing where nothing is to be paid."""
    if one.open <= 0:
        return ""
    if one.days_left == 0:
        return figures.say("pages.payables.due-today")
    code = "pages.payables.days-left" if one.days_left > 0 else "pages.payables.days-late"
    return figures.say_many(code, abs(one.days_left))


def say_approvals(one: PayableShown) -> str:
    """How many of the people needed said yes."""
    if one.open <= 0:
        return ""
    return figures.say(
        "pages.payables.of-people",
        given=figures.number(len({given.by for given in one.approvals})),
        needed=figures.number(one.people_needed),
    )


def say_standing(one: PayableShown) -> str:
    """The one sentence over a document: what happens next, and by when."""
    facts = {"safe": figures.day(one.last_safe_on), "due": figures.day(one.due_on)}
    if one.level == "suspension-near":
        days = max(one.standing.days_to_suspension, 0)
        if days <= 0:
            return figures.say("pages.payables.stands.suspension-any-day", **facts)
        return figures.say_many("pages.payables.stands.suspension-near", days, **facts)
    return figures.say(f"pages.payables.stands.{one.level}", **facts)


def sum_by_currency(found: Iterable[PayableShown]) -> tuple[CurrencySum, ...]:
    """What the documents come to, by currency."""
    sums: dict[str, list[Decimal]] = {}
    for one in found:
        held = sums.setdefault(one.currency, [ZERO, ZERO, ZERO, ZERO])
        for place, value in enumerate((Decimal(1), one.gross, one.paid, one.open)):
            held[place] += value
    return tuple(
        CurrencySum(currency=currency, count=int(count), gross=gross, paid=paid, open=still_open)
        for currency, (count, gross, paid, still_open) in sorted(sums.items())
    )

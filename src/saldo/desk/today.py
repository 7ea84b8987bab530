"""What the home page tells: does the last month add up, what needs a person, who moved most, what arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from saldo.charges.balance import MonthBalance, balance_month
from saldo.charges.history import AttemptSeen, DeliverySeen, list_deliveries, list_fruitless_attempts
from saldo.charges.movers import find_movers
from saldo.charges.queries import sum_by_month
from saldo.core.identity import CustomerId
from saldo.core.money import ZERO, round_half_up
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.import_detail import is_failing, say_state
from saldo.desk.paging import address
from saldo.desk.row_words import name_file
from saldo.doors.visitor import Visitor
from saldo.dunning.call_list import count_today
from saldo.explain.queries import explain_months
from saldo.explain.wording import headline

SHOWN_MOVERS, SHOWN_ARRIVALS, LOOKED_AT = 5, 6, 100
_REFUSED_NEEDS_LOOK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person; ``href`` is "" where its page is not to be opened."""

    icon: str
    icon_class: str
    what: str
    detail: str
    href: str
    amount: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A customer whose cost changed, and chiefly why."""

    name: str
    why: str
    href: str
    before: Decimal
    after: Decimal
    change: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came."""

    title: str
    href: str
    words: str
    icon: str
    icon_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The last month, with what is shown of it."""

    month: Month
    currency: str
    found: MonthBalance
    invoiced: Decimal
    on_lines: Decimal
    missing: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMonth:
    """The newest month with bills, in the currency looked at; whether the month before has bills to compare with."""

    month: Month
    currency: str
    has_month_before: bool


def find_last_month(visitor: Visitor) -> LastMonth | None:
    """The newest month in our own currency, or in another where there is none; None before any import."""
    held = sum_by_month(company=visitor.company.id)
    own = [one for one in held if one.currency == visitor.company.currency] or list(held)
    newest = max(own, key=lambda one: one.month, default=None)
    if newest is None:
        return None
    same = {one.month for one in held if one.currency == newest.currency}
    return LastMonth(month=newest.month, currency=newest.currency, has_month_before=newest.month.plus(-1) in same)


def tell_balance(visitor: Visitor, month: Month, currency: str) -> Balance:
    """Whether Microsoft's invoices and the customers' lines are the same money."""
    found = balance_month(company=visitor.company.id, month=month, currency=currency)
    return Balance(
        month=month,
        currency=currency,
        found=found,
        invoiced=round_half_up(found.on_invoices, currency),
        on_lines=round_half_up(found.on_lines, currency),
        missing=round_half_up(found.missing, currency),
    )


def list_tasks(visitor: Visitor, now: datetime) -> list[Task]:
    """Failed checks that nobody accepted, files refused in the last week; newest first."""
    deliveries = list_deliveries(company=visitor.company.id, limit=LOOKED_AT)
    failing = [one for one in deliveries if is_failing(one)]
    attempts = list_fruitless_attempts(company=visitor.company.id, limit=LOOKED_AT)
    refused = [one for one in attempts if one.state == "refused" and now - one.at <= _REFUSED_NEEDS_LOOK]
    dated = [(one.received_at, _failed(one)) for one in failing] + [(one.at, _refused(one)) for one in refused]
    return [task for _, task in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def list_movers(visitor: Visitor, month: Month, currency: str) -> tuple[list[Mover], int]:
    """Whose cost changed most since the month before, among the customers this person sees; and how many those are."""
    moved, charged = find_movers(
        company=visitor.company.id,
        month=month,
        currency=currency,
        owner=visitor.owner_to_show("customer.read"),
        limit=SHOWN_MOVERS,
    )
    movers = [
        Mover(
            name=one.name,
            why=_chief_reason(visitor, one.key, month, currency),
            href=address(reverse("desk:compare-months", args=[one.key]), {"from": month.plus(-1), "to": month}),
            before=one.before or ZERO,
            after=one.after,
            change=one.change,
            percent=None if one.before is None else figures.share(one.change, one.before),
        )
        for one in moved
    ]
    return movers, charged


def list_arrivals(visitor: Visitor) -> list[Arrival]:
    """The last files."""
    return [_arrival(one) for one in list_deliveries(company=visitor.company.id, limit=SHOWN_ARRIVALS)]


def tell_collection(visitor: Visitor) -> list[tuple[str, str, str]]:
    """Who is late, whom to call, which letters came back, what waits for a release: words, address, mark."""
    if not visitor.may_everywhere("dunning.read"):
        return []
    found = count_today(company=visitor.company.id, today=visitor.today)
    rows = (
        ("late", found.late, "collections", ""),
        ("calls", found.calls, "collections-calls", ""),
        ("failed", found.failed, "collections-calls", "ic-bad"),
        ("releases", found.releases, "collections-round", "ic-warn"),
    )
    return [
        (figures.say_many(f"pages.collections.home.{name}", count), reverse(f"desk:{page}"), mark)
        for name, count, page, mark in rows
        if count and (name != "releases" or visitor.may_everywhere("dunning.release"))
    ]


def _chief_reason(visitor: Visitor, customer: CustomerId, month: Month, currency: str) -> str:
    found = explain_months(
        company=visitor.company.id, customer=customer, before=month.plus(-1), after=month, currency=currency
    )
    chief = max(found.reasons, key=lambda reason: abs(reason.amount), default=None)
    if chief is None:
        return ""
    words = headline(chief, lang=figures.language())
    return f"{words}, {chief.subject}" if chief.subject else words


def _failed(seen: DeliverySeen) -> Task:
    file = name_file(seen.kind, seen.month, is_estimated=seen.is_estimated)
    return Task(
        icon="alert-square-rounded",
        icon_class="ic-bad",
        what=figures.say_many("desk.home.checks-failed", seen.failed_checks, file=file),
        detail=figures.minute(seen.received_at),
        href=address(reverse("desk:imports"), {"delivery": seen.id}),
    )


def _refused(attempt: AttemptSeen) -> Task:
    return Task(
        icon="file-off",
        icon_class="ic-bad",
        what=figures.say("desk.home.refused", file=attempt.name),
        detail=figures.minute(attempt.at),
        href=address(reverse("desk:imports"), {"attempt": attempt.id}),
    )


def _arrival(seen: DeliverySeen) -> Arrival:
    is_bad = is_failing(seen)
    is_plain = seen.state == "counts" and not is_bad and seen.rows == seen.lines
    return Arrival(
        title=name_file(seen.kind, seen.month, is_estimated=seen.is_estimated),
        href=address(reverse("desk:imports"), {"delivery": seen.id}),
        words=figures.say_many("desk.home.rows", seen.rows) if is_plain else say_state(seen)[1],
        icon="alert-square-rounded" if is_bad else "circle-check",
        icon_class="ic-bad" if is_bad else "ic-ok",
    )

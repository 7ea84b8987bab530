"""Pages: a month of billing, from what Microsoft charged to what is ready to go, and the waves that went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.charges.queries import sum_by_month
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.running import list_running
from saldo.desk.invoices.shown import money_texts, say_because, say_held
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.desk.payables.people import name_actors
from saldo.doors.gate import gate, gate_everywhere
from saldo.doors.visitor import COST, Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.invoicing.actions.issuing import check_may_issue
from saldo.invoicing.backups import newest_backup
from saldo.invoicing.billed import list_billed_months
from saldo.invoicing.margins import BucketSum, sum_buckets
from saldo.invoicing.month_pages import DraftRow, WaveShown, Which, list_waves, look_at_drafts
from saldo.invoicing.ready import Waiting, sum_waiting
from saldo.invoicing.seller import find_missing

WHICH: tuple[Which, ...] = ("all", "odd", "held")
_WITHOUT_MONTH = ("invoices-waves", "invoices-proposals")
BUCKETS = ("rated", "not-billed", "held", "unmatched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One currency: what Microsoft charged is the sum of the four buckets and of what no close has looked at yet."""

    currency: str
    charged: Decimal | None
    lines: str
    parts: tuple[tuple[str, Decimal | None, str, bool], ...]  # words, cost, lines, needs work

    @property
    def shows_cost(self) -> bool:
        """Whether amounts stand on it."""
        return self.charged is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One draft of the list."""

    id: int
    name: str
    debtor: str
    group: str
    href: str
    net: Decimal
    change: Decimal
    currency: str
    reason: str
    held: str
    is_credit: bool


@gate("sell.invoice.read")
def invoices(request: HttpRequest) -> HttpResponse:
    """The month's drafts; who has no part in billing gets the documents that were issued."""
    visitor = get_visitor(request)
    if not visitor.may_everywhere("buy.invoice.read"):
        return redirect("desk:invoices-issued")
    month, months = read_month(visitor, request.GET.get("month", ""))
    which = cast(Which, request.GET["which"] if request.GET.get("which") in WHICH else "all")
    number = read_page(request.GET.get("page", "1"))
    found = look_at_drafts(
        company=visitor.company.id, month=month, which=which, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    counts = found.counts
    window = Window(number=number, total=counts.of(which))
    facts: dict[str, object] = {"month": month, "which": None if which == "all" else which}
    page = {
        "month": month,
        "month_text": figures.month(month),
        "months": months,
        "balances": _balances(visitor, month),
        "counts": counts,
        "tabs": [_tab(request.path, month, name, counts.of(name), which) for name in WHICH],
        "rows": [_row(one, month) for one in found.rows],
        "ways": ways(visitor, month, "month"),
        "queue_href": address(reverse("desk:invoices-queue"), {"month": month}),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "running": list_running(company=visitor.company.id, month=month),
        "may_act": visitor.may_everywhere("sell.invoice.issue"),
    } | _issue(visitor, month)
    return render(request, "desk/invoices/month.html", {"page": page})


@gate_everywhere("buy.invoice.read")
def waves(request: HttpRequest) -> HttpResponse:
    """What was issued together, newest first, and what of it can still be stopped."""
    visitor = get_visitor(request)
    found = list_waves(company=visitor.company.id)
    names = name_actors(one.issued_by for one in found)
    page = {
        "rows": [_wave(one, names, visitor) for one in found],
        "ways": ways(visitor, read_month(visitor, "")[0], "waves"),
    }
    return render(request, "desk/invoices/waves.html", {"page": page})


def ways(visitor: Visitor, month: Month, here: str) -> list[tuple[str, str, bool]]:
    """The pages of this group that this person may open."""
    pages = [("month", "invoices"), ("lines", "invoices-queue"), ("waves", "invoices-waves")]
    pages.append(("proposals", "invoices-proposals"))
    shown = pages if visitor.may_everywhere("buy.invoice.read") else []
    links = [
        (
            name,
            reverse(f"desk:{page}") if page in _WITHOUT_MONTH else address(reverse(f"desk:{page}"), {"month": month}),
        )
        for name, page in shown
    ]
    links.append(("issued", reverse("desk:invoices-issued")))
    return [(figures.say(f"pages.invoices.way.{name}"), href, name == here) for name, href in links]


def read_month(visitor: Visitor, said: str) -> tuple[Month, tuple[Month, ...]]:
    """The month asked for, else the newest with charges or documents; and all there are, newest first."""
    company = visitor.company.id
    held = {one.month for one in sum_by_month(company=company)}
    months = sorted(held | set(list_billed_months(company=company, include_drafts=True)), reverse=True)
    try:
        asked = Month.parse(said)
    except ValueError:
        asked = None
    if asked in months:
        return asked, tuple(months)
    return (months[0] if months else Month.of(visitor.today).plus(-1)), tuple(months)


def _balances(visitor: Visitor, month: Month) -> list[Balance]:
    company, with_cost = visitor.company.id, visitor.may_everywhere(COST)
    sums = sum_buckets(company=company, month=month)
    charged = {one.currency: (one.net, one.lines) for one in sum_by_month(company=company) if one.month == month}
    currencies = sorted(charged.keys() | {one.currency for one in sums})
    return [_balance(currency, charged.get(currency, (ZERO, 0)), sums, with_cost) for currency in currencies]


def _balance(currency: str, charged: tuple[Decimal, int], sums: Sequence[BucketSum], with_cost: bool) -> Balance:
    net, lines = charged
    parts = []
    for bucket in BUCKETS:
        held = [one for one in sums if one.currency == currency and one.bucket == bucket]
        parts.append((bucket, sum((one.cost for one in held), ZERO), sum(one.lines for one in held)))
    left, rest = net - sum((cost for _, cost, _ in parts), ZERO), lines - sum(count for _, _, count in parts)
    if left or rest > 0:
        parts.append(("open", left, max(rest, 0)))
    return Balance(
        currency=currency,
        charged=net if with_cost else None,
        lines=figures.say_many("pages.invoices.lines", lines),
        parts=tuple(
            (
                figures.say(f"pages.invoices.bucket.{bucket}"),
                cost if with_cost else None,
                figures.say_many("pages.invoices.lines", count),
                bucket in ("held", "unmatched", "open") and count > 0,
            )
            for bucket, cost, count in parts
        ),
    )


def _issue(visitor: Visitor, month: Month) -> dict[str, Any]:
    """What a press on issue would do now, or why it would be refused."""
    waiting = sum_waiting(company=visitor.company.id, month=month, today=visitor.today)
    refused = ""
    try:
        backup = newest_backup(company=visitor.company.id)
        check_may_issue(company=visitor.company.id, newest_backup=backup, at=get_world().clock.now())
    except Refused as unable:
        refused = say_refusal(unable)
    company = visitor.company.id
    missing = find_missing(company=company, currencies=[*waiting.totals], on=visitor.today) if waiting.count else ()
    return {
        "waiting": waiting.count,
        "refused": refused,
        "confirms": confirms(waiting),
        "totals": _sums(waiting),
        "missing": [say_because(one.code, one.facts) for one in missing],
        "may_write": visitor.may_everywhere("company.settings"),
    }


def confirms(waiting: Waiting) -> dict[str, Any]:
    """Count and totals as the form carries them back."""
    return {"count": waiting.count, "totals": " ".join(f"{one}={value}" for one, value in waiting.totals.items())}


def _sums(waiting: Waiting) -> tuple[tuple[str, Decimal], ...]:
    return tuple(sorted(waiting.totals.items()))


def _tab(path: str, month: Month, name: str, count: int, here: str) -> dict[str, Any]:
    return {
        "words": figures.say(f"pages.invoices.which.{name}"),
        "href": address(path, {"month": month, "which": None if name == "all" else name}),
        "count": figures.number(count),
        "is_here": name == here,
    }


def _row(one: DraftRow, month: Month) -> ReviewRow:
    return ReviewRow(
        id=one.id,
        name=one.name or one.debtor,
        debtor=one.debtor,
        group=one.group,
        href=reverse("desk:invoices-review", args=[one.id]),
        net=one.net,
        change=one.change,
        currency=one.currency,
        reason=say_surprise(one, month),
        held=say_held(one.held_because),
        is_credit=one.kind == "credit-note",
    )


def say_surprise(one: DraftRow, month: Month) -> str:
    """Why a draft stands where it stands, in a few words."""
    if one.kind == "credit-note":
        return figures.say("pages.invoices.odd.credit")
    if not one.before:
        return figures.say("pages.invoices.odd.first", month=figures.month(month.plus(-1)))
    if one.net < 0:
        return figures.say("pages.invoices.odd.negative")
    share = figures.share(one.change, one.before)
    percent = figures.percent(share) if share is not None else ""
    code = "pages.invoices.odd.moved" if abs(one.change) > abs(one.before) / 4 else "pages.invoices.odd.usual"
    return figures.say(code, percent=percent)


def _wave(one: WaveShown, names: Mapping[str, str], visitor: Visitor) -> dict[str, Any]:
    now = get_world().clock.now()
    is_open = one.recalled_at is None and now < one.recall_until
    state = "recalled" if one.recalled_at else "unfinished" if one.issued < one.count else "out"
    return {
        "id": one.id,
        "month_text": figures.month(one.month),
        "href": address(reverse("desk:invoices-issued"), {"month": one.month}),
        "issued_at": figures.minute(one.issued_at),
        "by": names[one.issued_by],
        "count_text": figures.say_many("pages.invoices.documents", one.issued),
        "totals": money_texts(one.totals),
        "mark": {"recalled": "hold", "unfinished": "warn", "out": "ok"}[state],
        "state": figures.say(f"pages.invoices.wave.{state}"),
        "until": figures.minute(one.recall_until) if is_open else "",
        "may_recall": is_open and visitor.may_everywhere("sell.invoice.issue"),
        "wave_href": reverse("desk:invoices-wave", args=[one.id]),
        "recall_href": reverse("desk:invoices-recall", args=[one.id]),
        "recall_title": figures.say_many("pages.invoices.recall-title", one.issued),
    }

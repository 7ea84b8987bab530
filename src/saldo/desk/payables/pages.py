"""Pages: what we owe Microsoft, as a list by urgency and as a calendar."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import Window, address, read_page
from saldo.desk.payables.shown import LOUD, MARKS, payable_href, say_approvals, say_standing, show_row, sum_by_currency
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.payables.pay_queries import ClaimShown, list_claims, list_unallocated
from saldo.payables.queries import PayableShown, list_payables

STATES = ("open", "settled", "every")
_SHOWN_NOTES = 3
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A filter with how many it leaves."""

    words: str
    href: str
    count: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """What falls on one day of the calendar."""

    mark: str
    words: str
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One cell of the month."""

    number: str
    words: str
    is_in_month: bool
    is_today: bool
    marks: tuple[DayMark, ...]


@gate_everywhere("buy.invoice.read")
def payables(request: HttpRequest) -> HttpResponse:
    """Every document, the loudest first, with days left, last safe day and sums by currency."""
    visitor = get_visitor(request)
    found = list_payables(company=visitor.company.id, today=visitor.today)
    state = _state(request)
    kept = [one for one in found if _is_in(one, state)]
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(kept))
    loud = [_loud(one) for one in found if one.level in LOUD]
    unseen = [_unseen(one) for one in list_unallocated(company=visitor.company.id, today=visitor.today)]
    facts: dict[str, object] = {"state": None if state == "open" else state}
    page = frame(visitor, "list") | {
        "count": len(found),
        "tabs": [_tab(request.path, name, found, state) for name in STATES],
        "rows": [show_row(one) for one in kept[window.rows]],
        "sums": sum_by_currency(kept),
        "loud": loud[:_SHOWN_NOTES],
        "loud_count": len(loud),
        "unseen": unseen[:_SHOWN_NOTES],
        "unseen_count": len(unseen),
        "has_assumed": any(one.is_due_assumed for one in kept[window.rows]),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "first_href": request.path,
        "csv_href": address(reverse("desk:payables-csv"), facts),
        "xlsx_href": address(reverse("desk:payables-xlsx"), facts),
    }
    return render(request, "desk/payables/list.html", {"page": page})


@gate_everywhere("buy.invoice.read")
def payables_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate_everywhere("buy.invoice.read")
def payables_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


@gate_everywhere("buy.invoice.read")
def calendar(request: HttpRequest) -> HttpResponse:
    """A month as a grid: last safe days, due days and the last days of claims."""
    visitor = get_visitor(request)
    month = _month(request, visitor)
    found = [one for one in list_payables(company=visitor.company.id, today=visitor.today) if one.open > 0]
    claims = list_claims(company=visitor.company.id, today=visitor.today)
    marks = _marks(found, claims)
    weeks = Calendar(firstweekday=0).monthdatescalendar(month.starts_on.year, month.starts_on.month)
    page = frame(visitor, "calendar") | {
        "count": len(found),
        "month_text": figures.month(month),
        "previous_href": address(request.path, {"month": month.plus(-1)}),
        "next_href": address(request.path, {"month": month.plus(1)}),
        "today_href": request.path,
        "weekdays": [(str(WEEKDAYS_ABBR[place]), str(WEEKDAYS[place])) for place in range(7)],
        "weeks": [[_day(on, month, visitor.today, marks.get(on, [])) for on in week] for week in weeks],
        "has_marks": any(Month.of(on) == month for on in marks),
    }
    return render(request, "desk/payables/calendar.html", {"page": page})


def frame(visitor: Visitor, here: str) -> dict[str, Any]:
    """What the pages of this group share: the ways to each other, and what this person may."""
    pages = [("list", "payables"), ("calendar", "payables-calendar"), ("claims", "payables-claims")]
    return {
        "ways": [
            (figures.say(f"pages.payables.way.{name}"), reverse(f"desk:{at}"), name == here) for name, at in pages
        ],
        "pay_href": reverse("desk:payables-pay") if visitor.may_everywhere("buy.payment.record") else "",
    }


def _state(request: HttpRequest) -> str:
    said = request.GET.get("state", "")
    return said if said in STATES else "open"


def _is_in(one: PayableShown, state: str) -> bool:
    return state == "every" or (one.level == "paid") == (state == "settled")


def _tab(path: str, name: str, found: Iterable[PayableShown], state: str) -> Tab:
    return Tab(
        words=figures.say(f"pages.payables.state.{name}"),
        href=address(path, {"state": None if name == "open" else name}),
        count=figures.number(sum(_is_in(one, name) for one in found)),
        is_here=name == state,
    )


def _loud(one: PayableShown) -> dict[str, str]:
    return {
        "document": one.document,
        "href": payable_href(one.document),
        "amount": f"{figures.amount(one.open, one.currency)} {one.currency}",
        "words": say_standing(one),
        "is_loudest": "yes" if one.level == "suspension-near" else "",
    }


def _unseen(one: Any) -> dict[str, str]:
    return {
        "href": payable_href(one.document),
        "words": figures.say(
            "pages.payables.unseen",
            document=one.document,
            amount=f"{figures.amount(one.value, one.currency)} {one.currency}",
            day=figures.day(one.paid_on),
        ),
    }


def _month(request: HttpRequest, visitor: Visitor) -> Month:
    try:
        month = Month.parse(request.GET.get("month", ""))
    except ValueError:
        return Month.of(visitor.today)
    return month if _FIRST_YEAR <= month.year <= _LAST_YEAR else Month.of(visitor.today)


def _marks(found: Iterable[PayableShown], claims: Iterable[ClaimShown]) -> dict[date, list[DayMark]]:
    marks: dict[date, list[DayMark]] = {}
    for one in found:
        text = f"{one.document} · {figures.amount(one.open, one.currency)} {one.currency}"
        href = payable_href(one.document)
        safe = DayMark(mark=MARKS[one.level], words=figures.say("pages.payables.safe"), text=text, href=href)
        due = DayMark(mark="plain", words=figures.say("pages.payables.due"), text=text, href=href)
        marks.setdefault(one.last_safe_on, []).append(safe)
        marks.setdefault(one.due_on, []).append(due)
    for claim in claims:
        words = figures.say(f"payables.claim-kind.{claim.kind}")
        mark = DayMark(mark="hold", words=words, text=claim.about, href=reverse("desk:payables-claims"))
        marks.setdefault(claim.claim_by, []).append(mark)
    return marks


def _day(on: date, month: Month, today: date, marks: list[DayMark]) -> CalendarDay:
    is_in_month = Month.of(on) == month
    return CalendarDay(
        number=str(on.day),
        words=figures.day(on),
        is_in_month=is_in_month,
        is_today=on == today,
        marks=tuple(marks) if is_in_month else (),
    )


_COLUMNS = (
    *("document", "kind", "amends", "month", "invoiced", "due", "assumed", "safe", "left", "level", "currency"),
    *("total", "paid", "open", "approvals", "run"),
)


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor, state = get_visitor(request), _state(request)
    found = list_payables(company=visitor.company.id, today=visitor.today)
    rows = tuple(
        (
            one.document,
            figures.say(f"payables.kind.{one.kind}"),
            one.amends,
            str(Month.of(one.month)) if one.month else "",
            one.invoiced_on,
            one.due_on,
            figures.say("pages.payables.assumed") if one.is_due_assumed else "",
            one.last_safe_on,
            one.days_left if one.open > 0 else None,
            figures.say(f"payables.level.{one.level}"),
            one.currency,
            *(figures.plain(value, one.currency) for value in (one.gross, one.paid, one.open)),
            say_approvals(one),
            one.run,
        )
        for one in found
        if _is_in(one, state)
    )
    head = tuple(figures.say(f"pages.payables.{column}") for column in _COLUMNS)
    return download(Sheet(name=figures.say("doors.nav.payables"), head=head, rows=rows), "payables", form)

"""Page: one debtor. What is owed, the statement of any time, open items, what happened, who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.queries import list_terms
from saldo.agreements.rules.terms import Terms, TermsBook
from saldo.core.money import add_up
from saldo.desk import figures
from saldo.desk.collections.card import collect
from saldo.desk.debtors.account import Happened, say_move, show_open, show_statement, tell
from saldo.desk.debtors.in_collection import with_collection
from saldo.desk.debtors.lists import READ
from saldo.desk.debtors.messages import with_messages
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import address
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.ledger.queries import OpenItem, list_open_items
from saldo.ledger.statements import Statement, statement_of
from saldo.parties.debtors import Debtor, find_debtor, list_children, list_tenants

_MOST_MOVEMENTS = 200
_MOST_ITEMS = 200
_MOST_HAPPENED = 12
_USUAL_PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What stands open of a debtor in one currency."""

    currency: str
    open: Decimal
    overdue: Decimal
    credits: Decimal
    oldest: str


@gate(READ, debtor="number")
def debtor(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one account."""
    visitor = get_visitor(request)
    found = get_shown(visitor, number)
    since, until = _period(request, visitor.today)
    statement = statement_of(company=visitor.company.id, party=number, since=since, until=until)
    items = list_open_items(company=visitor.company.id, party=number)
    facts = {"since": since.isoformat(), "until": until.isoformat()}
    collection = collect(request, visitor, number)
    may_read_customers = visitor.may("customer.read")
    page: dict[str, Any] = {
        "debtor": found,
        "country": figures.country(found.country),
        "debtors_href": reverse("desk:debtors"),
        "figures": _figures(items, visitor),
        "since": facts["since"],
        "until": facts["until"],
        "period": figures.period(since, until),
        "today": visitor.today.isoformat(),
        "statements": [show_statement(one, most=_MOST_MOVEMENTS) for one in statement.currencies],
        "items": show_open(company=visitor.company.id, items=items[:_MOST_ITEMS], as_of=visitor.today),
        "more_items": max(len(items) - _MOST_ITEMS, 0),
        "timeline": _timeline(visitor, number, statement, items, collection),
        "collection": collection,
        "tenants": [
            (one.name, reverse("desk:customer", args=[one.key]) if may_read_customers else "")
            for one in list_tenants(company=visitor.company.id, debtor=number)
        ],
        "children": list_children(company=visitor.company.id, debtor=number),
        "terms": _terms(visitor, number),
        "may_edit": visitor.may_everywhere("customer.billing-profile.edit"),
        "may_refund": visitor.may_everywhere("receipt.match"),
        "csv_href": address(reverse("desk:debtor-csv", args=[number]), facts),
        "xlsx_href": address(reverse("desk:debtor-xlsx", args=[number]), facts),
    }
    return render(request, "desk/debtors/page.html", {"page": page})


@gate(READ, debtor="number")
def debtor_csv(request: HttpRequest, number: str) -> HttpResponse:
    """The statement as CSV."""
    return _download(request, number, "csv")


@gate(READ, debtor="number")
def debtor_xlsx(request: HttpRequest, number: str) -> HttpResponse:
    """The statement as an Excel workbook."""
    return _download(request, number, "xlsx")


def get_shown(visitor: Visitor, number: str) -> Debtor:
    """The debtor of an address; an unknown one is 404 in words."""
    found = find_debtor(company=visitor.company.id, number=number)
    if found is None:
        raise Http404(figures.say("pages.debtors.no-debtor", number=number[:40]))
    return found


def _timeline(
    visitor: Visitor,
    number: str,
    statement: Statement,
    items: tuple[OpenItem, ...],
    collection: dict[str, Any] | None,
) -> list[Happened]:
    told = tell(statements=statement.currencies, items=items, today=visitor.today, most=_MOST_HAPPENED)
    if collection is not None:
        told = with_collection(told, collection["chosen"], since=statement.since, until=statement.until)
    days = {"since": statement.since, "until": statement.until}
    return with_messages(told, visitor=visitor, debtor=number, most=_MOST_HAPPENED, **days)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    until = min(_day(request.GET.get("until", ""), today), today)
    since = _day(request.GET.get("since", ""), until - _USUAL_PERIOD)
    return min(since, until), until


def _day(said: str, usual: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return usual


def _figures(items: tuple[OpenItem, ...], visitor: Visitor) -> list[Figures]:
    usual = visitor.company.currency
    currencies = sorted({item.currency for item in items} or {usual}, key=lambda code: (code != usual, code))
    return [_of_currency([i for i in items if i.currency == code], code, visitor.today) for code in currencies]


def _of_currency(items: list[OpenItem], currency: str, today: date) -> Figures:
    late = [item for item in items if item.open > 0 and item.due_on < today]
    oldest = min((item.due_on for item in late), default=None)
    words = ""
    if oldest is not None:
        words = figures.say_many("pages.debtors.oldest-late", (today - oldest).days, day=figures.day(oldest))
    return Figures(
        currency=currency,
        open=add_up(item.open for item in items),
        overdue=add_up(item.open for item in late),
        credits=add_up(-item.open for item in items if item.open < 0),
        oldest=words,
    )


def _terms(visitor: Visitor, number: str) -> Terms:
    company = visitor.company.id
    own, usual = list_terms(company=company, debtor=number), list_terms(company=company, debtor="")
    return TermsBook.of_rows([*usual, *own]).of(number, visitor.today)


def _download(request: HttpRequest, number: str, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    found = get_shown(visitor, number)
    since, until = _period(request, visitor.today)
    statement = statement_of(company=visitor.company.id, party=number, since=since, until=until)
    columns = ("day", "what", "amount", "balance")
    head = (
        figures.say("pages.currency"),
        *(figures.say(f"pages.debtors.column.{name}") for name in columns),
    )
    sheet = Sheet(name=found.name, head=head, rows=tuple(_rows(statement)))
    return download(sheet, f"statement-{number}-{until}", form)


def _rows(statement: Statement) -> Any:
    for told in statement.currencies:
        code = told.currency
        opening = figures.say("pages.debtors.opening")
        yield (code, statement.since, opening, None, figures.plain(told.opening, code))
        for one in told.movements:
            amounts = (figures.plain(one.move.value, code), figures.plain(one.balance, code))
            yield (code, one.move.on, say_move(one.move), *amounts)
        closing = figures.say("pages.debtors.closing")
        yield (code, statement.until, closing, None, figures.plain(told.closing, code))

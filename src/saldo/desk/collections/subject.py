"""Whom a form is about: the debtor, its open items, the day, and how the house looks at its book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, add_up
from saldo.desk import figures
from saldo.desk.collections.said import say_document
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.debtor_items import DebtorItem, list_debtor_items
from saldo.dunning.looking import Look
from saldo.flows.dunning_look import look_of
from saldo.parties.calendars import calendar_of
from saldo.parties.debtors import Debtor, find_debtor

_BACK = ("/collections/", "/debtors/", "/home/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One debtor as a form needs it; ``currency`` is the one it owes most in by number of items, ours before others."""

    visitor: Visitor
    debtor: Debtor
    items: tuple[DebtorItem, ...]
    currency: str
    look: Look

    @property
    def company(self) -> CompanyId:
        """Whose books."""
        return self.visitor.company.id

    @property
    def today(self) -> date:
        """The company's day."""
        return self.visitor.today

    @property
    def at(self) -> datetime:
        """Now."""
        return self.look.at

    @property
    def number(self) -> str:
        """The debtor's number."""
        return self.debtor.number

    @property
    def overdue(self) -> tuple[DebtorItem, ...]:
        """What is late in its currency."""
        return tuple(one for one in self.items if one.currency == self.currency and one.due_on < self.today)

    @property
    def owed(self) -> str:
        """What is late, as a form writes it; all that is open where nothing is late."""
        mine = self.overdue or tuple(one for one in self.items if one.currency == self.currency)
        value = add_up(one.open for one in mine) if mine else ZERO
        return figures.amount(value, self.currency)

    def closed(self, day: date) -> bool:
        """Whether our own calendar closes a day."""
        return calendar_of(self.visitor.company.country)(day)

    def choices(self, *, everything: str = "") -> tuple[tuple[str, str], ...]:
        """The open items to choose from; ``everything`` is what the choice of none of them is called."""
        first = (("", everything),) if everything else ()
        told = ((one.item, self._say(one)) for one in self.items[:200])
        return (*first, *told)

    def currency_of(self, item: str) -> str:
        """The currency of an item, or the debtor's."""
        return next((one.currency for one in self.items if one.item == item), self.currency)

    def _say(self, one: DebtorItem) -> str:
        return figures.say(
            "pages.collections.item-open",
            what=say_document(one.kind, one.document, one.item),
            amount=figures.amount(one.open, one.currency),
            currency=one.currency,
            day=figures.day(one.due_on),
        )


def read_subject(request: HttpRequest, number: str) -> Subject:
    """The debtor of an address; an unknown one is 404 in words."""
    visitor = get_visitor(request)
    debtor = find_debtor(company=visitor.company.id, number=number)
    if debtor is None:
        raise Http404(figures.say("pages.debtors.no-debtor", number=number[:40]))
    items = list_debtor_items(company=visitor.company.id, debtor=number)
    return Subject(
        visitor=visitor,
        debtor=debtor,
        items=items,
        currency=_currency(items, visitor.company.currency),
        look=look_of(company=visitor.company.id, world=get_world()),
    )


def read_back(request: HttpRequest, fallback: str) -> str:
    """Where a person came from, if it is a page of ours that shows what was done."""
    said = request.POST.get("back", "") or request.GET.get("back", "")
    is_ours = said.startswith(_BACK) and url_has_allowed_host_and_scheme(said, allowed_hosts=None)
    return said[:400] if is_ours else fallback


def _currency(items: tuple[DebtorItem, ...], usual: str) -> str:
    counts: dict[str, int] = {}
    for one in items:
        counts[one.currency] = counts.get(one.currency, 0) + 1
    return usual if usual in counts or not counts else max(sorted(counts), key=lambda code: counts[code])

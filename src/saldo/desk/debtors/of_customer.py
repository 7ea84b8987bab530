"""The block on a customer's page: who pays, what of it is open, the last invoices. Sell side only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from saldo.core.identity import CustomerId
from saldo.core.money import ZERO, add_up
from saldo.desk import figures
from saldo.desk.debtors.lists import READ
from saldo.doors.visitor import Visitor
from saldo.invoicing.queries import list_invoices
from saldo.ledger.queries import OpenItem, list_open_items
from saldo.parties.debtors import find_debtor_of, is_own_debtor

_INVOICES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceShown:
    """One of the last documents; ``open`` in words."""

    number: str
    on: str
    gross: Decimal
    currency: str
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoPays:
    """The debtor of a customer; ``href`` is empty where its account is not this person's to read."""

    name: str
    href: str
    sums: tuple[tuple[str, Decimal, str], ...]
    invoices: tuple[InvoiceShown, ...]


def show_who_pays(*, visitor: Visitor, customer: CustomerId) -> WhoPays | None:
    """Who pays for a customer and what stands open; None where nobody is written down yet."""
    company = visitor.company.id
    debtor = find_debtor_of(company=company, customer=customer)
    if debtor is None:
        return None
    number, name = debtor
    if visitor.owner_to_show(READ) is not None and not is_own_debtor(
        company=company, number=number, owner=visitor.user
    ):
        return WhoPays(name=name, href="", sums=(), invoices=())
    items = list_open_items(company=company, party=number)
    open_of = {item.document: item for item in items if item.document}
    invoices = list_invoices(company=company, debtors=[number], limit=_INVOICES)
    return WhoPays(
        name=name,
        href=reverse("desk:debtor", args=[number]),
        sums=tuple(_sum(items, currency, visitor) for currency in _currencies(items, visitor.company.currency)),
        invoices=tuple(
            InvoiceShown(
                number=one.number,
                on=figures.day(one.issued_on),
                gross=one.gross,
                currency=one.currency,
                open=_say_open(open_of.get(one.number)),
            )
            for one in invoices
        ),
    )


def _currencies(items: tuple[OpenItem, ...], usual: str) -> list[str]:
    return sorted({item.currency for item in items} or {usual}, key=lambda code: (code != usual, code))


def _sum(items: tuple[OpenItem, ...], currency: str, visitor: Visitor) -> tuple[str, Decimal, str]:
    own = [item for item in items if item.currency == currency]
    late = add_up(item.open for item in own if item.open > 0 and item.due_on < visitor.today)
    words = ""
    if late > ZERO:
        words = figures.say("pages.debtors.customer.overdue", amount=figures.amount(late, currency), currency=currency)
    return currency, add_up(item.open for item in own), words


def _say_open(item: OpenItem | None) -> str:
    if item is None or not item.open:
        return figures.say("pages.debtors.customer.paid")
    return figures.say("pages.debtors.customer.open-of", amount=figures.amount(item.open, item.currency))

"""What keeps items back, read for the debtors of whom there is any: credits, money on its way, promises, holds, marks.

Most debtors have none of it; those that have are decided from a whole `Book`, as the simulation is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from saldo.agreements.queries import load_tax
from saldo.agreements.rules.tax import TaxBook, withheld
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.candidates import Candidate
from saldo.dunning.rules.book import Book, BookItem, BookMoney
from saldo.invoicing.nets import list_nets
from saldo.receipts.waiting_money import list_items_that_money_may_settle

_WITH_ANY = """
SELECT debtor FROM ledger_open_credit WHERE company_id = %(company)s
UNION SELECT debtor FROM dunning_hold WHERE company_id = %(company)s AND ended_on IS NULL
UNION SELECT debtor FROM dunning_promise WHERE company_id = %(company)s AND state = 'open'
UNION SELECT debtor FROM dunning_dispute WHERE company_id = %(company)s AND closed_on IS NULL
UNION SELECT debtor FROM dunning_mark WHERE company_id = %(company)s AND ended_on IS NULL
UNION SELECT debtor FROM dunning_paymentinflight WHERE company_id = %(company)s AND state = 'pending'
UNION SELECT debtor FROM ledger_open_receivable WHERE company_id = %(company)s AND item = ANY(%(waiting)s::text[])
"""
_CREDITS = """
SELECT debtor, item, currency, open, issued_on FROM ledger_open_credit
WHERE company_id = %s AND debtor = ANY(%s::text[]) ORDER BY issued_on, item
"""


def debtors_with_any(*, company: CompanyId, today: date) -> frozenset[str]:
    """Every debtor of whom more must be known than open items: those who withhold tax too."""
    waiting = list(list_items_that_money_may_settle(company=company))
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ANY, {"company": company, "waiting": waiting})
        found = {row[0] for row in cursor.fetchall()}
    return frozenset(found | _withholders(load_tax(company), today))


def load_books(*, company: CompanyId, items: Iterable[Candidate], today: date) -> dict[str, Book]:
    """The book of each debtor, from all of its open items and everything that was said about them."""
    books: dict[str, Book] = {}
    for one in items:
        book = books.setdefault(one.debtor, Book(segment=one.segment, may_touch_access=one.may_touch_access))
        book.items[one.item] = BookItem(
            key=one.item,
            due_on=one.due_on,
            currency=one.currency,
            open=one.open,
            original=one.open,
            is_fee=one.kind == "fee",
        )
    debtors = list(books)
    _add_money(company, books, debtors)
    _add_holds_and_marks(company, books, debtors)
    _add_withheld(company, books, today)
    for item, since in list_items_that_money_may_settle(company=company).items():
        _wait_for_match(books, item, since)
    return books


def _add_money(company: CompanyId, books: Mapping[str, Book], debtors: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CREDITS, [company, list(debtors)])
        for debtor, item, currency, value, on in cursor.fetchall():
            books[debtor].credits.append(BookMoney(key=item, currency=currency, left=value, on=on))
    for row in _of(models.Promise, company, debtors).filter(state="open"):
        books[row.debtor].promises.append(
            BookMoney(
                key=f"promise:{row.pk}",
                currency=row.currency,
                left=max(row.promised - row.received, Decimal(0)),
                on=row.taken_on,
                until=row.until,
                items=tuple(row.items),
            )
        )
    for row in _of(models.PaymentInFlight, company, debtors).filter(state="pending"):
        items = (row.item,) if row.item else ()
        money = BookMoney(
            key=f"in-flight:{row.pk}", currency=row.currency, left=row.pending, on=row.since_on, items=items
        )
        books[row.debtor].in_flight.append(money)


def _add_holds_and_marks(company: CompanyId, books: Mapping[str, Book], debtors: Collection[str]) -> None:
    for row in _of(models.Hold, company, debtors).filter(ended_on__isnull=True):
        book = books[row.debtor]
        held = book.items.get(row.item) if row.item else book
        until = row.until or date.max
        if held is not None and (held.held_until is None or held.held_until < until):
            held.held_until, held.hold_reason = until, row.reason
    for row in _of(models.Dispute, company, debtors).filter(closed_on__isnull=True):
        item = books[row.debtor].items.get(row.item)
        if item is not None:
            item.disputed = min(item.open, item.disputed + row.disputed)
    for row in _of(models.Mark, company, debtors).filter(ended_on__isnull=True):
        book = books[row.debtor]
        if row.kind == "insolvency":
            book.insolvent_until = max(filter(None, (book.insolvent_until, row.since_on)))
        elif not row.signed_by:
            book.protected = True


def _add_withheld(company: CompanyId, books: Mapping[str, Book], today: date) -> None:
    """What a debtor keeps back by its tax profile counts from the net of each invoice (practice 15)."""
    tax = load_tax(company)
    debtors = [debtor for debtor in _withholders(tax, today) if debtor in books]
    nets = list_nets(company=company, debtors=debtors) if debtors else {}
    for debtor in debtors:
        for item in books[debtor].items.values():
            net = nets.get(item.key.partition(":")[2])
            if net is not None:
                expected = withheld(net=net, profile=tax.profile_of(debtor, today), currency=item.currency)
                item.withheld = min(item.open, expected)


def _withholders(tax: TaxBook, today: date) -> set[str]:
    found = ((debtor, tax.profile_of(debtor, today)) for debtor in tax.profiles if debtor)
    return {debtor for debtor, profile in found if profile is not None and profile.withholding}


def _wait_for_match(books: Mapping[str, Book], item: str, since: date) -> None:
    """Money of an unknown payer that may be this debtor's counts nothing, but letters wait for it (lessons A 6)."""
    for book in books.values():
        if item in book.items:
            currency = book.items[item].currency
            money = BookMoney(key=f"waiting:{item}", currency=currency, left=Decimal(0), on=since, may_be_anothers=True)
            book.credits.append(money)


def _of(model: Any, company: CompanyId, debtors: Collection[str]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(company_id=company, debtor__in=debtors).order_by("id")
    return rows


def group_by_debtor(items: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    """The items of each debtor together."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for one in items:
        found[one.debtor].append(one)
    return found

"""What the pages of invoices share: words of reasons, sums of several currencies, who may see which document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404

from saldo.desk import figures
from saldo.desk.import_detail import say_code
from saldo.doors.visitor import Visitor
from saldo.invoicing.queries import Invoice, find_invoice
from saldo.parties.debtors import is_own_debtor, list_own_debtors

READ = "sell.invoice.read"
MARKS = {"open": "wait", "overdue": "bad", "paid": "plain", "cancelled": "idle", "credit": "plain"}


def say_held(code: str) -> str:
    """Why a draft is held, as it stands on a mark: without a full stop, and nothing where it is not held."""
    return say_because(code, {}).rstrip(".。") if code else ""


def say_because(code: str, facts: Mapping[str, Any]) -> str:
    """A reason in words; one that nobody wrote words for is told as a reason without a name, never as its code."""
    return say_code(code, facts) if figures.has_words(code) else figures.say("pages.invoices.no-words")


def money_texts(totals: Mapping[str, Decimal]) -> str:
    """Sums of several currencies in one line."""
    return " · ".join(f"{figures.amount(value, currency)} {currency}" for currency, value in sorted(totals.items()))


def debtors_to_show(visitor: Visitor) -> tuple[str, ...] | None:
    """Whose documents a list holds; None is everybody's."""
    owner = visitor.owner_to_show(READ)
    return None if owner is None else tuple(sorted(list_own_debtors(company=visitor.company.id, owner=owner)))


def get_shown_invoice(visitor: Visitor, number: str) -> Invoice:
    """The document of an address; one that is not there, or not for this person, is 404 in words."""
    found = find_invoice(company=visitor.company.id, number=number)
    owner = visitor.owner_to_show(READ)
    if found is not None and owner is not None:
        found = found if is_own_debtor(company=visitor.company.id, number=found.debtor, owner=owner) else None
    if found is None:
        raise Http404(figures.say("pages.invoices.unknown", number=number[:40]))
    return found

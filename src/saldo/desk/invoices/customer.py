"""Page: why what a customer is charged changed from one month to another, tax included, and never with cost."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.invoices.review import tell
from saldo.desk.invoices.shown import READ
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.explain.price_bills import get_price_bill
from saldo.invoicing.billed import list_months_billed_to
from saldo.parties.queries import find_customer


@gate(READ, customer="key")
def why_changed(request: HttpRequest, key: str) -> HttpResponse:
    """The last two billed months where the address names none."""
    visitor = get_visitor(request)
    company = visitor.company.id
    found = find_customer(company=company, key=CustomerId(key))
    if found is None:
        raise Http404(figures.say("pages.problem.no-customer", customer=key[:80]))
    billed = list_months_billed_to(company=company, customer=found.key)
    currencies = sorted({currency for _, currency in billed}, key=lambda one: (one != visitor.company.currency, one))
    asked = request.GET.get("currency", "")
    currency = asked if asked in currencies else (currencies[0] if currencies else visitor.company.currency)
    months = [month for month, held in billed if held == currency]
    page: dict[str, Any] = {
        "name": found.name,
        "customer_href": reverse("desk:customer", args=[found.key]),
        "months": months[::-1],
        "currencies": currencies,
        "currency": currency,
        "why": None,
    }
    if len(months) > 1:
        before, after = _pick(request, "from", months[:-1]), _pick(request, "to", months)
        old, new = (
            get_price_bill(company=company, customer=found.key, period=month, currency=currency)
            for month in (before, after)
        )
        page |= {"before": before, "after": after, "why": tell(old, new) | {"against": figures.month(before)}}
    return render(request, "desk/invoices/customer.html", {"page": page})


def _pick(request: HttpRequest, name: str, months: list[Month]) -> Month:
    """The month asked for where it was billed, else the newest of these."""
    try:
        said = Month.parse(request.GET.get(name, ""))
    except ValueError:
        return months[-1]
    return said if said in months else months[-1]

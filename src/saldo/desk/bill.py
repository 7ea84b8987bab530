"""Page: one month's bill of a customer, level by level: products, their subscriptions, the rows of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.queries import list_lines
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.bill_tree import BillRow, BillTree, ProductLevel, SubscriptionLevel, grow_bill_tree
from saldo.desk.customer import bill_href
from saldo.desk.paging import Window, address, read_page
from saldo.desk.row_words import name_charge
from saldo.desk.shown import Shown, show_customer
from saldo.doors.gate import gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A link with its text: a crumb, a neighbouring month."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """One row, written."""

    row: str
    words: str
    label: str
    period: str
    quantity: str
    unit_type: str
    unit_price: str
    pricing_currency: str
    amount: Decimal | None
    href: str
    daily_href: str


@gate("customer.read", customer="key")
def bill(request: HttpRequest, key: str, month: str) -> HttpResponse:
    """The level that the address asks for; its total stands on top."""
    shown = show_customer(request, key)
    at = shown.month(month)
    lines = list_lines(
        company=CompanyId(shown.visitor.company.id), customer=shown.customer.key, month=at, currency=shown.currency
    )
    tree = grow_bill_tree(lines=lines, with_cost=shown.sees_cost)
    asked, wanted = request.GET.get("product"), request.GET.get("subscription")
    product = _product(tree, asked, at)
    page = _frame(shown, at, product)
    if product is None:
        page |= _products(shown, at, tree)
    else:
        one = _subscription(product, wanted, at)
        if one is None:
            page |= _subscriptions(shown, at, product)
        else:
            page |= _rows(shown, at, product, one, read_page(request.GET.get("page", "1")))
    return render(request, "desk/customers/bill.html", {"page": page})


def _product(tree: BillTree, asked: str | None, at: Month) -> ProductLevel | None:
    if asked is None:
        return None
    found = tree.find_product(asked)
    if found is None:
        raise Http404(figures.say("pages.problem.no-product", month=figures.month(at)))
    return found


def _subscription(product: ProductLevel, wanted: str | None, at: Month) -> SubscriptionLevel | None:
    if wanted is None:
        return product.subscriptions[0] if len(product.subscriptions) == 1 else None
    for level in product.subscriptions:
        if level.subscription == wanted:
            return level
    raise Http404(figures.say("pages.problem.no-product", month=figures.month(at)))


def _frame(shown: Shown, at: Month, product: ProductLevel | None) -> dict[str, Any]:
    customer = reverse("desk:customer", args=[shown.customer.key])
    crumbs = [Step(text=shown.customer.name, href=address(customer, shown.currency_facts))]
    if product is not None:
        crumbs.append(Step(text=figures.month(at), href=bill_href(shown, at)))
    return {
        "customer": shown.customer,
        "crumbs": crumbs,
        "currency": shown.currency,
        "currency_part": f"&currency={shown.currency}" if shown.is_asked else "",
        "shows_cost": shown.sees_cost,
        "bill_href": reverse("desk:customer-bill", args=[shown.customer.key, str(at)]),
        "facts_text": "",
        "level_seats": None,
    }


def _products(shown: Shown, at: Month, tree: BillTree) -> dict[str, Any]:
    return {
        "level": "products",
        "heading": figures.say("pages.customer.bill-of", month=figures.month(at)),
        "level_text": figures.say("pages.bill.level.products"),
        "list_code": "pages.bill.list.products",
        "level_amount": tree.amount,
        "level_rows": tree.row_count,
        "tree": tree,
        "previous_month": _neighbour(shown, at.plus(-1)),
        "next_month": _neighbour(shown, at.plus(1)),
    }


def _subscriptions(shown: Shown, at: Month, product: ProductLevel) -> dict[str, Any]:
    levels = [
        {
            "text": level.subscription or figures.say("pages.bill.no-subscription"),
            "href": bill_href(shown, at, product=product.product, subscription=level.subscription),
            "seats": level.seats,
            "row_count": len(level.rows),
            "amount": level.amount,
        }
        for level in product.subscriptions
    ]
    return {
        "level": "subscriptions",
        "heading": product.product,
        "level_text": figures.say("pages.bill.level.subscriptions"),
        "list_code": "pages.bill.list.subscriptions",
        "level_amount": product.amount,
        "level_rows": product.row_count,
        "level_seats": product.seats,
        "subscriptions": levels,
    }


def _rows(shown: Shown, at: Month, product: ProductLevel, level: SubscriptionLevel, number: int) -> dict[str, Any]:
    window = Window(number=number, total=len(level.rows))
    facts = {"product": product.product, "subscription": level.subscription}
    return {
        "level": "rows",
        "heading": product.product,
        "facts_text": level.subscription,
        "level_text": figures.say("pages.bill.level.rows"),
        "list_code": "pages.bill.list.rows",
        "level_amount": level.amount,
        "level_rows": len(level.rows),
        "level_seats": level.seats,
        "rows": [_row(shown, at, level, row) for row in level.rows[window.rows]],
        "range_text": window.words,
        "previous_href": window.previous and bill_href(shown, at, **facts, page=window.previous),
        "next_href": window.next and bill_href(shown, at, **facts, page=window.next),
    }


def _row(shown: Shown, at: Month, level: SubscriptionLevel, row: BillRow) -> RowShown:
    daily = ""
    if row.is_usage:
        product_id, sku_id, availability_id = row.meter
        facts = {"subscription": level.subscription, "product": product_id, "sku": sku_id, "offer": availability_id}
        path = reverse("desk:customer-daily", args=[shown.customer.key, str(at)])
        daily = address(path, facts | shown.currency_facts)
    return RowShown(
        row=figures.number(row.row),
        words=name_charge(row),
        label=row.label,
        period=figures.period(row.starts_on, row.ends_on),
        quantity=figures.number(row.quantity),
        unit_type=row.unit_type,
        unit_price="" if row.unit_price is None else figures.number(row.unit_price),
        pricing_currency=row.pricing_currency,
        amount=row.amount,
        href=reverse("desk:import-row", args=[row.file, row.row]) if row.amount is not None else "",
        daily_href=daily,
    )


def _neighbour(shown: Shown, month: Month) -> Step | None:
    return Step(text=figures.month(month), href=bill_href(shown, month)) if month in shown.months else None

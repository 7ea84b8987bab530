"""``saldo bill``: what a customer is charged in a month, line by line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import Asked, add_common_arguments, money_text, month_argument, read_asked, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.money import every_digit
from saldo.core.periods import Month
from saldo.core.written import write_day, write_month, write_number

if TYPE_CHECKING:
    from saldo.charges.rules.line import LineItem
    from saldo.explain.rules.bill import Bill, BillLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose bill, and of which month."""
    parser.add_argument("--month", required=True, type=month_argument, metavar="YYYY-MM")
    add_common_arguments(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show the bill; refused where customer, side, month or currency is not there."""
    from django.utils import translation

    from saldo.explain.queries import get_bill
    from saldo.parties.company import company_context

    with company_context(args.company_id):
        asked = read_asked(args, str(args.month))
        bill = get_bill(
            company=args.company_id,
            customer=asked.customer.key,
            period=asked.periods[0],
            currency=asked.currency,
            side=args.side,
            include_estimated=args.estimate,
        )
    out.document(_document(bill, asked))
    with translation.override(args.lang.lower()):
        for line in _told(bill, asked, args.lang):
            out.say(line)
    return 0


def _document(bill: Bill, asked: Asked) -> dict[str, Any]:
    return {
        "customer": bill.customer,
        "customer_name": asked.customer.name,
        "currency": bill.currency,
        "side": bill.side,
        "month": bill.period,
        "total": money_text(bill.net, bill.currency),
        "lines": [_line(line) for line in bill.lines],
    }


def _line(line: BillLine) -> dict[str, Any]:
    item = line.item
    marked = {"estimated": True} if item.is_estimated else {}
    return {
        "product": item.product_name,
        "subscription": item.subscription,
        "charge_type": "tax" if line.is_tax else "fee" if line.own_fee else item.charge_type,
        "quantity": every_digit(item.quantity),
        "unit_price": money_text(item.unit_price, item.pricing_currency),
        "amount": money_text(item.amount, item.currency),
        "document": item.file if line.price_rule or line.own_fee or line.is_tax else item.document,
        "source": {"file": item.file, "row": item.row},
    } | marked


def _told(bill: Bill, asked: Asked, lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    names = {"customer": asked.customer.name, "month": write_month(Month.parse(bill.period), lang)}
    title = "cli.bill.title-with-tax" if bill.side == "price" else "cli.bill.title"
    yield say(title, currency=bill.currency, **names)
    yield ""
    if not bill.lines:
        yield say("cli.bill.empty")
    columns = ("product", "days", "quantity", "unit-price", "amount")
    head = tuple(say(f"cli.bill.{column}") for column in columns)
    body = [
        (say("cli.bill.tax"), "", "", "", written(line.item.amount, bill.currency, lang))
        if line.is_tax
        else _row(line.item, bill.currency, lang, say("cli.bill.estimated"))
        for line in bill.lines
    ]
    total = (say("cli.bill.total"), "", "", "", written(bill.net, bill.currency, lang))
    yield from lay_out(rows=[head, *body, total], figures=(False, False, True, True, True))


def _row(item: LineItem, currency: str, lang: str, estimated: str) -> tuple[str, ...]:
    days = [write_day(day, lang, form="short") for day in (item.charge_starts_on, item.charge_ends_on) if day]
    priced_in = f" {item.pricing_currency}" if item.pricing_currency not in ("", currency) else ""
    name = _name(item)
    return (
        f"{name} ({estimated})" if item.is_estimated else name,
        " – ".join(dict.fromkeys(days)),
        write_number(item.quantity, lang),
        written(item.unit_price, item.pricing_currency, lang) + priced_in,
        written(item.amount, currency, lang),
    )


def _name(item: LineItem) -> str:
    """Product and meter; a legacy product's name ends with its meter already."""
    if not item.meter_name or item.product_name.endswith(item.meter_name):
        return item.product_name
    return ", ".join(filter(None, (item.product_name, item.meter_name)))

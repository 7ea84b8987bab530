"""What `bill` and `explain` have in common: whose bill is asked for, and how its figures leave the house.

The command line is read before Django is loaded, so the rooms are entered only where a question is asked.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from saldo.core.identity import LANGUAGES
from saldo.core.money import amount_text, every_digit, minor_unit
from saldo.core.periods import Month
from saldo.core.problems import as_seen
from saldo.core.written import write_amount, write_number

if TYPE_CHECKING:
    from saldo.explain.queries import BillPeriod
    from saldo.parties.queries import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A customer, the periods of the bills and the currency they are looked at in."""

    customer: Customer
    periods: tuple[BillPeriod, ...]
    currency: str


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """The customer, the side, the currency, estimates and the language."""
    parser.add_argument("--customer", required=True, type=as_seen, metavar="C", help="tenant id or exact name")
    parser.add_argument(
        "--side", choices=("cost", "price"), default="cost", help="what Microsoft charges us, or we the customer"
    )
    parser.add_argument("--currency", metavar="SEK", type=as_seen, help="where there are charges in several currencies")
    parser.add_argument("--estimate", action="store_true", help="with charges not billed yet, marked as estimates")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


_YEARS = range(1990, 2200)
"""Years in which something is billed or paid; beyond them calendars end."""


def month_argument(text: str) -> Month:
    """A month YYYY-MM; refuses (ArgumentTypeError) anything else."""
    try:
        month = Month.parse(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault
    if month.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"no month of ours: {text!r}")
    return month


def day_argument(text: str) -> date:
    """A day YYYY-MM-DD; refuses (ArgumentTypeError) anything else, and days on which nobody bills or pays."""
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"not a day: {text!r}") from fault
    if day.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"no day of ours: {text!r}")
    return day


def read_asked(args: argparse.Namespace, *periods: str) -> Asked:
    """Whose bills, of when and in what currency; asked inside the company's context.

    Refuses (UnableToName, UnableToExplain) a customer, side, month, document or currency that is not there.
    """
    from saldo.explain.queries import name_currency, name_period
    from saldo.parties.queries import get_company, name_customer

    company = get_company(name=args.company)
    customer = name_customer(company=company.id, said=args.customer)
    named = tuple(
        name_period(company=company.id, said=said, side=args.side, include_estimated=args.estimate) for said in periods
    )
    currency = name_currency(
        company=company.id,
        customer=customer.key,
        periods=named,
        said=args.currency,
        own=company.currency,
        side=args.side,
        include_estimated=args.estimate,
    )
    return Asked(customer=customer, periods=named, currency=currency)


def money_text(value: Decimal, currency: str) -> str:
    """An amount or price as JSON writes it: all minor digits of its currency, and finer ones where it has them."""
    return amount_text(value, currency) if _is_whole(value, currency) else every_digit(value)


def fact_text(value: str | int | Decimal | date) -> str | int:
    """A fact of a reason as JSON writes it: days in ISO 8601, figures as texts, whole numbers as they are."""
    if isinstance(value, Decimal):
        return every_digit(value)
    return value.isoformat() if isinstance(value, date) else value


def written(value: Decimal, currency: str, lang: str, *, signed: bool = False) -> str:
    """An amount or price for people, in their language."""
    if _is_whole(value, currency):
        return write_amount(value, currency, lang, signed=signed)
    return write_number(value, lang, signed=signed)


def _is_whole(value: Decimal, currency: str) -> bool:
    """Whether the value has no digit finer than the minor unit."""
    return value == value.quantize(minor_unit(currency))

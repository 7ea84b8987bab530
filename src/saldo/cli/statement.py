"""``saldo statement``: what a debtor owes on a day: opening, movements, closing, and how old it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from saldo.cli.asked import day_argument, money_text, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.problems import as_seen
from saldo.core.written import write_day

if TYPE_CHECKING:
    from saldo.ledger.rules.statement import CurrencyStatement, Movement

    Ages = Mapping[str, Mapping[str, Decimal]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose statement, from when, of which day, in which language."""
    parser.add_argument(
        "--customer", required=True, type=as_seen, metavar="C", help="tenant id, exact name or debtor's number"
    )
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="the last day of the statement")
    parser.add_argument("--since", type=day_argument, metavar="YYYY-MM-DD", help="its first day; else everything")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Show the statement; refused where the customer is not there."""
    from django.utils import translation

    from saldo.ledger.ageing import age
    from saldo.ledger.rules.buckets import bucket_names
    from saldo.ledger.statements import statement_of
    from saldo.parties.company import company_context
    from saldo.parties.debtors import name_debtor

    with company_context(args.company_id):
        today = args.today or _today(args)
        debtor = name_debtor(company=args.company_id, said=args.customer)
        told = statement_of(
            company=args.company_id, party=debtor.number, since=args.since or date.min, until=today
        ).currencies
        aged = age(company=args.company_id, as_of=today, party=debtor.number)
    none = dict.fromkeys(bucket_names(), Decimal(0))
    ages = {one.currency: one.buckets for one in aged}
    ages = {one.currency: ages.get(one.currency, none) for one in told}
    out.document(
        {
            "customer": args.customer,
            "debtor": debtor.number,
            "name": debtor.name,
            "today": today.isoformat(),
            "currencies": [_currency(one, ages[one.currency]) for one in told],
        }
    )
    with translation.override(args.lang.lower()):
        for line in _told(f"{debtor.name} ({debtor.number})", today, told, ages, args.lang):
            out.say(line)
    return 0


def _today(args: argparse.Namespace) -> date:
    from saldo.parties.queries import get_company

    now: date = args.world.clock.now().astimezone(ZoneInfo(get_company(name=args.company).zone)).date()
    return now


def _currency(one: CurrencyStatement, buckets: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "opening": money_text(one.opening, one.currency),
        "movements": [_movement(movement) for movement in one.movements],
        "closing": money_text(one.closing, one.currency),
        "ageing": {name: money_text(value, one.currency) for name, value in buckets.items()},
    }


def _movement(movement: Movement) -> dict[str, str]:
    move = movement.move
    reversal = {"reversal_of": move.reversal_of} if move.reversal_of else {}
    return {
        "on": move.on.isoformat(),
        "posting": move.key,
        "code": move.code,
        "document": move.document,
        "amount": money_text(move.value, move.currency),
        "balance": money_text(movement.balance, move.currency),
    } | reversal


def _told(who: str, today: date, told: tuple[CurrencyStatement, ...], ages: Ages, lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    yield say("cli.statement.title", customer=who, day=write_day(today, lang))
    if not told:
        yield say("cli.statement.empty")
    for one in told:
        head = tuple(say(f"cli.statement.{column}") for column in ("day", "document", "amount", "balance"))
        opening = (say("cli.statement.opening"), "", "", written(one.opening, one.currency, lang))
        closing = (say("cli.statement.closing"), "", "", written(one.closing, one.currency, lang))
        rows = [head, opening, *(_row(movement, lang) for movement in one.movements), closing]
        yield from ("", one.currency, *lay_out(rows=rows, figures=(False, False, True, True)))
        yield ""
        names = tuple(_bucket(name) for name in ages[one.currency])
        sums = tuple(written(value, one.currency, lang) for value in ages[one.currency].values())
        yield from lay_out(rows=[names, sums], figures=(True,) * len(names))


def _row(movement: Movement, lang: str) -> tuple[str, ...]:
    move = movement.move
    amount = written(move.value, move.currency, lang)
    return write_day(move.on, lang), move.document or move.key, amount, written(movement.balance, move.currency, lang)


def _bucket(name: str) -> str:
    from saldo.doors.words import say

    if name in ("not-due", "credits"):
        return say(f"ledger.bucket.{name}")
    if name.startswith("over-"):
        return say("ledger.bucket.over", days=name.removeprefix("over-"))
    first, _, last = name.partition("-")
    return say("ledger.bucket.days", first=first, last=last)

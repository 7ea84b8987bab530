"""``saldo payables``: what is owed to Microsoft, by when it must be sent, and how loud that is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from saldo.cli.asked import day_argument, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.money import amount_text
from saldo.core.written import write_day

if TYPE_CHECKING:
    from saldo.payables.queries import PayableShown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The day, and the language of the words."""
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="as of this day; by default today")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """List every document of Microsoft's on that day, the loudest first."""
    from django.utils import translation

    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company
    from saldo.payables.queries import list_payables

    zone = ZoneInfo(get_company(name=args.company).zone)
    today = args.today or args.world.clock.now().astimezone(zone).date()
    with company_context(args.company_id):
        shown = list_payables(company=args.company_id, today=today)
    out.document({"payables": [_document(one) for one in shown]})
    with translation.override(args.lang.lower()):
        for line in _told(shown, args.lang):
            out.say(line)
    return 0


def _document(one: PayableShown) -> dict[str, Any]:
    return {
        "document": one.document,
        "due": one.due_on.isoformat(),
        "amount": amount_text(one.gross, one.currency),
        "currency": one.currency,
        "paid": amount_text(one.paid, one.currency),
        "days_left": one.days_left,
        "level": one.level,
        "kind": one.kind,
        "amends": one.amends or None,
        "invoiced": one.invoiced_on.isoformat(),
        "due_assumed": one.is_due_assumed,
        "source": one.source,
        "open": amount_text(one.open, one.currency),
        "last_safe": one.last_safe_on.isoformat(),
        "safe_days_left": one.standing.safe_days_left,
        "approved": one.is_approved,
        "ties_out": one.tie_out.ties,
    }


def _told(shown: Sequence[PayableShown], lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    if not shown:
        yield say("cli.payables.none")
        return
    columns = ("document", "due", "last-safe", "amount", "open", "level")
    head = tuple(say(f"cli.payables.{column}") for column in columns)
    body = [_row(one, lang, say(f"payables.level.{one.level}")) for one in shown]
    yield from lay_out(rows=[head, *body], figures=(False, False, False, True, True, False))
    if any(one.is_due_assumed for one in shown):
        yield ""
        yield say("cli.payables.assumed")


def _row(one: PayableShown, lang: str, level: str) -> tuple[str, ...]:
    return (
        one.document,
        write_day(one.due_on, lang, form="short") + ("*" if one.is_due_assumed else ""),
        write_day(one.last_safe_on, lang, form="short"),
        f"{written(one.gross, one.currency, lang)} {one.currency}",
        written(one.open, one.currency, lang),
        level,
    )

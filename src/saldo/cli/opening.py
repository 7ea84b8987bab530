"""``saldo opening``: take over the open items of the old book; with ``--preview``, only show what would be."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from saldo.cli.asked import money_text, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.problems import Refused

if TYPE_CHECKING:
    from saldo.core.problems import Problem
    from saldo.ledger.rules.opening import ControlLine
    from saldo.ledger.sheets import OpeningPreview

_MOST_SHOWN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the day, the control totals, and whether it is meant."""
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV or XLSX, one open item a row")
    parser.add_argument(
        "--as-of", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day they are taken over"
    )
    parser.add_argument(
        "--control", action="append", default=[], type=_control, metavar="CUR=SUM", help="what a currency comes to"
    )
    parser.add_argument("--preview", action="store_true", help="only show what would be taken over")
    parser.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of today")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Take the file over, or show it row by row with its sums; 1 where it could not be taken over."""
    from django.utils import translation

    from saldo.doors.words import say
    from saldo.parties.company import company_context

    with translation.override(args.lang.lower()):
        try:
            data = args.file.read_bytes()
        except OSError:
            facts = {"path": str(args.file)}
            return out.fail("cli.settings.no-file", say("cli.settings.no-file", **facts), facts)
        with company_context(args.company_id):
            seen, refusal = _look_and_take(args, data)
        out.document(_document(seen, args) | refusal)
        for line in _told(seen, args):
            out.say(line)
    return int(not seen.may_be_taken)


def _look_and_take(args: argparse.Namespace, data: bytes) -> tuple[OpeningPreview, dict[str, Any]]:
    """What the file says, taken over unless only a preview was asked for; and why it was not, where it was refused."""
    from saldo.audit.log import COMMAND
    from saldo.flows.take_over import take_old_book
    from saldo.ledger.sheets import preview_opening

    now = args.world.clock.now()
    asked: dict[str, Any] = {
        "company": args.company_id,
        "data": data,
        "as_of": args.as_of,
        "today": args.today or now.astimezone(ZoneInfo(_zone(args))).date(),
        "controls": dict(args.control),
    }
    seen = preview_opening(**asked)
    if args.preview:
        return seen, {}
    try:
        return take_old_book(**asked, by=COMMAND, world=args.world), {}
    except Refused as refused:
        message = args.words(code=refused.code, facts=refused.facts, language=args.lang.replace("-", "_"))
        return seen, {"error": {"code": refused.code, "message": message, "facts": refused.facts}}


def _control(text: str) -> tuple[str, Decimal]:
    currency, _, figure = text.partition("=")
    try:
        value = Decimal(figure)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (len(currency) == len("SEK") and currency.isascii() and currency.isalpha() and value.is_finite()):
        raise argparse.ArgumentTypeError(f"{text} is not CUR=SUM, as in SEK=123456.78")
    return currency.upper(), value


def _zone(args: argparse.Namespace) -> str:
    from saldo.parties.queries import get_company

    return get_company(name=args.company).zone


def _document(seen: OpeningPreview, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "name": seen.name,
        "as_of": seen.as_of.isoformat(),
        "written": seen.may_be_taken and not args.preview,
        "taken": seen.taken,
        "counts": {state: seen.count(state) for state in ("new", "same", "fault")},
        "controls": [_control_document(line) for line in seen.controls],
        "rows": [
            {
                "row": row.row,
                "state": row.state,
                "debtor": row.debtor.removeprefix("new:"),
                "is_new_debtor": row.is_new_debtor,
                "number": row.number,
                "kind": row.item.kind if row.item else None,
                "currency": row.item.currency if row.item else None,
                "open": money_text(row.item.open, row.item.currency) if row.item else None,
                "problems": [_problem(problem, args) for problem in row.problems],
            }
            for row in seen.rows
        ],
    }


def _control_document(line: ControlLine) -> dict[str, Any]:
    return {
        "currency": line.currency,
        "control": None if line.control is None else money_text(line.control, line.currency),
        "found": money_text(line.found, line.currency),
        "difference": None if line.control is None else money_text(line.difference, line.currency),
        "holds": line.holds,
    }


def _problem(problem: Problem, args: argparse.Namespace) -> dict[str, Any]:
    told = {"code": problem.code, "row": problem.place.row, "column": problem.place.column, "seen": problem.seen}
    return told | {"facts": dict(problem.facts), "message": _words(problem, args)}


def _words(problem: Problem, args: argparse.Namespace) -> str:
    facts = {"seen": problem.seen, "column": problem.place.column} | dict(problem.facts)
    said: str = args.words(code=problem.code, facts=facts, language=args.lang.replace("-", "_"))
    return said


def _told(seen: OpeningPreview, args: argparse.Namespace) -> Iterator[str]:
    from saldo.doors.words import say

    faults = [problem for row in seen.rows for problem in row.problems]
    if faults:
        head = tuple(say(f"cli.settings.{column}") for column in ("row", "cell"))
        rows = [(str(one.place.row), one.place.column, _words(one, args)) for one in faults[:_MOST_SHOWN]]
        yield from lay_out(rows=[(*head, say("cli.opening.fault")), *rows], figures=(True, False, False))
        if len(faults) > _MOST_SHOWN:
            yield say("cli.receive.more", count=len(faults) - _MOST_SHOWN)
        yield ""
    head = tuple(say(f"cli.opening.{column}") for column in ("currency", "found", "control", "difference"))
    body = [_line(line, args.lang) for line in seen.controls]
    yield from lay_out(rows=[head, *body], figures=(False, True, True, True))
    yield ""
    yield say("cli.opening.counts", **{state: seen.count(state) for state in ("new", "same", "fault")})
    if seen.may_be_taken and not args.preview:
        yield say("cli.opening.taken", count=seen.taken)
    elif seen.may_be_taken:
        yield say("cli.opening.confirm")
    elif any(line.control is None for line in seen.controls):
        yield say("cli.opening.give-control")
    else:
        yield say("cli.opening.not-yet")


def _line(line: ControlLine, lang: str) -> tuple[str, ...]:
    if line.control is None:
        return (line.currency, written(line.found, line.currency, lang), "-", "-")
    sums = (line.found, line.control, line.difference)
    return (line.currency, *(written(value, line.currency, lang) for value in sums))

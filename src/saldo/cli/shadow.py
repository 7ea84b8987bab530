"""``saldo shadow``: a month of ours beside what the old tool billed, line by line, with reasons."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import money_text, month_argument, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.money import every_digit

if TYPE_CHECKING:
    from saldo.core.problems import Problem
    from saldo.invoicing.rules.shadow import ShadowLine, ShadowSide, ShadowSum
    from saldo.invoicing.shadow import ShadowMonth

_MOST_SHOWN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The old tool's invoices, and the month."""
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV or XLSX, one billed line a row")
    parser.add_argument("--month", required=True, type=month_argument, metavar="YYYY-MM")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Compare; 1 where rows of the file could not be read. A difference is a result, not a failure."""
    from django.utils import translation

    from saldo.doors.words import say
    from saldo.invoicing.shadow import compare_month
    from saldo.parties.company import company_context

    with translation.override(args.lang.lower()):
        try:
            data = args.file.read_bytes()
        except OSError:
            facts = {"path": str(args.file)}
            return out.fail("cli.settings.no-file", say("cli.settings.no-file", **facts), facts)
        with company_context(args.company_id):
            found = compare_month(company=args.company_id, data=data, month=args.month)
        out.document(_document(found, args))
        for line in _told(found, args):
            out.say(line)
    return int(bool(found.problems))


def _document(found: ShadowMonth, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "month": str(found.month),
        "is_equal": found.is_equal,
        "sums": [_sum(one) for one in found.sums if not one.debtor],
        "customers": [_sum(one) | {"debtor": one.debtor} for one in found.sums if one.debtor],
        "lines": [_line(one) for one in found.lines],
        "problems": [_problem(one, args) for one in found.problems],
    }


def _sum(one: ShadowSum) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "old": money_text(one.old, one.currency),
        "new": money_text(one.new, one.currency),
        "difference": money_text(one.difference, one.currency),
        "lines": one.lines,
        "equal": one.equal,
        "reasons": {code: money_text(value, one.currency) for code, value in sorted(one.reasons.items())},
    }


def _line(one: ShadowLine) -> dict[str, Any]:
    return {
        "debtor": one.debtor,
        "product": one.product,
        "subscription": one.subscription,
        "currency": one.currency,
        "old": _side(one.old, one.currency),
        "new": _side(one.new, one.currency),
        "difference": money_text(one.difference, one.currency),
        "reasons": [
            {"code": reason.code, "amount": money_text(reason.amount, one.currency), "facts": dict(reason.facts)}
            for reason in one.reasons
        ],
    }


def _side(side: ShadowSide | None, currency: str) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "quantity": every_digit(side.quantity),
        "unit_price": None if side.unit_price is None else every_digit(side.unit_price),
        "net": money_text(side.net, currency),
        "numbers": list(side.numbers),
        "price_rules": list(side.price_rules),
    }


def _problem(problem: Problem, args: argparse.Namespace) -> dict[str, Any]:
    told = {"code": problem.code, "row": problem.place.row, "column": problem.place.column, "seen": problem.seen}
    return told | {"message": _words(problem, args)}


def _words(problem: Problem, args: argparse.Namespace) -> str:
    said: str = args.words(code=problem.code, facts={}, language=args.lang.replace("-", "_"))
    return said


def _told(found: ShadowMonth, args: argparse.Namespace) -> Iterator[str]:
    from saldo.doors.words import say

    names = ("customer", "product", "old", "new", "difference", "reason")
    head = tuple(say(f"cli.shadow.{name}") for name in names)
    rows = [row for line in found.lines for row in _rows(line, found, args.lang)]
    if rows:
        figures = (False, False, True, True, True, False)
        yield from lay_out(rows=[head, *rows[:_MOST_SHOWN]], figures=figures)
        if len(rows) > _MOST_SHOWN:
            yield say("cli.receive.more", count=len(rows) - _MOST_SHOWN)
        yield ""
    for one in found.sums:
        if not one.debtor:
            amounts = {name: written(getattr(one, name), one.currency, args.lang) for name in ("old", "new")}
            gap = written(one.difference, one.currency, args.lang, signed=True)
            yield say("cli.shadow.sum", lines=one.lines, equal=one.equal, difference=gap, **amounts)
            for code, value in sorted(one.reasons.items()):
                gap = written(value, one.currency, args.lang, signed=True)
                yield f"  {say(f'invoicing.shadow.reason.{code}')}: {gap}"
    for problem in found.problems[:_MOST_SHOWN]:
        yield (
            say("cli.shadow.left-out", row=problem.place.row, column=problem.place.column) + " " + _words(problem, args)
        )


def _rows(line: ShadowLine, found: ShadowMonth, lang: str) -> Iterator[tuple[str, ...]]:
    from saldo.doors.words import say

    sides = tuple("" if side is None else written(side.net, line.currency, lang) for side in (line.old, line.new))
    who = found.names.get(line.debtor, line.debtor)
    for reason in line.reasons:
        gap = written(reason.amount, line.currency, lang, signed=True)
        yield (who, line.product, *sides, gap, say(f"invoicing.shadow.reason.{reason.code}"))

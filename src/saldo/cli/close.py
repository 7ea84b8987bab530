"""``saldo close``: draft, or issue, the customers' invoices of a month."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from saldo.cli.asked import day_argument, month_argument, written
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.written import write_month

if TYPE_CHECKING:
    from saldo.flows.month_close import Closed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which month, whether to issue, and the day of it."""
    from saldo.core.identity import LANGUAGES

    parser.add_argument("--month", required=True, type=month_argument, metavar="YYYY-MM")
    parser.add_argument(
        "--issue", action="store_true", help="give numbers and enter the books; mail waits to be recalled"
    )
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="the day of issue")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Close the month; 1 where it may not be issued."""
    from saldo.audit.log import COMMAND
    from saldo.flows.month_close import close_month
    from saldo.invoicing.backups import newest_backup
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    company = get_company(name=args.company)
    today = args.today or args.world.clock.now().astimezone(ZoneInfo(company.zone)).date()
    with company_context(company.id):
        backed_up_at = newest_backup(company=company.id)
    closed = close_month(
        company=company.id,
        month=args.month,
        issue=args.issue,
        by=COMMAND,
        world=args.world,
        today=today,
        newest_backup=backed_up_at,
        tell=lambda done, of: out.progress(done=done, of=of, what=f"{done:,}"),
    )
    if args.issue:
        closed = _with_missing(closed, company.id, today)
    out.document(_document(closed, args.words))
    if not out.is_json:
        _say(closed, out, args.lang)
    return 0


def _with_missing(closed: Closed, company: CompanyId, today: date) -> Closed:
    """What was issued, with what our own papers lack: papers can be drawn again, until they are kept."""
    from saldo.invoicing.seller import find_missing
    from saldo.parties.company import company_context

    if not closed.totals:
        return closed
    with company_context(company):
        missing = find_missing(company=company, currencies=[*closed.totals], on=today)
    told = [{"code": one.code, "facts": dict(one.facts)} for one in missing]
    return replace(closed, problems=(*closed.problems, *told))


def _document(closed: Closed, words: Any) -> dict[str, Any]:
    return {
        "month": str(closed.month),
        "drafts": closed.drafts,
        "issued": closed.issued,
        "total": {currency: amount_text(value, currency) for currency, value in closed.totals.items()},
        "problems": [_problem(problem, words) for problem in closed.problems],
    }


def _problem(problem: Mapping[str, Any], words: Any) -> dict[str, Any]:
    facts = dict(problem["facts"])
    return {"code": problem["code"], "facts": facts, "message": words(code=problem["code"], facts=_in_words(facts))}


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a problem, the reason of its first line said in words."""
    from saldo.doors.words import say

    told = {name: value for name, value in facts.items() if name != "first"}
    return told | {"because": say(facts["because"], **facts["first"])} if "first" in facts else told


def _say(closed: Closed, out: Output, lang: str) -> None:
    from django.utils import translation

    from saldo.doors.words import say

    with translation.override(lang.lower()):
        month = write_month(closed.month, lang)
        out.say(say("cli.close.done", month=month, drafts=closed.drafts, issued=closed.issued))
        for currency, value in closed.totals.items():
            out.say(say("cli.close.total", currency=currency, total=written(value, currency, lang)))
        for problem in closed.problems:
            out.say(f"  {say(problem['code'], **_in_words(problem['facts']))}")

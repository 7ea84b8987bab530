"""``saldo explain``: why a customer's bill differs from an earlier one, reason by reason."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import Asked, add_common_arguments, fact_text, money_text, read_asked, written
from saldo.cli.output import Output
from saldo.cli.table import width
from saldo.core.periods import Month
from saldo.core.problems import as_seen
from saldo.core.written import write_month

if TYPE_CHECKING:
    from saldo.explain.queries import BillPeriod
    from saldo.explain.rules.bill import Bill
    from saldo.explain.rules.explanation import Explanation, Reason


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose bills, and of when."""
    parser.add_argument(
        "--from", dest="before", required=True, type=as_seen, metavar="A", help="month YYYY-MM or invoice number"
    )
    parser.add_argument(
        "--to", dest="after", required=True, type=as_seen, metavar="B", help="month YYYY-MM or invoice number"
    )
    add_common_arguments(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Explain the change; refused where customer, side, period or currency is not there."""
    from django.utils import translation

    from saldo.explain.queries import get_bill
    from saldo.explain.rules.reasons import explain
    from saldo.parties.company import company_context

    with company_context(args.company_id):
        asked = read_asked(args, args.before, args.after)
        before, after = (
            get_bill(
                company=args.company_id,
                customer=asked.customer.key,
                period=period,
                currency=asked.currency,
                side=args.side,
                include_estimated=args.estimate,
            )
            for period in asked.periods
        )
    found = explain(before=before, after=after)
    estimates = _estimates(before) | _estimates(after)
    out.document(_document(found, asked, args.lang, estimates))
    with translation.override(args.lang.lower()):
        for line in _told(found, asked, args.lang, bool(estimates)):
            out.say(line)
    return 0


def _estimates(bill: Bill) -> set[tuple[str, int]]:
    return {(line.item.file, line.item.row) for line in bill.lines if line.item.is_estimated}


def _document(found: Explanation, asked: Asked, lang: str, estimates: Set[tuple[str, int]]) -> dict[str, Any]:
    currency = found.currency
    marked = {"estimated": True} if estimates else {}
    return {
        "customer": found.customer,
        "customer_name": asked.customer.name,
        "currency": currency,
        "side": found.side,
        "lang": lang,
        "before": {"period": found.before_period, "total": money_text(found.before, currency)},
        "after": {"period": found.after_period, "total": money_text(found.after, currency)},
        "change": money_text(found.change, currency),
        "reasons": [_reason(reason, currency, lang, estimates) for reason in found.reasons],
        "unexplained": money_text(found.unexplained, currency),
    } | marked


def _reason(reason: Reason, currency: str, lang: str, estimates: Set[tuple[str, int]]) -> dict[str, Any]:
    from saldo.explain.wording import headline, sentence

    places = [(place.file, place.row) for place in reason.lines]
    marked = {"estimated": True} if estimates & set(places) else {}
    return {
        "code": reason.code,
        "variant": reason.variant,
        "amount": money_text(reason.amount, currency),
        "key": reason.key,
        "subject": reason.subject,
        "headline": headline(reason, lang=lang),
        "text": sentence(reason, lang=lang),
        "facts": {name: fact_text(value) for name, value in reason.facts.items()},
        "lines": [{"file": file, "row": row} for file, row in places],
    } | marked


def _told(found: Explanation, asked: Asked, lang: str, has_estimates: bool) -> Iterator[str]:
    from saldo.doors.words import say

    before, after = (_named(period, lang) for period in asked.periods)
    title = "cli.explain.title-with-tax" if found.side == "price" else "cli.explain.title"
    yield say(title, customer=asked.customer.name, before=before, after=after, currency=found.currency)
    if has_estimates:
        yield say("cli.explain.estimated")
    yield ""
    rows = [(written(found.before, found.currency, lang), before, "")]
    rows += [_said(reason, found.currency, lang) for reason in found.reasons]
    rows.append((written(found.unexplained, found.currency, lang), say("cli.explain.unexplained"), ""))
    rows.append((written(found.after, found.currency, lang), after, ""))
    rows.append((written(found.change, found.currency, lang, signed=True), say("cli.explain.change"), ""))
    place = max(width(amount) for amount, _, _ in rows)
    for amount, words, more in rows:
        yield " " * (place - width(amount)) + f"{amount}  {words}"
        if more:
            yield " " * place + f"  {more}"


def _said(reason: Reason, currency: str, lang: str) -> tuple[str, str, str]:
    from saldo.doors.words import say
    from saldo.explain.wording import headline, sentence

    heading = headline(reason, lang=lang)
    if reason.subject:
        heading = say("cli.explain.headline", headline=heading, subject=reason.subject)
    return written(reason.amount, currency, lang, signed=True), heading, sentence(reason, lang=lang)


def _named(period: BillPeriod, lang: str) -> str:
    return write_month(period, lang) if isinstance(period, Month) else period

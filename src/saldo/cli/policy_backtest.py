"""``saldo policy backtest``: run one or two policies over history, a CSV file or the installation's own books."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import day_argument
from saldo.cli.output import Output
from saldo.cli.policy_check import read_text
from saldo.cli.policy_file import country_argument, read_policy_file
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.money import amount_text
from saldo.core.problems import Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from saldo.dunning.rules.policy import Policy
    from saldo.dunning.rules.receivable import Receivable
    from saldo.dunning.rules.tally import Assumption, Saved, Tally

    Words = Callable[..., str]

_MOST_POLICIES = 2
_PROBLEMS_TOLD = 20


class UnableToBacktest(Refused):
    """There is no history to run a policy over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the policies run over, and what of it could not be read."""

    receivables: Sequence[Receivable]
    rows: int
    bad_rows: int = 0
    problems: Sequence[Problem] = ()

    def days(self) -> Iterator[date]:
        """Every day that history names."""
        for one in self.receivables:
            yield from filter(None, (one.issued_on, one.due_on, one.settled_on))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The policies, the history, the assumptions, and how many processes work at it."""
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="one policy or two, as YAML")
    parser.add_argument("--receivables", metavar="CSV", type=Path, help="the history; else the installation's own")
    parser.add_argument("--until", metavar="YYYY-MM-DD", type=day_argument, help="the last day; else that of history")
    parser.add_argument(
        "--since", metavar="YYYY-MM-DD", type=day_argument, help="only what was issued from this day on"
    )
    parser.add_argument("--country", metavar="CC", type=country_argument, help="whose holidays count")
    parser.add_argument("--currency", metavar="EUR", default="EUR", help="of rows that name none; else EUR")
    parser.add_argument(
        "--answer-days", metavar="N", type=_days, default=7, help="assumed: so soon a letter is answered"
    )
    parser.add_argument(
        "--notice", metavar="K", type=_count, default=1, help="assumed: to so many letters after due day"
    )
    parser.add_argument("--jobs", metavar="N", type=_count, default=1, help="processes; the figures are the same")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the words; else the person's own")


def needs(args: argparse.Namespace) -> str:
    """The installation is opened only where its own books are the history."""
    return "nothing" if args.receivables else "installation"


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the policies and print their figures beside each other."""
    from saldo.cli.output import wrong_usage
    from saldo.dunning.backtests import run_backtests
    from saldo.dunning.rules.tally import Assumption

    if len(args.files) > _MOST_POLICIES:
        wrong_usage("saldo policy backtest: one policy, or two beside each other")
    policies = [_at_home(args, *read_policy_file(path, command="backtest")) for path in args.files]
    history = _history(args)
    if not history.receivables and not history.problems:
        raise UnableToBacktest(code="dunning.receivables.none")
    until = args.until or max(history.days(), default=args.clock.now().date())
    assumption = Assumption(answer_days=args.answer_days, notice=args.notice)
    tallies = run_backtests(
        [policy for policy, _ in policies],
        history.receivables,
        country=args.country or "",
        until=until,
        assumption=assumption,
        jobs=args.jobs,
        tell=lambda done, of: out.progress(done=done, of=of, what=f"{done:,} / {of:,}"),
    )
    told = [_tally(*policy, tally) for policy, tally in zip(policies, tallies, strict=True)]
    out.document(_document(told, history, args, until, assumption))
    for line in _lines(policies, tallies, history, args, until, assumption):
        out.say(line)
    return 0


def _days(text: str) -> int:
    return _whole(text, 0)


def _count(text: str) -> int:
    return _whole(text, 1)


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:9]) <= 3650:
        raise argparse.ArgumentTypeError(f"not a whole number from {least} on: {text[:20]!r}")
    return int(text)


def _at_home(args: argparse.Namespace, policy: Policy, text_hash: str) -> tuple[Policy, str]:
    """Over the installation's own books a policy that names no jurisdiction has the company's country."""
    if args.receivables or policy.jurisdiction:
        return policy, text_hash
    from saldo.parties.queries import get_company

    return replace(policy, jurisdiction=get_company(name=args.company).country), text_hash


def _history(args: argparse.Namespace) -> History:
    since = args.since or date.min
    if args.receivables:
        from saldo.dunning.formats.receivables import read_receivables

        text = read_text(args.receivables, command="backtest")
        read = read_receivables(text, currency=args.currency.upper(), file=args.receivables.name)
        wanted = [one for one in read.receivables if one.issued_on >= since]
        return History(receivables=wanted, rows=read.rows, bad_rows=read.rows_with_problems, problems=read.problems)
    from saldo.dunning.history import list_past_receivables
    from saldo.parties.company import company_context

    with company_context(args.company_id):
        found = list_past_receivables(company=args.company_id, since=since)
    return History(receivables=found, rows=len(found))


def _tally(policy: Policy, text_hash: str, tally: Tally) -> dict[str, Any]:
    order = [step.code for step in policy.steps]
    return {
        "policy": policy.code,
        "hash": text_hash,
        "notices": {code: tally.notices[code] for code in order if policy.step_by_code[code].tells},
        "invoices": {code: tally.invoices[code] for code in order},
        "customers": tally.customers,
        "customers_touched": tally.touched,
        "suspensions_proposed": tally.suspensions,
        "suspensions_paid_within_seven_days": tally.suspensions_paid_soon,
        "work": {"calls": tally.calls, "letters": tally.letters, "releases": tally.releases},
        "delay_days_saved": tally.assumed.days,
        "saved": {"assumed": _saved(tally.assumed), "by_habit": _saved(tally.by_habit)},
    }


def _saved(saved: Saved) -> dict[str, Any]:
    return {
        "days": saved.days,
        "invoices": saved.invoices,
        "paid_earlier": {currency: amount_text(value, currency) for currency, value in sorted(saved.earlier.items())},
        "amount_days": {currency: amount_text(value, currency) for currency, value in sorted(saved.money_days.items())},
    }


def _document(
    told: list[dict[str, Any]], history: History, args: argparse.Namespace, until: date, assumption: Assumption
) -> dict[str, Any]:
    return {
        "policies": told,
        "until": until.isoformat(),
        "country": args.country or "",
        "assumptions": {
            "answer_days": assumption.answer_days,
            "notice": assumption.notice,
            "habit": {"quickest_percent": assumption.quickest_percent, "fewest": assumption.fewest},
            "disputed": "kept back from the first day to the last",
        },
        "rows": {"read": history.rows, "with_problems": history.bad_rows},
        "problems": [
            {"code": one.code, "row": one.place.row, "column": one.place.column, "seen": one.seen}
            for one in history.problems
        ],
    }


def _lines(
    policies: Sequence[tuple[Policy, str]],
    tallies: Sequence[Tally],
    history: History,
    args: argparse.Namespace,
    until: date,
    assumption: Assumption,
) -> Iterator[str]:
    """The figures of the policies in columns, what was assumed, and the first rows that could not be read."""
    language = args.lang.replace("-", "_") if args.lang else None

    def words(code: str, **facts: Any) -> str:
        return str(args.words(code=code, facts=facts, language=language))

    read, bad = history.rows, history.bad_rows
    yield words("cli.backtest.read", rows=read, receivables=len(history.receivables), problems=bad)
    yield words("cli.backtest.period", since=min(history.days(), default=until), until=until)
    rows = [["", *(policy.code for policy, _ in policies)], *_figures(policies, tallies, words)]
    yield from lay_out(rows=rows, figures=[False, *(True for _ in policies)])
    yield words(
        "cli.backtest.assumption",
        answer_days=assumption.answer_days,
        notice=assumption.notice,
        quickest_percent=assumption.quickest_percent,
        fewest=assumption.fewest,
    )
    yield words("cli.backtest.disputed")
    for one in history.problems[:_PROBLEMS_TOLD]:
        place = {"row": one.place.row, "column": one.place.column, "seen": one.seen}
        yield words("cli.backtest.problem", why=words(one.code), **place)


def _figures(policies: Sequence[tuple[Policy, str]], tallies: Sequence[Tally], words: Words) -> Iterator[list[str]]:
    codes = dict.fromkeys(step.code for policy, _ in policies for step in policy.steps if step.tells)
    for code in codes:
        yield [words("cli.backtest.step", step=code), *(str(tally.notices[code]) for tally in tallies)]
    for name, figure in _ROWS:
        yield [words(f"cli.backtest.{name}"), *(figure(tally) for tally in tallies)]


_ROWS: tuple[tuple[str, Callable[[Tally], str]], ...] = (
    ("touched", lambda tally: str(tally.touched)),
    ("suspensions", lambda tally: str(tally.suspensions)),
    ("paid-soon", lambda tally: str(tally.suspensions_paid_soon)),
    ("calls", lambda tally: str(tally.calls)),
    ("letters", lambda tally: str(tally.letters)),
    ("releases", lambda tally: str(tally.releases)),
    ("saved", lambda tally: str(tally.assumed.days)),
    ("saved-by-habit", lambda tally: str(tally.by_habit.days)),
    ("earlier", lambda tally: ", ".join(f"{v} {c}" for c, v in sorted(_saved(tally.assumed)["paid_earlier"].items()))),
)

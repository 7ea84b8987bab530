"""``saldo round``: carry the collections policy out for a day; with ``--dry-run``, only show what would move."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import day_argument, money_text, written
from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES
from saldo.core.written import write_day, write_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from saldo.dunning.actions.rounds import RoundDone
    from saldo.flows.dunning_round import Ahead

_MOST_SHOWN = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The day, and whether it is meant."""
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="every customer's day of today")
    parser.add_argument("--dry-run", action="store_true", help="only show what would move")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the round, or show it; refused for a day before the last round's."""
    from django.utils import translation

    with translation.override(args.lang.lower()):
        document, told = _preview(args) if args.dry_run else _round(args)
        out.document(document)
        for line in told:
            out.say(line)
    return 0


def _round(args: argparse.Namespace) -> tuple[dict[str, Any], Iterator[str]]:
    from saldo.audit.log import COMMAND
    from saldo.flows.dunning_round import dunning_round

    done = dunning_round(company=args.company_id, world=args.world, by=COMMAND, today=args.today)
    document = {
        "on": done.on.isoformat(),
        "dry_run": False,
        "read": done.read,
        "moved": dict(sorted(done.moved.items())),
        "cleared": done.cleared,
        "proposed": done.proposed,
        "notices": list(done.notices),
    }
    return document, _told(done, args.lang)


def _told(done: RoundDone, lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    on, read = write_day(done.on, lang), write_number(done.read, lang)
    yield say("cli.round.done", on=on, read=read)
    yield from _by_step(done.moved, lang)
    facts = {"cleared": done.cleared, "proposed": done.proposed, "notices": len(done.notices)}
    yield say("cli.round.counts", **{name: write_number(count, lang) for name, count in facts.items()})


def _by_step(moved: Mapping[str, int], lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    if moved:
        head = (say("cli.round.step"), say("cli.round.items"))
        body = [(step, write_number(count, lang)) for step, count in sorted(moved.items())]
        yield from lay_out(rows=[head, *body], figures=(False, True))


def _preview(args: argparse.Namespace) -> tuple[dict[str, Any], Iterator[str]]:
    from saldo.flows.dunning_round import count_ahead, preview_round, told_by_step

    asked = {"company": args.company_id, "world": args.world, "today": args.today}
    ahead = preview_round(**asked)
    read, cleared = count_ahead(**asked)
    now = [one for one in ahead if not one.waits_for_person]
    document = {
        "on": args.today.isoformat() if args.today else None,
        "dry_run": True,
        "read": read,
        "moved": dict(sorted(told_by_step(now).items())),
        "cleared": cleared,
        "proposed": len(ahead) - len(now),
        "notices": sorted({f"{one.debtor}:{one.step}:{one.currency}" for one in now if one.letters}),
        "moves": [_move(one) for one in ahead],
    }
    return document, _told_ahead(ahead, cleared, args.lang)


def _move(one: Ahead) -> dict[str, Any]:
    return {
        "debtor": one.debtor,
        "item": one.item,
        "step": one.step,
        "because": one.because,
        "facts": {name: str(value) for name, value in one.facts.items()},
        "owed": money_text(one.owed, one.currency),
        "currency": one.currency,
        "letters": list(one.letters),
        "waits_for_person": one.waits_for_person,
    }


def _told_ahead(ahead: Sequence[Ahead], cleared: int, lang: str) -> Iterator[str]:
    from saldo.doors.words import say

    columns = ("debtor", "item", "step", "owed", "currency", "letters", "person")
    head = tuple(say(f"cli.round.{column}") for column in columns)
    body = [
        (
            one.debtor,
            one.item,
            one.step,
            written(one.owed, one.currency, lang),
            one.currency,
            ", ".join(one.letters),
            say("cli.round.waits") if one.waits_for_person else "",
        )
        for one in ahead[:_MOST_SHOWN]
    ]
    if body:
        yield from lay_out(rows=[head, *body], figures=(False, False, False, True, False, False, False))
    if len(ahead) > _MOST_SHOWN:
        yield say("cli.receive.more", count=len(ahead) - _MOST_SHOWN)
    waiting = sum(one.waits_for_person for one in ahead)
    facts = {"moves": len(ahead) - waiting, "proposed": waiting, "cleared": cleared}
    yield say("cli.round.would", **{name: write_number(count, lang) for name, count in facts.items()})

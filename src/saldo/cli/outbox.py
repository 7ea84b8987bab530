"""``saldo outbox``: what left the house, what waits, and what a person must look at."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES

if TYPE_CHECKING:
    from saldo.outbox.queries import Message, WorkItem
    from saldo.outbox.rules.gate import Channel

_COLUMNS = ("kind", "about", "to", "why")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do first, and the language of the words."""
    parser.add_argument("--open", metavar="CHANNEL", help="end the rehearsal of a channel, for example mail")
    parser.add_argument("--close", metavar="CHANNEL", help="put a channel back to rehearsal")
    parser.add_argument("--send", action="store_true", help="send what is due now, and read what came back")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the words")


def run(args: argparse.Namespace, out: Output) -> int:
    """Do what was asked, then show channels, counts and work."""
    from django.utils import translation

    from saldo.outbox.queries import count_messages, list_channels, list_work_items
    from saldo.parties.company import company_context

    _change_channels(args)
    if args.send:
        from saldo.flows.send_messages import collect_bounces, send_due

        send_due(company=args.company_id, world=args.world)
        collect_bounces(world=args.world)
    with company_context(args.company_id):
        channels = list_channels(company=args.company_id)
        counts = count_messages(company=args.company_id)
        work = list_work_items(company=args.company_id, now=args.world.clock.now())
    out.document(
        {
            "channels": [
                {"channel": one.kind, "open": one.is_open, "confirmed": bool(one.first_run_confirmed_by)}
                for one in channels
            ],
            "messages": [{"channel": way, "state": state, "count": count} for (way, state), count in counts.items()],
            "work": [_document(item) for item in work],
        }
    )
    with translation.override(args.lang.lower()):
        for line in _told(channels, counts, work):
            out.say(line)
    return 0


def _change_channels(args: argparse.Namespace) -> None:
    from saldo.audit.log import COMMAND
    from saldo.outbox.actions import close_channel, open_channel
    from saldo.parties.company import company_context

    for kind, change in ((args.open, open_channel), (args.close, close_channel)):
        if kind:
            with company_context(args.company_id):
                change(company=args.company_id, kind=kind, by=COMMAND, at=args.world.clock.now())


def _document(item: WorkItem) -> dict[str, Any]:
    message = item.message
    return {
        "message": message.id,
        "kind": item.kind,
        "channel": message.channel,
        "about": message.about,
        "debtor": message.debtor,
        "recipients": list(message.recipients),
        "code": message.code,
        "said": message.said,
    }


def _told(channels: Sequence[Channel], counts: dict[tuple[str, str], int], work: Sequence[WorkItem]) -> Iterator[str]:
    from saldo.doors.words import say

    for channel in channels:
        state = "closed" if not channel.is_open else "open" if channel.first_run_confirmed_by else "first-run"
        held = [
            f"{say(f'outbox.state.{said}')} {count}" for (way, said), count in counts.items() if way == channel.kind
        ]
        told = ": ".join((say(f"outbox.way.{channel.kind}"), say(f"cli.outbox.{state}")))
        yield " · ".join((told, *held))
    yield ""
    if not work:
        yield say("cli.outbox.no-work")
        return
    head = tuple(say(f"cli.outbox.{column}") for column in _COLUMNS)
    yield from lay_out(rows=[head, *(_row(item) for item in work)], figures=(False,) * len(_COLUMNS))


def _row(item: WorkItem) -> tuple[str, ...]:
    from saldo.doors.words import say

    message = item.message
    code = message.code
    why = "" if not code else say(code, seen=message.said, sha256=message.said)
    told = "" if message.said in why else _said(message)
    return (say(f"outbox.work.{item.kind}"), message.about, ", ".join(message.recipients), f"{why} {told}".strip())


def _said(message: Message) -> str:
    """The other server's own words; where it is a refusal of ours, the words of that."""
    from saldo.doors.words import has_words, say

    if not message.said or not has_words(message.said):
        return message.said
    with suppress(KeyError):  # a fact that was not kept with the code
        return say(message.said, number=message.about.rpartition(":")[2])
    return say("outbox.message.no-paper")

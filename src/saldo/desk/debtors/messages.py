"""What was written to a debtor, on its timeline: sent, refused or come back, with the document each carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from saldo.desk import figures
from saldo.desk.debtors.account import Happened
from saldo.desk.outbox.shown import say_about, say_why
from saldo.doors.visitor import Visitor
from saldo.outbox.queries import Message, list_messages_between

_PAST = frozenset({"done", "bad"})
_STATES = ("sent", "refused", "bounced")
_MARKS = {"sent": "done", "refused": "bad", "bounced": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Happened):
    """A message on the timeline; ``papers`` are names and addresses of what it carried ("" where not to be opened)."""

    href: str = ""
    papers: tuple[tuple[str, str], ...] = ()


def with_messages(
    timeline: Sequence[Happened], *, visitor: Visitor, debtor: str, since: date, until: date, most: int
) -> list[Happened]:
    """The timeline with what was written to the debtor between, the newest ``most`` of both, each on its day.

    Nothing says whether a mail was read: no mail of ours asks for that.
    """
    found = list_messages_between(
        company=visitor.company.id, debtor=debtor, states=_STATES, since=since, until=until, limit=most
    )
    written = [_show(one, visitor) for one in found]
    past = [one for one in timeline if one.state in _PAST]
    rest = [one for one in timeline if one.state not in _PAST]
    return [*sorted([*past, *written], key=lambda one: one.on)[-most:], *rest]


def _show(message: Message, visitor: Visitor) -> Written:
    may_open = visitor.may_everywhere("outbox.read")
    to = ", ".join(message.recipients)
    words = figures.say(f"pages.debtors.message.{message.state}", about=say_about(message.about))
    return Written(
        on=_day(message, visitor),
        state=_MARKS[message.state],
        words=words,
        detail=" · ".join(filter(None, (to, say_why(message)))),
        href=reverse("desk:outbox-message", args=[message.id]) if may_open else "",
        papers=tuple(
            (one.name, reverse("desk:outbox-attachment", args=[message.id, place]) if may_open else "")
            for place, one in enumerate(message.attachments)
        ),
    )


def _day(message: Message, visitor: Visitor) -> date:
    at: datetime = message.sent_at or message.tried_at or message.ordered_at
    return at.astimezone(ZoneInfo(visitor.company.zone)).date()

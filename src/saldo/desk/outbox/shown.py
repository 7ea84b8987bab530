"""How a message is shown: its state as a mark and words, whom it goes to, what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.urls import reverse

from saldo.desk import figures
from saldo.outbox.queries import Message

STATES = ("waiting", "captured", "held", "sending", "sent", "refused", "bounced", "recalled")
_MARKS = {
    "waiting": "wait",
    "captured": "",
    "held": "hold",
    "sending": "wait",
    "sent": "plain",
    "refused": "bad",
    "bounced": "bad",
    "recalled": "plain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message in a list."""

    id: int
    href: str
    subject: str
    about: str
    debtor: str
    recipients: str
    mark: str
    state: str
    why: str
    when: str
    channel: str


def show_message(message: Message, names: Mapping[str, str]) -> MessageRow:
    """A message as a row; ``names`` are those of debtors."""
    mark, state = show_state(message)
    return MessageRow(
        id=message.id,
        href=reverse("desk:outbox-message", args=[message.id]),
        subject=message.subject or figures.say("pages.outbox.no-subject"),
        about=say_about(message.about),
        debtor=names.get(message.debtor, message.debtor),
        recipients=", ".join(message.recipients),
        mark=mark,
        state=state,
        why=say_why(message),
        when=when(message),
        channel=figures.say(f"outbox.way.{message.channel}"),
    )


def show_state(message: Message) -> tuple[str, str]:
    """Mark and words of a state; a refusal that somebody dealt with is quiet."""
    words = figures.say(f"pages.outbox.state.{message.state}")
    if message.settled_at is not None:
        return "plain", figures.say("pages.outbox.settled-state", state=words)
    return _MARKS[message.state], words


def say_why(message: Message) -> str:
    """Why it is where it is, and the other server's own words."""
    because = figures.say(message.code, seen=message.said) if message.code and figures.has_words(message.code) else ""
    is_seen_already = bool(because) and message.said in because
    return " ".join(filter(None, (because, "" if is_seen_already else _said(message))))


def _said(message: Message) -> str:
    """The other server's own words; where it is a refusal of ours, the words of that."""
    if not message.said or not figures.has_words(message.said):
        return message.said
    with suppress(KeyError):  # a fact that was not kept with the code
        return figures.say(message.said, number=message.about.rpartition(":")[2])
    return figures.say("outbox.message.no-paper")


def say_about(about: str) -> str:
    """``invoice:2026-00017`` in words; what nobody has a word for stays as it is."""
    kind, _, number = about.partition(":")
    code = f"pages.outbox.about.{kind}"
    return figures.say(code, number=number) if figures.has_words(code) else (number or about)


def when(message: Message) -> str:
    """The instant that matters: sent, or may leave, or was ordered."""
    if message.sent_at is not None:
        return figures.minute(message.sent_at)
    return figures.minute(message.not_before if message.state == "waiting" else message.ordered_at)

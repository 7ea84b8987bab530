"""Mail: handing a message to a server, and reading what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail; ``attachments`` are (name, media type, bytes), ``sender`` an address, perhaps with a name before it."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    language: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the server answered: its own words, and which recipients it refused and why (address → its words).

    The mail was taken for everybody who is not in ``refused``.
    """

    said: str
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report that a mail did not arrive, found again by the id of the mail; ``place`` is where the report lies."""

    message_id: str
    recipient: str
    status: str
    said: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """How much the server takes from one mailbox."""

    per_minute: int = 30
    recipients_a_day: int = 10_000


class MailUnreachable(Exception):
    """The server has not taken the mail, for certain; it may be tried again. ``code`` is public and dotted."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.said = said


class MailUncertain(Exception):
    """The line broke after the mail was handed over and before the answer: only a person may send it again."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Mail(Protocol):
    """A mailbox that sends for us."""

    @property
    def sender(self) -> str:
        """The address mail is sent from; "" leaves it to the company."""
        ...

    @property
    def limits(self) -> MailLimits:
        """How much the server takes."""
        ...

    def send(self, mail: OutgoingMail) -> Receipt:
        """Hand one mail over. Raises MailUnreachable (not taken) and MailUncertain (nobody knows)."""
        ...

    def read_bounces(self) -> tuple[Bounce, ...]:
        """Reports of mail that did not arrive; the same ones again until they are put away."""
        ...

    def put_away(self, bounce: Bounce) -> None:
        """Let a report be read no more."""
        ...


@dataclass(frozen=True, slots=True)
class NoMail:
    """A house without a mailbox: what is to be sent waits, and shows as work after some tries."""

    sender: str = ""
    limits: MailLimits = MailLimits()
    because: str = "outbox.mail.not-configured"

    def send(self, mail: OutgoingMail) -> Receipt:
        """Raises MailUnreachable, with the reason why there is none."""
        raise MailUnreachable(self.because)

    def read_bounces(self) -> tuple[Bounce, ...]:
        """None."""
        return ()

    def put_away(self, bounce: Bounce) -> None:
        """Nothing."""


NO_MAIL = NoMail()

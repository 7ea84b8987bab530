"""A real mail server on this machine, and a house that sends through it."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from saldo.connectors.bounces import BounceFolder
from saldo.connectors.smtp import SmtpMail, SmtpServer
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.outbox import actions
from saldo.ports.mail import MailLimits
from saldo.ports.world import World

NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
ANNA, BO = "user:1", "user:2"


@dataclass
class Postmaster:
    """Takes mail and keeps it; refuses whom and what it is told to."""

    unknown: set[str] = field(default_factory=set)
    busy_for: set[str] = field(default_factory=set)
    data_answer: str = "250 taken"
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.unknown:
            return "550 5.1.1 no such mailbox"
        if address in self.busy_for:
            return "450 4.2.1 mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.mails.append((list(envelope.rcpt_tos), message))
        return self.data_answer

    async def auth_XOAUTH2(self, server, args):
        """The dialogue of Exchange: a wrong token gets a challenge with the reason, and is then refused."""
        import base64

        said = base64.b64decode(args[1]).decode()
        self.said.append(said)
        if said == "user=billing@fjordlys.example\x01auth=Bearer good-token\x01\x01":
            return AuthResult(success=True, auth_data=said)
        answer = await server.challenge_auth(b'{"status":"401"}', encode_to_b64=True)
        self.said.append(bytes(answer).decode())
        await server.push("535 5.7.3 Authentication unsuccessful")
        return AuthResult(success=False, handled=True)


@contextmanager
def serving(postmaster: Postmaster, *, port: int | None = None, **more: Any) -> Iterator[int]:
    """The server while the block runs; gives its port."""
    place = port or free_port()
    office = Controller(postmaster, hostname="127.0.0.1", port=place, **more)
    office.start()
    try:
        yield place
    finally:
        office.stop()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class NoQueue:
    def enqueue(self, task: str, **arguments: object) -> int:
        return 0


def mailbox(port: int, *, at: datetime = NOON, folder: Any = None, **more: Any) -> SmtpMail:
    kept = {"limits": MailLimits(), "sender": "billing@fjordlys.example"} | more
    server = kept.pop("server", SmtpServer(host="127.0.0.1", port=port, encryption="none", timeout=5))
    return SmtpMail(server=server, clock=FixedClock(at), bounces=BounceFolder(folder), **kept)


def world(mail: Any, *, at: datetime = NOON) -> World:
    return World(clock=FixedClock(at), queue=NoQueue(), mail=mail)


def later(one: World, **more: float) -> World:
    """The same world, so much later."""
    return replace(one, clock=FixedClock(one.clock.now() + timedelta(**more)))


def an_order(company: CompanyId, number: int = 17, **more: Any) -> Any:
    """One invoice by mail, due at once."""
    said = {
        "key": f"invoice:2026-{number:05}:mail",
        "channel": "mail",
        "purpose": "invoice",
        "about": f"invoice:2026-{number:05}",
        "debtor": "10001",
        "recipients": ["ekonomi@havsbris.example"],
        "language": "sv",
        "subject": f"Faktura 2026-{number:05}",
        "body": "Hej,\n\nhär kommer fakturan.\n.\nHälsningar",
        "not_before": NOON - timedelta(minutes=1),
        "by": ANNA,
        "at": NOON - timedelta(hours=1),
    } | more
    return actions.order_message(company=company, **said)


def open_for_good(company: CompanyId) -> None:
    """The channel past its rehearsal and its first run."""
    actions.open_channel(company=company, kind="mail", by=ANNA, at=NOON)
    actions.confirm_first_run(company=company, kind="mail", by=BO, at=NOON)

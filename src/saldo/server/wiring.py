"""What is plugged in where: only this file knows which implementation stands behind a port."""

from __future__ import annotations

from saldo.ports.mail import NO_MAIL, Mail, MailLimits, NoMail
from saldo.ports.world import World
from saldo.server.clock import MachineClock


def real_world() -> World:
    """The world as this machine offers it. Needs Django to be loaded."""
    from saldo.connectors.ecb import EcbRates
    from saldo.server.queue import PostgresQueue

    return World(clock=MachineClock(), queue=PostgresQueue(), mail=_mail(), rates=EcbRates())


def _mail() -> Mail:
    """The mailbox that the settings name; none, when they name none."""
    from django.conf import settings

    from saldo.connectors.bounces import BounceFolder, BounceMailbox
    from saldo.connectors.mailbox import Mailbox, mailbox_at
    from saldo.connectors.smtp import SmtpMail, server_at
    from saldo.connectors.tokens import client_token

    said, clock = settings.MAIL, MachineClock()
    if not said["url"]:
        return NO_MAIL
    token = {name: said[f"token_{name}"] for name in ("url", "client", "secret", "scope")}
    signs_in = client_token(clock=clock, **token) if token["url"] else None
    try:
        server = server_at(said["url"])
        back = mailbox_at(said["imap_url"]) if said["imap_url"] else None
    except ValueError:  # a slip in a setting must not keep the desk from opening
        return NoMail(because="outbox.mail.bad-server")
    folder = BounceFolder(said["bounces"])
    fetched = (
        BounceMailbox(
            mailbox=Mailbox(server=back, kept=said["bounces"], token=None if back.password else signs_in), folder=folder
        )
        if back
        else None
    )
    return SmtpMail(
        server=server,
        sender=said["sender"],
        limits=MailLimits(per_minute=said["per_minute"], recipients_a_day=said["recipients_a_day"]),
        clock=clock,
        bounces=fetched or folder,
        token=signs_in,
    )

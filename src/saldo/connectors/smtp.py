"""Mail by SMTP: one mail, one conversation, encrypted, with a password or a token (XOAUTH2)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

from saldo.connectors.bounces import BounceFolder, BounceMailbox
from saldo.core.clock import Clock
from saldo.core.problems import as_seen
from saldo.ports.mail import Bounce, MailLimits, MailUncertain, MailUnreachable, OutgoingMail, Receipt

Token = Callable[[], str]
"""Gives an access token that is good now; raises MailUnreachable when nobody gives one."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server and how it is entered; ``encryption`` none is for this machine itself only."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    timeout: int = 30


_ENCRYPTION: dict[str, tuple[Literal["starttls", "tls", "none"], int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("none", 25),
}


def server_at(url: str) -> SmtpServer:
    """The server of an address such as ``smtp://name%40example.org:password@smtp.example.org:587``.

    ``smtp`` is STARTTLS, ``smtps`` TLS, ``smtp+plain`` none. Another scheme is a ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in _ENCRYPTION or not parts.hostname:
        raise ValueError(f"not an address of a mail server: {parts.scheme}://{parts.hostname or ''}")
    encryption, port = _ENCRYPTION[parts.scheme]
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encryption=encryption,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMail:
    """The mailbox behind the port `Mail`."""

    server: SmtpServer
    sender: str
    limits: MailLimits
    clock: Clock
    bounces: BounceFolder | BounceMailbox
    token: Token | None = None
    trust: ssl.SSLContext | None = None

    def send(self, mail: OutgoingMail) -> Receipt:
        """Hand one mail over. Raises MailUnreachable, MailUncertain."""
        try:
            connection = self._connect()
        except UnicodeError as refused:  # a name or password that the protocol cannot carry
            raise MailUnreachable("outbox.mail.sign-in-refused") from refused
        except smtplib.SMTPAuthenticationError as refused:
            raise MailUnreachable("outbox.mail.sign-in-refused", _said(refused.smtp_error)) from refused
        except (OSError, smtplib.SMTPException) as away:
            raise MailUnreachable("outbox.mail.unreachable", _said(str(away))) from away
        try:
            return _converse(connection, mail, self._write(mail))
        finally:
            _part(connection)

    def read_bounces(self) -> tuple[Bounce, ...]:
        """Reports of what came back, out of the folder or the mailbox for them."""
        return self.bounces.read()

    def put_away(self, bounce: Bounce) -> None:
        """Let a report be read no more."""
        self.bounces.put_away(bounce)

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.encryption == "none" and server.host not in _LOOPBACK:
            raise MailUnreachable("outbox.mail.not-encrypted", server.host)
        trust = self.trust or ssl.create_default_context()
        if server.encryption == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=trust)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.encryption == "starttls":
                connection.starttls(context=trust)
            self._sign_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self.token is not None:
            token = self.token()
            # Refused, the server sends a challenge with its reason, and wants an empty line before it says no.
            first = f"user={self.server.user}\x01auth=Bearer {token}\x01\x01"
            connection.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")
        elif self.server.user:
            connection.login(self.server.user, self.server.password)

    def _write(self, mail: OutgoingMail) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["Message-ID"] = mail.message_id
        message["Date"] = format_datetime(self.clock.now())
        message["From"] = _sender(mail.sender)
        message["To"] = ", ".join(map(_ascii, mail.recipients))
        if mail.reply_to:
            message["Reply-To"] = mail.reply_to
        message["Subject"] = mail.subject
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message.set_content(mail.body)
        for name, media_type, data in mail.attachments:
            kind, _, sub = media_type.partition("/")
            message.add_attachment(data, maintype=kind, subtype=sub or "octet-stream", filename=name)
        message["Content-Language"] = mail.language  # at last: a part that is added takes such headers with it
        return message


def _converse(connection: smtplib.SMTP, mail: OutgoingMail, message: EmailMessage) -> Receipt:
    try:
        refused = _address_it(connection, mail)
        if len(refused) == len(mail.recipients):
            return Receipt(said=next(iter(refused.values())), refused=refused)
        code, said = connection.docmd("DATA")
    except (OSError, smtplib.SMTPException) as away:
        raise MailUnreachable("outbox.mail.unreachable", _said(str(away))) from away
    if code == 354:
        code, said = _pour(connection, message)
    words = f"{code} {_said(said)}"
    if code == 250:
        return Receipt(said=words, refused=refused)
    if 400 <= code < 500:
        raise MailUnreachable("outbox.mail.not-now", words)
    return Receipt(said=words, refused=dict.fromkeys(mail.recipients, words))


def _address_it(connection: smtplib.SMTP, mail: OutgoingMail) -> dict[str, str]:
    """Tell from whom and to whom; returns the recipients that were refused for good."""
    code, said = connection.mail(_ascii(parseaddr(mail.sender)[1]))
    if code != 250:
        words = f"{code} {_said(said)}"
        if code < 500:
            raise MailUnreachable("outbox.mail.not-now", words)
        return dict.fromkeys(mail.recipients, words)
    answers = {address: connection.rcpt(_ascii(address)) for address in mail.recipients}
    refused = {address: f"{code} {_said(said)}" for address, (code, said) in answers.items() if code not in (250, 251)}
    later = [words for words in refused.values() if words.startswith("4")]
    if later:  # all or nobody yet: who has it already must not get it again
        raise MailUnreachable("outbox.mail.not-now", later[0])
    return refused


def _pour(connection: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    """Send the text itself; from its first byte on a broken line leaves open whether it was taken."""
    text = message.as_bytes().replace(b"\r\n.", b"\r\n..")
    try:
        connection.send((text if text.endswith(b"\r\n") else text + b"\r\n") + b".\r\n")
        return connection.getreply()
    except (OSError, smtplib.SMTPException) as broken:
        raise MailUncertain(_said(str(broken))) from broken


def _part(connection: smtplib.SMTP) -> None:
    """Say goodbye; whatever the server makes of that, the mail's own answer is known."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _sender(text: str) -> Address:
    """Name and address apart: as one text, a comma in a name with other letters would become the end of an address."""
    name, address = parseaddr(text)
    return Address(str(make_header(decode_header(name))), addr_spec=address)


def _ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}" if local else address


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return as_seen(" ".join(text.split()))[:500]

"""Reading a mailbox by IMAP: every new message once, its bytes kept before anything looks at them, nothing deleted.

General on purpose: bounces come this way, and requests will. What was taken is known by the mailbox's own numbers
(RFC 3501, UIDVALIDITY and UID), which stand beside the kept messages; a mailbox that was made anew is read anew.
"""

from __future__ import annotations

import imaplib
import json
import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from saldo.core.problems import as_seen
from saldo.ports.mail import MailUnreachable

Token = Callable[[], str]
"""Gives an access token that is good now; raises MailUnreachable when nobody gives one."""

MOST_AT_ONCE = 200
_LARGEST = 25 * 1024 * 1024
_MARK = ".taken.json"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)", re.DOTALL)
_SCHEMES: dict[str, tuple[Literal["starttls", "tls", "none"], int]] = {
    "imap": ("starttls", 143),
    "imaps": ("tls", 993),
    "imap+plain": ("none", 143),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """A mail server, how it is entered, and the folder that is read; ``encryption`` none is for this machine only."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    folder: str = "INBOX"
    encryption: Literal["starttls", "tls", "none"] = "tls"
    timeout: int = 30


def mailbox_at(url: str) -> ImapServer:
    """The mailbox of an address such as ``imaps://name%40example.org:password@imap.example.org/INBOX``.

    ``imaps`` is TLS, ``imap`` STARTTLS, ``imap+plain`` none. Another scheme is a ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(f"not an address of a mailbox: {parts.scheme}://{parts.hostname or ''}")
    encryption, port = _SCHEMES[parts.scheme]
    return ImapServer(
        host=parts.hostname,
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        encryption=encryption,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One folder of a mailbox, and the folder of this machine in which its messages are kept as they came."""

    server: ImapServer
    kept: Path
    token: Token | None = None
    trust: ssl.SSLContext | None = None

    def fetch(self, *, most: int = MOST_AT_ONCE) -> tuple[Path, ...]:
        """Keep what is new, oldest first, and say where; each message is kept before the next is asked for.

        The mailbox is opened for reading only: nothing is deleted, moved or marked as read. A message over 25 MB is
        passed over. Raises MailUnreachable: outbox.mail.unreachable, .sign-in-refused, .not-encrypted, .no-token,
        .no-folder.
        """
        self.kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._entered() as connection:
            validity, after = self._open(connection)
            found = [uid for uid in _search(connection, after) if uid > after][:most]
            sizes = _sizes(connection, found)
            kept = []
            for uid in found:
                if sizes.get(uid, 0) <= _LARGEST and (data := _message(connection, uid)) is not None:
                    kept.append(self._keep(validity, uid, data))
                self._mark(validity, uid)
        return tuple(kept)

    @contextmanager
    def _entered(self) -> Iterator[imaplib.IMAP4]:
        try:
            connection = self._connect()
        except (OSError, imaplib.IMAP4.error) as away:
            raise MailUnreachable("outbox.mail.unreachable", _said(away)) from away
        try:
            self._sign_in(connection)
            yield connection
        except (OSError, imaplib.IMAP4.error) as broken:
            raise MailUnreachable("outbox.mail.unreachable", _said(broken)) from broken
        finally:
            _part(connection)

    def _connect(self) -> imaplib.IMAP4:
        server = self.server
        if server.encryption == "none" and server.host not in _LOOPBACK:
            raise MailUnreachable("outbox.mail.not-encrypted", server.host)
        trust = self.trust or ssl.create_default_context()
        if server.encryption == "tls":
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=trust, timeout=server.timeout)
        connection = imaplib.IMAP4(server.host, server.port, timeout=server.timeout)
        if server.encryption == "starttls":
            connection.starttls(ssl_context=trust)
        return connection

    def _sign_in(self, connection: imaplib.IMAP4) -> None:
        try:
            if self.token is not None:
                first = f"user={self.server.user}\x01auth=Bearer {self.token()}\x01\x01".encode()
                # Refused, the server sends its reason as a challenge and wants an empty line before it says no.
                said = iter((first, b""))
                connection.authenticate("XOAUTH2", lambda challenge: next(said, b""))
            else:
                connection.login(self.server.user, self.server.password)
        except (imaplib.IMAP4.error, UnicodeError) as refused:
            raise MailUnreachable("outbox.mail.sign-in-refused", _said(refused)) from refused

    def _open(self, connection: imaplib.IMAP4) -> tuple[int, int]:
        """The folder's UIDVALIDITY, and the last number taken of it."""
        quoted = '"' + self.server.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        status, said = connection.select(quoted, readonly=True)
        if status != "OK":
            raise MailUnreachable("outbox.mail.no-folder", _said(said[0] if said else ""))
        _, told = connection.response("UIDVALIDITY")
        validity = int(told[0]) if told and told[0] else 0
        marked, last = self._marked()
        return validity, last if marked == validity else 0

    def _keep(self, validity: int, uid: int, data: bytes) -> Path:
        place = self.kept / f"{validity}-{uid:010d}.eml"
        draft = self.kept / f".{place.name}.tmp"
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        return place

    def _mark(self, validity: int, uid: int) -> None:
        draft = self.kept / f"{_MARK}.new"
        draft.write_text(json.dumps({"validity": validity, "uid": uid}))
        draft.replace(self.kept / _MARK)

    def _marked(self) -> tuple[int, int]:
        try:
            told = json.loads((self.kept / _MARK).read_text())
            return int(told["validity"]), int(told["uid"])
        except (OSError, ValueError, KeyError, TypeError):
            return -1, 0


def _part(connection: imaplib.IMAP4) -> None:
    """Say goodbye; a line that is broken is closed without it."""
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        with suppress(OSError):
            connection.shutdown()


def _search(connection: imaplib.IMAP4, after: int) -> list[int]:
    """The numbers after one; ``n:*`` names the last message even where it is older, so the caller looks again."""
    _, found = connection.uid("SEARCH", f"UID {after + 1}:*")
    return sorted({int(uid) for line in found if isinstance(line, bytes) for uid in line.split()})


def _sizes(connection: imaplib.IMAP4, uids: list[int]) -> dict[int, int]:
    if not uids:
        return {}
    _, told = connection.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    found = {}
    for line in told:
        match = _SIZE.search(line) if isinstance(line, bytes) else None
        if match:
            uid, size = (match[1], match[2]) if match[1] else (match[4], match[3])
            found[int(uid)] = int(size)
    return found


def _message(connection: imaplib.IMAP4, uid: int) -> bytes | None:
    """The bytes as they came; PEEK, so that it is not marked as read. None where it is gone meanwhile."""
    _, told = connection.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in told if isinstance(part, tuple)), None)


def _said(words: object) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return as_seen(" ".join(text.split()))[:500]

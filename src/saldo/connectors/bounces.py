"""Mail that came back: delivery status notifications (RFC 3464), as files in a folder that a mail program fills."""

from __future__ import annotations

import email
import re
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from saldo.connectors.mailbox import Mailbox
from saldo.core.problems import as_seen
from saldo.ports.mail import Bounce, MailUnreachable

_READ, _OTHER = "read", "other"
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_LARGEST = 25 * 1024 * 1024
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class BounceFolder:
    """Where reports lie until they are put away; None: nowhere."""

    path: Path | None

    def read(self) -> tuple[Bounce, ...]:
        """What the reports in the folder say, by name of the file; what is no report is left lying."""
        if self.path is None or not self.path.is_dir():
            return ()
        files = [file for file in sorted(self.path.iterdir()) if _is_message(file) and file.stat().st_size <= _LARGEST]
        return tuple(bounce for file in files for bounce in read_bounces(file.read_bytes(), place=str(file)))

    def put_away(self, bounce: Bounce) -> None:
        """Move the report aside; done already, it changes nothing."""
        file = Path(bounce.place)
        aside = file.parent / _READ
        aside.mkdir(exist_ok=True)
        if file.exists():
            file.rename(aside / file.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceMailbox:
    """Reports that come to a mailbox: each message is kept first, and lies in the folder until it is put away.

    What is no report is moved to ``other`` beside them, so that a mailbox of answers is not read again every minute.
    """

    mailbox: Mailbox
    folder: BounceFolder

    def read(self) -> tuple[Bounce, ...]:
        """Fetch what is new, then read the folder; a mailbox that cannot be reached hides nothing that lies there."""
        with suppress(MailUnreachable):
            for place in self.mailbox.fetch():
                if not read_bounces(place.read_bytes()):
                    aside = place.parent / _OTHER
                    aside.mkdir(exist_ok=True)
                    place.rename(aside / place.name)
        return self.folder.read()

    def put_away(self, bounce: Bounce) -> None:
        """Move the kept report aside; in the mailbox it stays as it is."""
        self.folder.put_away(bounce)


def read_bounces(data: bytes, *, place: str = "") -> tuple[Bounce, ...]:
    """The recipients that a report says will never get a mail; () when it is no report, or tells only of a delay.

    The mail is named by the Message-ID of its own headers, which a report carries along, or of its references.
    """
    report = email.message_from_bytes(data)  # headers as text: the newer policy fails on those that break its grammar
    if report.get_content_type() != "multipart/report":
        return ()
    statuses = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    message_id = as_seen(_find_message_id(report))
    if not statuses or not message_id:
        return ()
    groups = [group for part in statuses for group in _groups(part)]
    return tuple(
        Bounce(
            message_id=message_id,
            recipient=_typed(group, "Final-Recipient") or _typed(group, "Original-Recipient"),
            status=_typed(group, "Status"),
            said=_typed(group, "Diagnostic-Code"),
            place=place,
        )
        for group in groups
        if str(group.get("Action", "")).strip().lower() == "failed"
    )


def _is_message(file: Path) -> bool:
    """Not what is still being written, and no note of ours."""
    return file.is_file() and not file.name.startswith(".")


def _groups(part: Message) -> list[Message]:
    """The blocks of a status: one on the mail as a whole, then one for each recipient."""
    content = part.get_payload()
    return [group for group in content if isinstance(group, Message)] if isinstance(content, list) else []


def _typed(group: Message, name: str) -> str:
    """The value of a field such as ``rfc822; someone@example.org``, without its type."""
    text = as_seen(" ".join(str(group.get(name, "")).split()))
    return (text.partition(";")[2].strip() or text)[:_LONGEST]


def _find_message_id(report: Message) -> str:
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            content = part.get_payload()
            inner = content[0] if isinstance(content, list) and content else None
            found = _MESSAGE_ID.search(str(inner.get("Message-ID", ""))) if isinstance(inner, Message) else None
        elif part.get_content_type() == "text/rfc822-headers":
            found = _MESSAGE_ID.search(_header_of(part))
        else:
            continue
        if found:
            return found[0]
    found = _MESSAGE_ID.search(f"{report.get('In-Reply-To', '')} {report.get('References', '')}")
    return found[0] if found else ""


def _header_of(part: Message) -> str:
    text = part.get_payload(decode=True)
    headers = email.message_from_bytes(text if isinstance(text, bytes) else b"")
    return str(headers.get("Message-ID", ""))

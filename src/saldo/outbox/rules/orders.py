"""What an order must be to leave the house, and the name under which a mail is found again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from saldo.core.identity import LANGUAGES, CompanyId
from saldo.parties.rules.addresses import is_address

CHANNELS = ("mail", "letter", "e-invoice", "webhook", "payment-file", "microsoft-write")
BUILT = ("mail", "payment-file")
"""The channels behind which something stands that sends, or hands over a file."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document of the store, under the name the recipient sees."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A message to be sent, not before an instant; the same ``key`` is the same order.

    ``awaits_paper``: it does not leave before its paper was attached.
    """

    key: str
    channel: str
    purpose: str
    about: str
    debtor: str
    recipients: tuple[str, ...]
    language: str
    subject: str
    body: str
    not_before: datetime
    attachments: tuple[Attachment, ...] = ()
    awaits_paper: bool = False


def find_refusal(order: Order) -> tuple[str, str] | None:
    """Why this is no order at all, as (code, what was seen), or None: a fault of the program that asks."""
    if order.channel not in CHANNELS:
        return "outbox.channel.unknown", order.channel
    if order.language not in LANGUAGES:
        return "outbox.message.bad-language", order.language
    if _CONTROL.search(order.subject):
        return "outbox.message.bad-subject", _CONTROL.sub(" ", order.subject)
    return None


def find_fault(*, channel: str, recipients: Iterable[str]) -> tuple[str, str] | None:
    """Why nobody can get this mail, as (code, what was seen), or None: a fault in data, which a person mends."""
    if channel != "mail":
        return None
    addresses = tuple(recipients)
    if not addresses:
        return "outbox.message.no-recipient", ""
    bad = [address for address in addresses if not is_address(address)]
    return ("outbox.message.bad-address", ", ".join(bad)) if bad else None


def fingerprint(order: Order) -> str:
    """What was ordered, in 64 characters: the same key with another fingerprint is another order.

    The time it may leave is no part of it: a run that is begun again asks later.
    """
    content = {name: value for name, value in asdict(order).items() if name != "not_before"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def name_mail(*, company: CompanyId, house: str, key: str, domain: str) -> str:
    """The Message-ID of an order: the same for the same company and key, so that a second try is the same mail.

    ``house`` is the company's name, so that two installations behind one mailbox do not meet.
    """
    text = f"{company}\n{house}\n{key}"
    return f"<{hashlib.sha256(text.encode()).hexdigest()[:40]}@{domain}>"

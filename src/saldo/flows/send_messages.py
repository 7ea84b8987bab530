"""Every minute: what is due is handed to the mail server, one by one, and what came back is written down.

Order → commit → call → receipt: a machine that dies in between leaves an order without receipt. Nobody sends that one
a second time by itself; after an hour it is work for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formataddr
from zoneinfo import ZoneInfo

from saldo.core.identity import CompanyId
from saldo.flows.attach_papers import attach_papers
from saldo.outbox import documents, sending
from saldo.outbox.queries import Message, usage
from saldo.parties.company import company_context
from saldo.parties.debtors import Particulars, get_particulars
from saldo.parties.queries import Company, list_companies
from saldo.parties.rules.addresses import ascii_form, is_address
from saldo.ports.mail import MailUncertain, MailUnreachable, OutgoingMail, Receipt
from saldo.ports.world import World

# Every other fault is one mail's own; after these the next mail would fare no better.
_SERVER_IS_AWAY = frozenset(
    {
        "outbox.mail.unreachable",
        "outbox.mail.sign-in-refused",
        "outbox.mail.no-token",
        "outbox.mail.not-encrypted",
        "outbox.mail.not-configured",
        "outbox.mail.bad-server",
        "outbox.mail.no-sender",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run did, in messages."""

    sent: int = 0
    refused: int = 0
    put_back: int = 0
    uncertain: int = 0


def send_messages(*, world: World) -> Sent:
    """Send what is due in every company, then write down what came back."""
    runs = [send_due(company=company.id, world=world) for company in list_companies()]
    collect_bounces(world=world)
    return Sent(**{name: sum(getattr(run, name) for run in runs) for name in Sent.__slots__})


def send_due(*, company: CompanyId, world: World) -> Sent:
    """Send what is due in one company, as far as its channel lets it and the mailbox has room."""
    companies = list_companies()
    house = next(one for one in companies if one.id == company)
    attach_papers(company=company, world=world)
    counts = dict.fromkeys(Sent.__slots__, 0)
    while taken := _take(house, companies, world):
        message, particulars = taken
        outcome, goes_on = _hand_over(house.id, message, particulars, world)
        counts[outcome] += 1
        if not goes_on:
            break
    return Sent(**counts)


def send_soon(*, company: CompanyId, world: World) -> None:
    """Ask for a run after the commit of the transaction around this; for those who just let messages out."""
    world.queue.enqueue("send-messages", company=company)


def collect_bounces(*, world: World) -> int:
    """Write down every report of mail that came back, and put it away; returns how many were new."""
    noted = 0
    for bounce in world.mail.read_bounces():
        said = {"message_id": bounce.message_id, "recipient": bounce.recipient}
        for company in list_companies():
            with company_context(company.id):
                found = sending.note_bounce(
                    company=company.id, status=bounce.status, said=bounce.said, at=world.clock.now(), **said
                )
            noted += found == "noted"
            if found != "not-ours":
                break
        world.mail.put_away(bounce)
    return noted


def _take(house: Company, companies: tuple[Company, ...], world: World) -> tuple[Message, Particulars] | None:
    at = world.clock.now()
    room = _room(companies, world, at)
    with company_context(house.id):
        particulars = get_particulars(company=house.id)
        message = sending.take_next(
            company=house.id,
            domain=_address(world, particulars).rpartition("@")[2] or "localhost",
            house=house.name,
            day_began_at=_midnight(at, house.zone),
            at=at,
            room=room,
        )
    return None if message is None else (message, particulars)


def _hand_over(company: CompanyId, message: Message, particulars: Particulars, world: World) -> tuple[str, bool]:
    """One call outside, between two transactions; gives the outcome, and whether the server can take more."""
    try:
        mail = _as_mail(message, particulars, world)
    except documents.UnableToRead as refused:
        with company_context(company):
            sending.note_refused(
                company=company, message=message, code=refused.code, said=str(refused.facts), at=world.clock.now()
            )
        return "refused", True
    try:
        if not is_address(_address(world, particulars)):
            raise MailUnreachable("outbox.mail.no-sender")
        receipt = world.mail.send(mail)
    except MailUnreachable as away:
        with company_context(company):
            sending.put_back(company=company, message=message, code=away.code, said=away.said, at=world.clock.now())
        return "put_back", away.code not in _SERVER_IS_AWAY
    except MailUncertain as unknown:
        with company_context(company):
            sending.leave_uncertain(company=company, message=message, said=unknown.said, at=world.clock.now())
        return "uncertain", False
    return _write_receipt(company, message, receipt, world), True


def _write_receipt(company: CompanyId, message: Message, receipt: Receipt, world: World) -> str:
    with company_context(company):
        sending.note_sent(
            company=company, message=message, said=receipt.said, refused=receipt.refused, at=world.clock.now()
        )
    return "refused" if set(message.recipients) <= set(receipt.refused) else "sent"


def _as_mail(message: Message, particulars: Particulars, world: World) -> OutgoingMail:
    address = _address(world, particulars)
    own = ascii_form(particulars.email) if is_address(particulars.email) else ""
    return OutgoingMail(
        message_id=message.message_id,
        sender=formataddr((particulars.legal_name, address)) if address else "",
        reply_to=own if own != address else "",
        recipients=message.recipients,
        subject=message.subject,
        body=message.body,
        language=message.language,
        attachments=tuple((one.name, one.media_type, documents.read(one.sha256)) for one in message.attachments),
    )


def _address(world: World, particulars: Particulars) -> str:
    """The sender's, as mail servers write it; what is no address is left as it is and sends nothing."""
    address = world.mail.sender or particulars.email
    return ascii_form(address) if is_address(address) else address


def _room(companies: tuple[Company, ...], world: World, at: datetime) -> Mapping[str, int]:
    """What the mailbox still takes: all companies share it."""
    messages = recipients = 0
    for company in companies:
        with company_context(company.id):
            used = usage(company=company.id, now=at)
        messages += used.messages_last_minute
        recipients += used.recipients_last_day
    limits = world.mail.limits
    return {
        "per_minute": limits.per_minute,
        "recipients_a_day": limits.recipients_a_day,
        "messages_last_minute": messages,
        "recipients_last_day": recipients,
    }


def _midnight(at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    return (local - timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)).astimezone(UTC)

"""Writing orders to send, and the ways out: what people decide. What sending itself writes is in `sending`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.outbox import models
from saldo.outbox.queries import MessageId, as_channel
from saldo.outbox.rules.orders import BUILT, CHANNELS, Attachment, Order, find_fault, find_refusal, fingerprint
from saldo.outbox.rules.tries import day_around, is_stuck
from saldo.parties.queries import get_zone
from saldo.parties.rules.approvals import find_approval_refusal

_BATCH = 1000
_TEXTS = ("key", "channel", "purpose", "about", "debtor", "language", "subject", "body", "not_before", "awaits_paper")


class UnableToOrder(Refused):
    """A message that cannot be ordered as asked."""


class UnableToRecall(Refused):
    """A message that is gone already."""


class UnableToChangeChannel(Refused):
    """A way out that is not opened, or not by this person."""


class UnableToRelease(Refused):
    """Messages that this person may not let out, or that there are none of."""


class UnableToSettle(Refused):
    """A message that waits for nobody."""


def order_message(
    *,
    company: CompanyId,
    key: str,
    channel: str,
    purpose: str,
    about: str,
    debtor: str,
    recipients: Sequence[str],
    language: str,
    subject: str,
    body: str,
    not_before: datetime,
    by: str,
    at: datetime,
    attachments: Sequence[Attachment] = (),
) -> MessageId:
    """Order one message. Refuses (UnableToOrder): as `order_messages`."""
    order = Order(
        key=key,
        channel=channel,
        purpose=purpose,
        about=about,
        debtor=debtor,
        recipients=tuple(recipients),
        language=language,
        subject=subject,
        body=body,
        not_before=not_before,
        attachments=tuple(attachments),
    )
    return order_messages(company=company, orders=[order], by=by, at=at)[0]


def order_messages(*, company: CompanyId, orders: Sequence[Order], by: str, at: datetime) -> tuple[MessageId, ...]:
    """Order messages, in their order; an order whose key is known is that same order, and nothing is sent twice.

    An order that nobody can get (no recipient, no address) is written as refused and is work for a person.
    Refuses (UnableToOrder): outbox.channel.unknown, outbox.message.bad-language, .bad-subject, .other-content.
    """
    for order in orders:
        refusal = find_refusal(order)
        if refusal:
            raise UnableToOrder(code=refusal[0], facts={"key": order.key, "seen": refusal[1]})
    known = {row.key: row for row in _messages(company).filter(key__in={order.key for order in orders})}
    new: list[models.Message] = []
    for order in orders:
        row = known.get(order.key)
        if row is None:
            row = known[order.key] = _as_row(company, order, by, at)
            new.append(row)
        if row.fingerprint != fingerprint(order):
            raise UnableToOrder(code="outbox.message.other-content", facts={"key": order.key})
    models.Message.objects.bulk_create(new, batch_size=_BATCH)
    if new:
        facts = {"count": len(new), "first": new[0].key, "about": sorted({row.about for row in new})[:10]}
        _note(company, "outbox.message.ordered", by, f"message:{new[0].pk}", at, facts)
    return tuple(MessageId(known[order.key].pk) for order in orders)


def recall(*, company: CompanyId, about: str, by: str, at: datetime) -> int:
    """Take back what is still here about something; returns how many messages.

    Refuses (UnableToRecall): outbox.message.gone, when one of them is on its way or sent already.
    """
    rows = list(_messages(company).filter(about=about).select_for_update().order_by("id"))
    gone = [row.key for row in rows if row.state in {"sending", "sent", "bounced"}]
    if gone:
        raise UnableToRecall(code="outbox.message.gone", facts={"about": about, "keys": gone})
    here = [row.pk for row in rows if row.state in {"waiting", "held", "captured"}]
    if here:
        _messages(company).filter(id__in=here).update(state="recalled")
        _note(company, "outbox.message.recalled", by, about, at, {"messages": here})
    return len(here)


def recall_all(*, company: CompanyId, abouts: Sequence[str], by: str, at: datetime) -> tuple[int, int]:
    """Take back what is still here about many things, at once; how many messages, and how many had left before."""
    rows = _messages(company).filter(about__in=abouts).select_for_update().order_by("id")
    states = list(rows.values_list("id", "state"))
    if here := [key for key, state in states if state in {"waiting", "held", "captured"}]:
        _messages(company).filter(id__in=here).update(state="recalled")
        _note(company, "outbox.message.recalled", by, abouts[0], at, {"count": len(here), "first": here[0]})
    return len(here), sum(state in {"sending", "sent", "bounced"} for _, state in states)


def open_channel(*, company: CompanyId, kind: str, by: str, at: datetime) -> None:
    """End the rehearsal of one way out; its first live run still waits for a second person.

    What was captured stays captured; what the command line opened a person opens anew, so that two people stand for it.
    Refuses (UnableToChangeChannel): outbox.channel.unknown, .not-built, .open-already.
    """
    row = _lock_channel(company, kind)
    if kind not in BUILT:
        raise UnableToChangeChannel(code="outbox.channel.not-built", facts={"channel": kind})
    if row.is_open and (row.first_run_confirmed_by or row.opened_by != log.COMMAND or by == log.COMMAND):
        raise UnableToChangeChannel(code="outbox.channel.open-already", facts={"channel": kind})
    row.is_open, row.opened_by, row.opened_at, row.first_run_confirmed_by = True, by, at, ""
    row.save()
    _note(company, "outbox.channel.opened", by, f"channel:{kind}", at, {"cap": row.daily_cap})


def close_channel(*, company: CompanyId, kind: str, by: str, at: datetime) -> None:
    """Back to rehearsal at once: the next message is captured.

    Refuses (UnableToChangeChannel): outbox.channel.unknown.
    """
    row = _lock_channel(company, kind)
    if row.is_open:
        row.is_open = False
        row.save()
        _note(company, "outbox.channel.shut", by, f"channel:{kind}", at, {})


def set_daily_cap(*, company: CompanyId, kind: str, daily_cap: int, by: str, at: datetime) -> datetime | None:
    """How many messages a day leave without a person looking; the instant from which on, None: at once.

    A lower one counts at once, a higher one from the company's next midnight on: one person alone never lets a run out
    that today's cap would hold (practice 10). Refuses (UnableToChangeChannel): outbox.channel.unknown, .bad-cap.
    """
    row = _lock_channel(company, kind)
    if daily_cap < 1:
        raise UnableToChangeChannel(code="outbox.channel.bad-cap", facts={"cap": daily_cap})
    began_at, ends_at = day_around(at=at, zone=get_zone(company=company))
    now = as_channel(row).cap_on(began_at)
    row.daily_cap, row.next_cap, row.next_cap_from = min(daily_cap, now), None, None
    if daily_cap > now:
        row.next_cap, row.next_cap_from = daily_cap, ends_at
    row.save()
    facts = {"before": now, "after": daily_cap, "from": row.next_cap_from.isoformat() if row.next_cap_from else ""}
    _note(company, "outbox.channel.capped", by, f"channel:{kind}", at, facts)
    return row.next_cap_from


def confirm_first_run(*, company: CompanyId, kind: str, by: str, at: datetime, count: int | None = None) -> int:
    """Let the first live run out, as somebody who did not open the channel; returns how many messages it lets go.

    ``count`` is the number the person was shown. Refuses (UnableToChangeChannel): outbox.channel.unknown, .closed,
    .confirmed-already, .count-changed, parties.approval.own, .not-a-person, .by-command.
    """
    row = _lock_channel(company, kind)
    if not row.is_open:
        raise UnableToChangeChannel(code="outbox.channel.closed", facts={"channel": kind})
    if row.first_run_confirmed_by:
        raise UnableToChangeChannel(code="outbox.channel.confirmed-already", facts={"channel": kind})
    refusal = find_approval_refusal(proposed_by=row.opened_by, approved_by=by)
    if refusal:
        raise UnableToChangeChannel(code=refusal)
    held = _messages(company).filter(channel=kind, state="held", code="outbox.held.first-run")
    if count is not None and held.count() != count:
        facts = {"shown": count, "count": held.count()}
        raise UnableToChangeChannel(code="outbox.channel.count-changed", facts=facts)
    row.first_run_confirmed_by = by
    row.save()
    let_go: int = held.update(state="waiting", code="", released_by=by, released_at=at)
    _note(company, "outbox.channel.first-run-confirmed", by, f"channel:{kind}", at, {"count": let_go})
    return let_go


def release_held(*, company: CompanyId, kind: str, by: str, at: datetime) -> int:
    """Let out what the daily cap held, as somebody who did not order it; returns how many messages.

    Refuses (UnableToRelease): outbox.release.nothing, parties.approval.own, parties.approval.not-a-person.
    """
    held = _messages(company).filter(channel=kind, state="held", code="outbox.held.daily-cap")
    orderers = set(held.select_for_update().values_list("ordered_by", flat=True))
    if not orderers:
        raise UnableToRelease(code="outbox.release.nothing", facts={"channel": kind})
    orderers -= {log.COMMAND}  # which orders, and proposes nothing
    refusals = {find_approval_refusal(proposed_by=orderer, approved_by=by) for orderer in orderers | {""}}
    for refusal in sorted(filter(None, refusals)):
        raise UnableToRelease(code=refusal)
    let_go: int = held.update(state="waiting", code="", released_by=by, released_at=at)
    _note(company, "outbox.message.released", by, f"channel:{kind}", at, {"count": let_go})
    return let_go


def settle(*, company: CompanyId, message: MessageId, by: str, at: datetime) -> None:
    """Say that a person dealt with a message that was refused, came back or got stuck; it is not sent again.

    A stuck one counts as sent from now on. Refuses (UnableToSettle): outbox.message.unknown, .nothing-to-settle.
    """
    row = _lock_message(company, message)
    if not _waits_for_a_person(row, at):
        raise UnableToSettle(code="outbox.message.nothing-to-settle", facts={"message": message})
    facts = {"state": row.state}
    row.settled_at, row.settled_by = at, by
    if row.state == "sending":
        row.state, row.sent_at = "sent", row.tried_at
    row.save()
    _note(company, "outbox.message.settled", by, f"message:{message}", at, facts)


def send_again(
    *, company: CompanyId, message: MessageId, by: str, at: datetime, recipients: Sequence[str] | None = None
) -> None:
    """Let a refused, returned, stuck or captured message go (again): to whom it did not reach, or to other addresses.

    It is the same mail: its Message-ID stays. Refuses (UnableToSettle): outbox.message.unknown, .nothing-to-send-again,
    outbox.message.no-recipient, outbox.message.bad-address.
    """
    row = _lock_message(company, message)
    if row.state != "captured" and not _waits_for_a_person(row, at):
        raise UnableToSettle(code="outbox.message.nothing-to-send-again", facts={"message": message})
    facts: dict[str, Any] = {"state": row.state, "has_other_recipients": recipients is not None}
    row.recipients = list(recipients or [refusal["address"] for refusal in row.refusals] or row.recipients)
    fault = find_fault(channel=row.channel, recipients=row.recipients)
    if fault:
        raise UnableToSettle(code=fault[0], facts={"seen": fault[1]})
    row.state, row.code, row.said, row.refusals, row.attempts, row.not_before = "waiting", "", "", [], 0, at
    row.settled_at, row.settled_by = None, ""
    row.save()
    _note(company, "outbox.message.sent-again", by, f"message:{message}", at, facts)


def _as_row(company: CompanyId, order: Order, by: str, at: datetime) -> models.Message:
    attachments = [{"name": one.name, "media_type": one.media_type, "sha256": one.sha256} for one in order.attachments]
    row = models.Message(
        company_id=company,
        recipients=list(order.recipients),
        attachments=attachments,
        ordered_at=at,
        ordered_by=by,
        fingerprint=fingerprint(order),
        **{name: getattr(order, name) for name in _TEXTS},
    )
    fault = find_fault(channel=order.channel, recipients=order.recipients)
    if fault:
        row.state, row.code, row.said = "refused", *fault
    return row


def _waits_for_a_person(row: models.Message, at: datetime) -> bool:
    if row.state == "sending":
        return is_stuck(state=row.state, tried_at=row.tried_at, now=at)
    return row.state in {"refused", "bounced"} or (row.state == "sent" and bool(row.refusals))


def _lock_channel(company: CompanyId, kind: str) -> models.Channel:
    if kind not in CHANNELS:
        raise UnableToChangeChannel(code="outbox.channel.unknown", facts={"channel": kind, "seen": kind})
    models.Channel.objects.get_or_create(company_id=company, kind=kind)
    return models.Channel.objects.select_for_update().get(company_id=company, kind=kind)


def _lock_message(company: CompanyId, message: MessageId) -> models.Message:
    row: models.Message | None = _messages(company).select_for_update().filter(id=message).first()
    if row is None:
        raise UnableToSettle(code="outbox.message.unknown", facts={"message": message})
    return row


def _messages(company: CompanyId) -> Any:
    return models.Message.objects.filter(company_id=company)


def _note(company: CompanyId, code: str, by: str, subject: str, at: datetime, facts: dict[str, Any]) -> None:
    log.record(company=company, code=code, actor=by, subject=subject, at=at, facts=facts)

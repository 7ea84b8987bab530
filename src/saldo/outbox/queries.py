"""Reading what left the house, what waits, and what a person must look at, as plain frozen data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, NewType

from django.db.models import Case, Count, Func, IntegerField, Q, QuerySet, Sum, Value, When

from saldo.core.identity import CompanyId
from saldo.outbox import models
from saldo.outbox.rules.gate import Channel
from saldo.outbox.rules.orders import CHANNELS, Attachment
from saldo.outbox.rules.tries import DAY, MINUTE, is_stuck

MessageId = NewType("MessageId", int)
"""One order to send something."""

_MANY_TRIES = 4
_STUCK_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One recipient who did not get it, and the server's words."""

    address: str
    status: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An order to send something, and what came of it; ``code`` says why it waits, is held, refused or came back."""

    id: MessageId
    key: str
    channel: str
    purpose: str
    about: str
    debtor: str
    recipients: tuple[str, ...]
    language: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...]
    state: str
    ordered_at: datetime
    ordered_by: str
    not_before: datetime
    attempts: int
    tried_at: datetime | None
    sent_at: datetime | None
    message_id: str
    awaits_paper: bool
    code: str
    said: str
    refusals: tuple[Refusal, ...]
    released_by: str
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A message that a person must look at; ``kind``: stuck, refused, partly-refused, bounced, held, unreachable,
    no-paper."""

    kind: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a company took of its mailbox: messages in the last minute, recipients in the last day."""

    messages_last_minute: int = 0
    recipients_last_day: int = 0


def get_channel(*, company: CompanyId, kind: str) -> Channel:
    """One way out; closed, as every one is until a person opens it."""
    row = models.Channel.objects.filter(company_id=company, kind=kind).first() or models.Channel(kind=kind)
    return as_channel(row)


def list_channels(*, company: CompanyId) -> tuple[Channel, ...]:
    """Every way out, those never opened too."""
    known = {row.kind: row for row in models.Channel.objects.filter(company_id=company)}
    return tuple(as_channel(known.get(kind) or models.Channel(kind=kind)) for kind in CHANNELS)


def list_messages(
    *,
    company: CompanyId,
    state: str | None = None,
    about: str | None = None,
    debtor: str | None = None,
    channel: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Message, ...]:
    """Orders, newest first."""
    asked = {"state": state, "about": about, "debtor": debtor, "channel": channel}
    rows = _messages(company).filter(**{name: value for name, value in asked.items() if value is not None})
    rows = rows.order_by("-ordered_at", "-id")[offset : None if limit is None else offset + limit]
    return tuple(as_message(row) for row in rows)


def list_messages_between(
    *, company: CompanyId, debtor: str, states: Iterable[str], since: date, until: date, limit: int
) -> tuple[Message, ...]:
    """What was written to a debtor and is in one of these states, ordered from one day to another; newest first."""
    rows = _messages(company).filter(
        debtor=debtor, state__in=set(states), ordered_at__date__gte=since, ordered_at__date__lte=until
    )
    return tuple(as_message(row) for row in rows.order_by("-ordered_at", "-id")[:limit])


def find_message(*, company: CompanyId, message: MessageId) -> Message | None:
    """The order of this number, or None."""
    row = _messages(company).filter(id=message).first()
    return as_message(row) if row else None


def find_messages(*, company: CompanyId, keys: Iterable[str]) -> dict[str, Message]:
    """The orders of these keys, all at once; who is unknown is left out."""
    return {row.key: as_message(row) for row in _messages(company).filter(key__in=set(keys))}


def find_states(*, company: CompanyId, keys: Iterable[str]) -> dict[str, str]:
    """The states of the orders of these keys, and nothing more of them: cheap to ask for thousands every minute."""
    return dict(_messages(company).filter(key__in=set(keys)).values_list("key", "state"))


def list_bounced(*, company: CompanyId, purpose: str) -> tuple[Message, ...]:
    """What was sent for a purpose and came back, and nobody has dealt with yet; oldest first."""
    rows = _messages(company).filter(state="bounced", settled_at__isnull=True, purpose=purpose)
    return tuple(as_message(row) for row in rows.order_by("id"))


def list_awaiting_paper(*, company: CompanyId, due_before: datetime, limit: int) -> tuple[Message, ...]:
    """Mails whose paper is still to be made, rehearsed ones too: those that leave first before the others.

    One whose paper could not be made comes after all those that nobody has tried, so that it stops its own mail only.
    """
    tried_in_vain = Case(When(said="", then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = _messages(company).filter(
        awaits_paper=True, state__in=["waiting", "held", "captured"], not_before__lt=due_before
    )
    return tuple(as_message(row) for row in rows.order_by(tried_in_vain, "not_before", "id")[:limit])


def count_messages(*, company: CompanyId) -> dict[tuple[str, str], int]:
    """How many orders there are by (channel, state)."""
    rows = _messages(company).values_list("channel", "state").annotate(count=Count("id")).order_by("channel", "state")
    return {(channel, state): count for channel, state, count in rows}


def list_work_items(*, company: CompanyId, now: datetime, limit: int | None = None) -> tuple[WorkItem, ...]:
    """What a person must look at, oldest first: no receipt for an hour, refused, come back, held, unreachable."""
    rows = _to_look_at(company, now).order_by("ordered_at", "id")[:limit]
    return tuple(WorkItem(kind=_kind(row, now), message=as_message(row)) for row in rows)


def count_work_items(*, company: CompanyId, now: datetime) -> int:
    """How many messages a person must look at."""
    return _to_look_at(company, now).count()


def find_work_item(*, company: CompanyId, message: MessageId, now: datetime) -> WorkItem | None:
    """This message, if a person must look at it."""
    row = _to_look_at(company, now).filter(id=message).first()
    return WorkItem(kind=_kind(row, now), message=as_message(row)) if row else None


def list_held_by_cap(*, company: CompanyId) -> tuple[tuple[str, str, int], ...]:
    """What the daily cap holds: channel, who ordered it, how many."""
    rows = _messages(company).filter(state="held", code="outbox.held.daily-cap")
    found = rows.values_list("channel", "ordered_by").annotate(count=Count("id")).order_by("channel", "ordered_by")
    return tuple((channel, by, count) for channel, by, count in found)


def _to_look_at(company: CompanyId, now: datetime) -> QuerySet[models.Message]:
    stuck = Q(state="sending", tried_at__lte=now - _STUCK_AFTER)
    undone = Q(settled_at__isnull=True) & (Q(state__in=["refused", "bounced"]) | (Q(state="sent") & ~Q(refusals=[])))
    unreached = Q(state="waiting", attempts__gte=_MANY_TRIES)
    unwritten = Q(state="waiting", awaits_paper=True, not_before__lte=now - _STUCK_AFTER)
    return _messages(company).filter(stuck | undone | unreached | unwritten | Q(state="held"))


def usage(*, company: CompanyId, now: datetime) -> Usage:
    """What the company took of its mailbox lately; what is being sent counts, since nobody knows what came of it."""
    tried = _messages(company).filter(channel="mail", tried_at__gt=now - DAY).exclude(state="captured")
    how_many = Func("recipients", function="jsonb_array_length", output_field=IntegerField())
    of_day = tried.annotate(how_many=how_many).aggregate(
        recipients=Sum("how_many"), messages=Count("id", filter=Q(tried_at__gt=now - MINUTE))
    )
    return Usage(messages_last_minute=of_day["messages"], recipients_last_day=of_day["recipients"] or 0)


def as_channel(row: models.Channel) -> Channel:
    """A row of the table as plain data."""
    return Channel(**{field.name: getattr(row, field.name) for field in fields(Channel)})


def as_message(row: models.Message) -> Message:
    """A row of the table as plain data."""
    plain: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(Message) if field.name != "id"}
    plain["recipients"] = tuple(row.recipients)
    plain["attachments"] = tuple(Attachment(**one) for one in row.attachments)
    plain["refusals"] = tuple(Refusal(**one) for one in row.refusals)
    return Message(id=MessageId(row.pk), **plain)


def _messages(company: CompanyId) -> QuerySet[models.Message]:
    return models.Message.objects.filter(company_id=company)


def _kind(row: models.Message, now: datetime) -> str:
    if is_stuck(state=row.state, tried_at=row.tried_at, now=now):
        return "stuck"
    if row.state == "waiting" and row.awaits_paper:
        return "no-paper"
    return {"sent": "partly-refused", "waiting": "unreachable"}.get(row.state, row.state)

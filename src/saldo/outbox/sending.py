"""What sending writes: an order is taken, handed over by the flow outside any transaction, and gets its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.outbox import models
from saldo.outbox.queries import Message, as_channel, as_message
from saldo.outbox.rules.gate import decide
from saldo.outbox.rules.orders import Attachment, name_mail
from saldo.outbox.rules.tries import has_room, next_try

_TAKEN = ("sending", "sent", "refused", "bounced")


def take_next(
    *, company: CompanyId, domain: str, house: str, day_began_at: datetime, at: datetime, room: Mapping[str, int]
) -> Message | None:
    """The next mail that is due, now being sent; None when none may go.

    What is in rehearsal is captured, and a run that nobody has looked at is held.

    Two who take at once take different ones. ``room`` is what the mailbox still takes: `rules.tries.has_room` without
    ``recipients``. ``domain`` is the sender's, for the Message-ID.
    """
    if not _pass_gate(company, day_began_at, at):
        return None
    ready = _due(company, at).filter(awaits_paper=False).order_by("not_before", "id")
    row = ready.select_for_update(skip_locked=True).first()
    if row is None or not has_room(recipients=len(row.recipients), **room):
        return None
    row.state, row.tried_at, row.attempts = "sending", at, row.attempts + 1
    row.message_id = row.message_id or name_mail(company=company, house=house, key=row.key, domain=domain)
    row.save()
    _note(company, "outbox.message.taken", row, at, {"attempt": row.attempts})
    return as_message(row)


def attach_paper(*, company: CompanyId, message: Message, attachments: Sequence[Attachment], at: datetime) -> None:
    """Give a mail the paper it waited for; from now on it may leave."""
    row = _get(company, message)
    row.attachments = [{"name": one.name, "media_type": one.media_type, "sha256": one.sha256} for one in attachments]
    row.awaits_paper, row.code = False, "" if row.state == "waiting" else row.code
    row.save()
    _note(company, "outbox.message.paper-attached", row, at, {"sha256": [one.sha256 for one in attachments]})


def note_no_paper(*, company: CompanyId, message: Message, code: str, at: datetime) -> None:
    """Its paper cannot be made for now; it waits, and says why. Told twice, it is written once."""
    row = _get(company, message)
    if row.said != code:
        row.said = code
        row.save()
        _note(company, "outbox.message.no-paper", row, at, {"because": code})


def note_sent(*, company: CompanyId, message: Message, said: str, refused: Mapping[str, str], at: datetime) -> None:
    """The server's receipt. Whom it refused is work for a person; if that is everybody, the message was refused."""
    row = _get(company, message)
    row.refusals = [{"address": address, "status": words[:3], "said": words} for address, words in refused.items()]
    row.said = said
    if set(row.recipients) <= set(refused):
        row.state, row.code = "refused", "outbox.mail.refused"
    else:
        row.state, row.sent_at, row.code = "sent", at, "outbox.mail.partly-refused" if refused else ""
    row.save()
    code = "outbox.message.refused" if row.state == "refused" else "outbox.message.sent"
    _note(company, code, row, at, {"recipients": len(row.recipients), "refused": len(refused)})


def note_refused(*, company: CompanyId, message: Message, code: str, said: str, at: datetime) -> None:
    """It cannot be sent as it is, and trying again would not help."""
    row = _get(company, message)
    row.state, row.code, row.said = "refused", code, said
    row.save()
    _note(company, "outbox.message.refused", row, at, {"because": code})


def put_back(*, company: CompanyId, message: Message, code: str, said: str, at: datetime) -> None:
    """The server was not reached and has not taken it: later again, each time after longer, at last a person's work."""
    row = _get(company, message)
    again_at = next_try(attempts=row.attempts, at=at)
    row.state, row.code, row.said = ("waiting" if again_at else "refused"), code, said
    row.not_before = again_at or row.not_before
    row.save()
    _note(company, "outbox.message.put-back", row, at, {"because": code, "attempt": row.attempts})


def leave_uncertain(*, company: CompanyId, message: Message, said: str, at: datetime) -> None:
    """The line broke when nobody could know whether it was taken: it stays as it is until a person decides."""
    row = _get(company, message)
    row.code, row.said = "outbox.mail.uncertain", said
    row.save()
    _note(company, "outbox.message.uncertain", row, at, {"attempt": row.attempts})


def note_bounce(
    *, company: CompanyId, message_id: str, recipient: str, status: str, said: str, at: datetime
) -> Literal["noted", "known", "not-ours"]:
    """A mail came back: found by its Message-ID, and work for a person. Told twice, it changes nothing."""
    row = _messages(company).select_for_update().filter(message_id=message_id).exclude(message_id="").first()
    if row is None:
        return "not-ours"
    if row.state not in {"sending", "sent", "bounced"}:
        return "known"  # a person has let it go again meanwhile, or it was refused at the door
    if any(refusal["address"].lower() == recipient.lower() for refusal in row.refusals):
        return "known"
    row.refusals = [*row.refusals, {"address": recipient, "status": status, "said": said}]
    row.state, row.code, row.said = "bounced", "outbox.mail.bounced", said
    row.sent_at, row.settled_at, row.settled_by = row.sent_at or row.tried_at, None, ""
    row.save()
    _note(company, "outbox.message.bounced", row, at, {"status": status})
    return "noted"


def _pass_gate(company: CompanyId, day_began_at: datetime, at: datetime) -> bool:
    """Whether what is due may go; else it is captured or held here. Takers go through one after the other."""
    kind = "mail"
    row = models.Channel.objects.select_for_update().filter(company_id=company, kind=kind).first()
    due = _due(company, at).filter(released_at__isnull=True)
    waiting = due.count()
    channel = as_channel(row or models.Channel(kind=kind))
    channel = replace(channel, daily_cap=channel.cap_on(day_began_at))
    of_today = _messages(company).filter(channel=kind, state__in=_TAKEN, tried_at__gte=day_began_at)
    sent = of_today.filter(released_at__isnull=True).count()
    decision = decide(channel=channel, waiting_count=waiting, sent_today=sent)
    if decision.verdict == "go":
        return True
    stopped = _due(company, at) if decision.verdict == "capture" else due
    state = "captured" if decision.verdict == "capture" else "held"
    count = stopped.update(state=state, code=decision.because)
    if count:
        facts = {"count": count, "because": decision.because} | dict(decision.facts)
        subject = f"channel:{kind}"
        log.record(
            company=company, code=f"outbox.message.{state}", actor=log.SYSTEM, subject=subject, at=at, facts=facts
        )
    # What a person has let out goes, also while a run that nobody has looked at is held.
    return decision.verdict == "hold" and decision.because == "outbox.held.daily-cap"


def _due(company: CompanyId, at: datetime) -> Any:
    return _messages(company).filter(channel="mail", state="waiting", not_before__lte=at)


def _get(company: CompanyId, message: Message) -> models.Message:
    return models.Message.objects.select_for_update().get(company_id=company, id=message.id)


def _messages(company: CompanyId) -> Any:
    return models.Message.objects.filter(company_id=company)


def _note(company: CompanyId, code: str, row: models.Message, at: datetime, facts: dict[str, Any]) -> None:
    log.record(company=company, code=code, actor=log.SYSTEM, subject=f"message:{row.pk}", at=at, facts=facts)

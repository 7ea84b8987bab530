"""What the mail server said of notices: taken, refused, come back. Read from all orders at once, told to the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from saldo.audit.log import SYSTEM, record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.notices import settle_channels
from saldo.dunning.actions.proofs import Fate, fail_notice, let_ladder_wait_anew
from saldo.dunning.actions.tasks import drop_task
from saldo.outbox.queries import Message, find_messages, find_states, list_bounced
from saldo.parties.debtors import Debtor, list_debtors_numbered

PURPOSE = "collections"
_ON_ITS_WAY = frozenset({"waiting", "held", "sending"})
_IN_SHORT = dict.fromkeys(_ON_ITS_WAY, "waiting") | {"captured": "captured", "sent": "handed-over"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How many notices were handed over by every channel, and how many failed."""

    handed_over: int = 0
    failed: int = 0


def follow_messages(*, company: CompanyId, at: datetime) -> Followed:
    """Carry over what became of the mails of notices; told twice, it does nothing.

    A mail counts as handed over on the debtor's own day on which the server took it; one in rehearsal never does.
    """
    news = _with_news(company)
    bounced = {message.key: message for message in list_bounced(company=company, purpose=PURPOSE)}
    about = {message.about for message in bounced.values()}
    looked_at = Q(key__in=news) | Q(key__in=about, state__in=["handed-over", "proved"])
    rows = {row.key: row for row in _rows(company).filter(looked_at).select_for_update().order_by("id")}
    keys = [one["message"] for row in rows.values() for one in row.channels if one.get("message")]
    messages = find_messages(company=company, keys=keys)
    debtors = list_debtors_numbered(company=company, numbers={row.debtor for row in rows.values()})
    results = [_follow(company, row, messages | bounced, debtors.get(row.debtor), at) for row in rows.values()]
    done = Followed(handed_over=results.count("handed-over"), failed=results.count("failed"))
    if done.handed_over:
        facts = {"count": done.handed_over}
        record(company=company, code="dunning.notices-handed-over", actor=SYSTEM, subject="notices", at=at, facts=facts)
    return done


def _with_news(company: CompanyId) -> list[str]:
    """The notices that wait or failed and whose mail stands otherwise by now than they know."""
    rows = _rows(company).filter(state__in=["ordered", "failed"]).exclude(told={}).values_list("key", "channels")
    known = {one["message"]: (key, one["state"]) for key, channels in rows for one in channels if one.get("message")}
    states = find_states(company=company, keys=known)
    return [key for message, (key, state) in known.items() if _IN_SHORT.get(states.get(message, ""), "failed") != state]


def _follow(
    company: CompanyId, row: models.Notice, messages: Mapping[str, Message], debtor: Debtor | None, at: datetime
) -> str:
    zone = debtor.local_zone if debtor else "UTC"
    changed = False
    for one in row.channels:
        message = messages.get(one.get("message", ""))
        if message is None:
            continue
        seen = _seen(one, message, zone)
        if any(one.get(name) != value for name, value in seen.items()):
            one.update(seen)
            changed = True
    if not changed:
        return ""
    failed = next((one for one in row.channels if one["state"] == "failed"), None)
    if row.state == "failed" and failed is None:  # the same mail goes again, to an address that was mended
        row.state = "ordered"
        let_ladder_wait_anew(company=company, fates=[Fate(row, _day(at, zone))])
        drop_task(company=company, key=f"notice-failed:{row.key}", outcome="sent-again", by=SYSTEM, at=at)
    if failed is not None:
        fail_notice(company=company, fate=Fate(row, _day(at, zone)), code=failed["code"], by=SYSTEM, at=at)
        return "failed"
    return "handed-over" if settle_channels(company=company, row=row, by=SYSTEM, at=at) else ""


def _seen(channel: Mapping[str, Any], message: Message, zone: str) -> dict[str, Any]:
    """The state of a channel as its mail has it now."""
    if message.state in _ON_ITS_WAY:
        return {"state": "waiting"}
    if message.state == "captured":
        return {"state": "captured"}
    if message.state != "sent" or message.sent_at is None:
        code = message.code or f"dunning.mail.{message.state}"
        return {"state": "failed", "code": code, "said": message.said[:300]}
    missed = {refusal.address for refusal in message.refusals}
    if not _reached(channel, message.recipients, missed):
        refusal = message.refusals[0]
        return {"state": "failed", "code": "dunning.mail.refused", "said": refusal.said[:300]}
    return {"state": "handed-over", "on": _day(message.sent_at, zone).isoformat()}


def _reached(channel: Mapping[str, Any], recipients: Sequence[str], missed: Iterable[str]) -> bool:
    """Whether anybody got it; a final notice must reach somebody outside the customer's own mailboxes."""
    needed = [one for one in recipients if one in channel["outside"]] if channel.get("outside") else list(recipients)
    return bool(set(needed or recipients) - set(missed))


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _rows(company: CompanyId) -> Any:
    return models.Notice.objects.filter(company_id=company)

"""Money or a word was quicker than the mail: a notice that has not left yet is taken back, and told anew if need be."""

from __future__ import annotations

from decimal import Decimal

from saldo.audit.log import record
from saldo.dunning import models
from saldo.dunning.actions.notices import told_anew
from saldo.dunning.looking import Look, Seen, look_at_books
from saldo.dunning.notice_facts import KEEPS_BACK
from saldo.dunning.rules.ladder import owed_on
from saldo.outbox.actions import recall
from saldo.outbox.queries import find_messages

_HERE = frozenset({"waiting", "held"})


def recall_overtaken(*, look: Look, by: str) -> int:
    """Take back notices whose mail is still here while what they ask for has changed; returns how many.

    Each is ordered anew, to be written from what is so now, or not at all. A letter that was posted is out.
    """
    rows = models.Notice.objects.filter(company_id=look.company, state="ordered").exclude(told={})
    waiting = [row for row in rows.select_for_update().order_by("id") if _has_mail(row)]
    keys = [f"{row.key}:mail" for row in waiting]
    messages = find_messages(company=look.company, keys=keys)
    here = [row for row in waiting if (one := messages.get(f"{row.key}:mail")) and one.state in _HERE]
    if not here:
        return 0
    seen = {one.item.item: one for one in look_at_books(look, sorted({row.debtor for row in here}))}
    overtaken = [row for row in here if not _is_gone(row) and _has_changed(row, seen)]
    for row in overtaken:
        recall(company=look.company, about=row.key, by=by, at=look.at)
        models.Task.objects.filter(company_id=look.company, key=f"letter:{row.key}", done_at__isnull=True).update(
            done_at=look.at, done_by=by, outcome="overtaken"
        )
        fresh = told_anew(row, on=row.on, by=by, at=look.at)
        fresh.save()
        row.state = "recalled"
        row.save(update_fields=["state"])
        facts = {"as": fresh.key}
        record(
            company=look.company, code="dunning.notice-overtaken", actor=by, subject=row.key, at=look.at, facts=facts
        )
    return len(overtaken)


def _has_mail(row: models.Notice) -> bool:
    return any(one["channel"] == "mail" for one in row.channels)


def _is_gone(row: models.Notice) -> bool:
    return any(one["state"] == "handed-over" for one in row.channels)


def _has_changed(row: models.Notice, seen: dict[str, Seen]) -> bool:
    for item in row.items:
        now = seen.get(item["item"])
        if now is None or now.standing.step != row.step or now.decision.because in KEEPS_BACK:
            return True
        if owed_on(now.facts, now.today) != Decimal(item["owed"]):
            return True
    return False

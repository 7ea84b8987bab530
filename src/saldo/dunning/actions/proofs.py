"""What a notice's fate means for its items: proved, its days begin to run; come back, the ladder waits.

Only items that still stand on the notice's step are touched, each at most as often as it stands there: what was paid,
or has gone on and come back since, has a notice of its own (lessons A 15, 16, 22).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.tasks import open_task

_STANDING = """
FROM unnest(%(items)s::text[], %(steps)s::text[], %(begun)s::date[], %(days)s::date[]) AS told (item, step, begun, day)
WHERE c.company_id = %(company)s AND c.item = told.item AND c.step = told.step AND c.since <= told.begun
"""
_PROVE = f"""
UPDATE dunning_collected c SET proved_on = told.day, notice_failed = false, look_again_on = told.day
{_STANDING} AND (c.proved_on IS NULL OR c.notice_failed)
"""  # noqa: S608 — words of our own alone
_FAIL = f"""
UPDATE dunning_collected c SET proved_on = NULL, notice_failed = true, look_again_on = told.day {_STANDING}
"""  # noqa: S608 — words of our own alone
_MEND = f"""
UPDATE dunning_collected c SET proved_on = NULL, notice_failed = false, look_again_on = told.day {_STANDING}
"""  # noqa: S608 — words of our own alone


@dataclass(frozen=True, slots=True)
class Fate:
    """A notice and the debtor's own day on which it was proved, failed or begun anew."""

    notice: models.Notice
    on: date


def begin_notice_days(*, company: CompanyId, fates: Iterable[Fate]) -> int:
    """Let the days of these notices run for their items that still wait for it; returns how many items."""
    return _update(_PROVE, company, list(fates))


def hold_ladder(*, company: CompanyId, fates: Iterable[Fate]) -> int:
    """Let the items of these notices wait until a person has mended what failed; returns how many items."""
    return _update(_FAIL, company, list(fates))


def let_ladder_wait_anew(*, company: CompanyId, fates: Iterable[Fate]) -> int:
    """The step is told again: its items wait for the new proof, no longer for a person."""
    return _update(_MEND, company, list(fates))


def fail_notice(
    *, company: CompanyId, fate: Fate, code: str, by: str, at: datetime, kind: str = "notice-failed"
) -> None:
    """A notice came back, was refused or has nobody to go to: it is failed, its ladder waits, a person has work."""
    notice = fate.notice
    notice.state = "failed"
    notice.save(update_fields=["state", "channels", "told", "items", "owed", "language"])
    hold_ladder(company=company, fates=[fate])
    facts = {"notice": notice.key, "step": notice.step, "letter": notice.letter, "because": code}
    open_task(
        company=company,
        key=f"{kind}:{notice.key}",
        kind=kind,
        debtor=notice.debtor,
        items=[one["item"] for one in notice.items],
        facts=facts | {"currency": notice.currency, "owed": f"{notice.owed:f}"},
        due_on=fate.on,
        at=at,
    )
    record(company=company, code="dunning.notice-failed", actor=by, subject=notice.key, at=at, facts={"because": code})


def _update(sql: str, company: CompanyId, fates: Sequence[Fate]) -> int:
    rows = [(one["item"], fate.notice.step, fate.notice.on, fate.on) for fate in fates for one in fate.notice.items]
    if not rows:
        return 0
    items, steps, begun, days = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company, "items": items, "steps": steps, "begun": begun, "days": days})
        return int(cursor.rowcount)

"""Steps that a person lets happen: released, and decided again under the lock; or refused, with a reason and a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.moving import Carried, move_items
from saldo.dunning.actions.touching import touch
from saldo.dunning.looking import Look


class UnableToRelease(Refused):
    """A step that waits for nobody's release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What came of a release: what was carried out, and how many items had no such step to begin any more."""

    carried: Carried
    asked: int

    @property
    def overtaken(self) -> int:
        """Items that something kept back, cleared or moved otherwise since the step was proposed."""
        return self.asked - sum(self.carried.moved.values())


def release_steps(*, look: Look, items: Collection[str], by: str) -> Released:
    """Let the proposed steps of these items happen, as far as they would still begin (capability dunning.release).

    Refuses (UnableToRelease): dunning.release.nothing-proposed, where none of them waits.
    """
    waiting = _waiting(look.company, items)
    carried = move_items(look=look, items=waiting, by=by, released=waiting)
    facts = {"items": len(waiting), "first": waiting[0], "moved": dict(carried.moved)}
    record(company=look.company, code="dunning.released", actor=by, subject="round", at=look.at, facts=facts)
    return Released(carried=carried, asked=len(waiting))


def refuse_steps(
    *, company: CompanyId, items: Collection[str], reason: str, until: date | None, by: str, today: date, at: datetime
) -> int:
    """Do not let the proposed steps of these items happen: each is held until the day, or until that is ended.

    Returns how many. Refuses (UnableToRelease): dunning.release.nothing-proposed, .reason-missing, .until-past.
    """
    if not reason.strip():
        raise UnableToRelease(code="dunning.release.reason-missing")
    if until is not None and until < today:
        raise UnableToRelease(code="dunning.release.until-past", facts={"until": until.isoformat()})
    waiting = _waiting(company, items)
    rows = list(models.Collected.objects.select_for_update().filter(company_id=company, item__in=waiting))
    holds = [
        models.Hold(
            company_id=company,
            debtor=row.debtor,
            item=row.item,
            reason=reason.strip(),
            until=until,
            placed_on=today,
            placed_at=at,
            placed_by=by,
        )
        for row in rows
    ]
    models.Hold.objects.bulk_create(holds, batch_size=1000)
    steps = sorted({row.proposed for row in rows})
    models.Collected.objects.filter(company_id=company, item__in=waiting).update(proposed="")
    facts = {"items": len(waiting), "first": waiting[0], "steps": steps, "reason": reason.strip()[:500]}
    facts |= {"until": until.isoformat() if until else None}
    record(company=company, code="dunning.release-refused", actor=by, subject="round", at=at, facts=facts)
    touch(company=company, debtors={row.debtor for row in rows}, on=today)
    return len(rows)


def _waiting(company: CompanyId, items: Collection[str]) -> list[str]:
    rows = models.Collected.objects.filter(company_id=company, item__in=set(items)).exclude(proposed="")
    found = list(rows.order_by("item").values_list("item", flat=True))
    if not found:
        raise UnableToRelease(code="dunning.release.nothing-proposed", facts={"count": len(set(items))})
    return found

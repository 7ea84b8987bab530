"""Going on where the old tool stood: items taken over keep step, dispute and promise (practice 11). Never from the
start, never a jump: a step that no policy here knows keeps its item back until a person says which one it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.candidates import Candidate, these
from saldo.dunning.looking import Look
from saldo.dunning.policies import Pin
from saldo.dunning.rules.policy import CLEAR, Policy, Step
from saldo.ledger.openings import TakenOver

TAKEN_OVER = "taken-over"
_ONCE_SENT = ("none", "handed-over")
"""Proofs that the old tool's last notice gives: that it left the house."""


class UnableToPlace(Refused):
    """An item that is not put on a step by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOn:
    """How many items went on at a step, how many wait for review, and what came with them."""

    at_step: int = 0
    to_review: int = 0
    disputes: int = 0
    promises: int = 0


def take_on(*, look: Look, rows: Sequence[TakenOver], by: str) -> TakenOn:
    """Write where items taken over stand, what of them is contested and promised; what stands already is left alone."""
    told = [row for row in rows if row.open > 0]
    known = {one.item: one for one in these(company=look.company, items=[row.item for row in told])}
    disputes = _write_disputes(look, [row for row in told if row.dispute_amount and row.item in known], known, by)
    promises = _write_promises(look, [row for row in told if row.promise_amount and row.promise_until], by)
    stepped = [row for row in told if row.step.strip() and row.item in known]
    placed = _place(look, stepped, known)
    done = TakenOn(at_step=len(stepped) - placed, to_review=placed, disputes=disputes, promises=promises)
    if stepped or disputes or promises:
        facts = {"items": len(stepped), "to_review": placed, "disputes": disputes, "promises": promises}
        record(company=look.company, code="dunning.taken-on", actor=by, subject="round", at=look.at, facts=facts)
    return done


def adopt(*, look: Look, by: str) -> int:
    """Items taken over before any policy held for them come under the one that holds now; returns how many."""
    rows = models.Collected.objects.filter(company_id=look.company, policy="").exclude(step=CLEAR)
    waiting = {row.item: row for row in rows.order_by("id")}
    adopted = 0
    for one in these(company=look.company, items=list(waiting)):
        pin, policy = _holding(look, one)
        if policy is None or pin is None:
            continue
        row = waiting[one.item]
        _stand(look, row, policy, pin, since=row.since, sent_on=row.proved_on)
        row.save()
        adopted += 1
    if adopted:
        facts = {"items": adopted}
        record(company=look.company, code="dunning.adopted", actor=by, subject="round", at=look.at, facts=facts)
    return adopted


def place_on_step(*, look: Look, item: str, step: str, by: str) -> None:
    """A person says on which step of its policy an item stands that came with a step nobody knows here.

    The notice of that step runs anew from today. Refuses (UnableToPlace): dunning.place.unknown-item, .is-placed,
    .unknown-step.
    """
    row = models.Collected.objects.select_for_update().filter(company_id=look.company, item=item).first()
    (one,) = these(company=look.company, items=[item]) or (None,)
    if row is None or one is None:
        raise UnableToPlace(code="dunning.place.unknown-item", facts={"item": item})
    pin, policy = _holding(look, one)
    if policy is None or pin is None or row.step == CLEAR or row.step in policy.step_by_code:
        raise UnableToPlace(code="dunning.place.is-placed", facts={"item": item})
    if step not in policy.step_by_code:
        raise UnableToPlace(code="dunning.place.unknown-step", facts={"step": step})
    before, row.step = row.step, step
    today = look.today_of(one)
    _stand(look, row, policy, pin, since=row.since or today, sent_on=today)
    row.save()
    models.Task.objects.filter(company_id=look.company, key=_review_key(item), done_at__isnull=True).update(
        done_at=look.at, done_by=by, outcome=step
    )
    facts = {"item": item, "before": before, "step": step}
    record(
        company=look.company, code="dunning.placed", actor=by, subject=f"debtor:{row.debtor}", at=look.at, facts=facts
    )


def give_back(*, company: CompanyId, items: Collection[str], by: str, today: date, at: datetime) -> None:
    """What was taken over is given back: it stands nowhere any more, its disputes and promises hold no more."""
    keys = list(items)
    models.Collected.objects.filter(company_id=company, item__in=keys).delete()
    disputes = models.Dispute.objects.filter(company_id=company, item__in=keys, closed_on__isnull=True)
    disputes.update(closed_on=today, closed_by=by, outcome="partly")
    for row in models.Promise.objects.filter(company_id=company, state="open"):
        if row.items and set(row.items) <= set(keys):
            row.state, row.settled_on = "withdrawn", today
            row.save(update_fields=["state", "settled_on"])
    tasks = models.Task.objects.filter(company_id=company, key__in=map(_review_key, keys), done_at__isnull=True)
    tasks.update(done_at=at, done_by=by, outcome="given-back")
    facts = {"items": len(keys)}
    record(company=company, code="dunning.given-back", actor=by, subject="round", at=at, facts=facts)


def _place(look: Look, rows: Iterable[TakenOver], known: Mapping[str, Candidate]) -> int:
    """Write the standing of each; returns how many stand on a step that their policy does not know."""
    there = set(models.Collected.objects.filter(company_id=look.company).filter(item__in=known).values_list("item"))
    made, unknown = [], 0
    for row in rows:
        if (row.item,) in there:
            continue
        pin, policy = _holding(look, known[row.item])
        standing = models.Collected(
            company_id=look.company,
            item=row.item,
            debtor=row.debtor,
            currency=row.currency,
            step=_code_of(row.step),
            policy="",
            version=0,
            owed=row.open,
            decided_at=look.at,
            because=TAKEN_OVER,
            facts={"step": row.step, "last_notice": row.last_notice, "on": _text(row.last_notice_on)},
        )
        sent_on = row.last_notice_on or row.as_of  # unknown: the notice runs from the day of taking over
        standing.since = standing.proved_on = sent_on
        if policy is not None and pin is not None:
            unknown += not _stand(look, standing, policy, pin, since=sent_on, sent_on=sent_on)
        made.append(standing)
    models.Collected.objects.bulk_create(made, batch_size=1000)
    return unknown


def _stand(
    look: Look, row: models.Collected, policy: Policy, pin: Pin, *, since: date | None, sent_on: date | None
) -> bool:
    """Put a row under a policy; False where that knows no such step: a person is asked, and until then it waits."""
    row.policy, row.version, row.since = pin[0], pin[1], since
    row.look_again_on = row.decided_on = look.day_of(look.zone)
    step = policy.step_by_code.get(row.step)
    row.proved_on = sent_on if step is not None and _proves(step) else None
    if step is None:
        _ask_for_review(look, row)
    return step is not None


def _proves(step: Step) -> bool:
    return step.proof in _ONCE_SENT


def _ask_for_review(look: Look, row: models.Collected) -> None:
    models.Task.objects.get_or_create(
        company_id=look.company,
        key=_review_key(row.item),
        defaults={
            "kind": "review",
            "debtor": row.debtor,
            "items": [row.item],
            "facts": {"because": "step-unknown", "step": row.step, "currency": row.currency},
            "due_on": look.day_of(look.zone),
            "opened_at": look.at,
        },
    )


def _write_disputes(look: Look, rows: Sequence[TakenOver], known: Mapping[str, Candidate], by: str) -> int:
    items = [row.item for row in rows]
    there = set(models.Dispute.objects.filter(company_id=look.company, item__in=items).values_list("item", flat=True))
    made = [
        models.Dispute(
            company_id=look.company,
            debtor=row.debtor,
            item=row.item,
            disputed=min(row.dispute_amount or Decimal(0), known[row.item].open),
            reason=row.dispute_reason or TAKEN_OVER,
            raised_on=row.dispute_since or row.as_of,
            raised_at=look.at,
            raised_by=by,
        )
        for row in rows
        if row.item not in there
    ]
    return len(models.Dispute.objects.bulk_create(made, batch_size=1000))


def _write_promises(look: Look, rows: Sequence[TakenOver], by: str) -> int:
    debtors = {row.debtor for row in rows}
    kept = models.Promise.objects.filter(company_id=look.company, debtor__in=debtors).values_list("items", flat=True)
    there = {item for items in kept for item in items}
    made = [
        models.Promise(
            company_id=look.company,
            debtor=row.debtor,
            currency=row.currency,
            promised=row.promise_amount or Decimal(0),
            until=row.promise_until or row.as_of,
            items=[row.item],
            note=TAKEN_OVER,
            taken_on=row.as_of,
            taken_at=look.at,
            taken_by=by,
        )
        for row in rows
        if row.item not in there
    ]
    return len(models.Promise.objects.bulk_create(made, batch_size=1000))


def _holding(look: Look, one: Candidate) -> tuple[Pin | None, Policy | None]:
    pin = look.shelf.holding(item=one.item, debtor=one.debtor, segment=one.segment)
    return pin, look.shelf.of(pin)


def _code_of(step: str) -> str:
    """The old tool's word as a code would be written: the same word in another case is the same step."""
    return "-".join(step.casefold().replace("_", " ").split())


def _review_key(item: str) -> str:
    return f"review:opening:{item}"


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""

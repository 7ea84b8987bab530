"""A document that replaces another takes its place in collections: same step, same days (practice 9)."""

from __future__ import annotations

from datetime import date, datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.ledger.queries import find_items

REISSUED = "reissued"


def inherit_standing(*, company: CompanyId, old: str, new: str, by: str, today: date, at: datetime) -> bool:
    """Let item ``new`` go on where ``old`` stood, with its holds, promises and, for the same sum, its disputes.

    Only where both are due on the same day: another due day was chosen to begin anew. Returns whether it did.
    """
    items = find_items(company=company, keys=[old, new])
    if len(items) < 2 or items[old].due_on != items[new].due_on:
        return False
    _hand_on(company, old, new, is_same=items[old].original == items[new].original, by=by, today=today)
    row = models.Collected.objects.select_for_update().filter(company_id=company, item=old).first()
    if row is None or (row.step == "clear" and not row.left):
        return False
    kept = (
        "debtor",
        "currency",
        "policy",
        "version",
        "step",
        "since",
        "proved_on",
        "notice_failed",
        "left",
        "reviewed",
    )
    models.Collected.objects.update_or_create(
        company_id=company,
        item=new,
        defaults={name: getattr(row, name) for name in kept}
        | {"because": REISSUED, "facts": {"before": old}, "owed": items[new].open, "proposed": ""}
        | {"decided_on": today, "decided_at": at, "look_again_on": today},
    )
    step = row.step
    row.step, row.left, row.since, row.proved_on, row.proposed = "clear", "", today, None, ""
    row.because, row.facts, row.owed, row.look_again_on = REISSUED, {"after": new}, 0, None
    row.save()
    facts = {"before": old, "after": new, "step": step}
    record(company=company, code="dunning.inherited", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    return True


def _hand_on(company: CompanyId, old: str, new: str, *, is_same: bool, by: str, today: date) -> None:
    models.Hold.objects.filter(company_id=company, item=old, ended_on__isnull=True).update(item=new)
    models.PaymentInFlight.objects.filter(company_id=company, item=old, state="pending").update(item=new)
    disputes = models.Dispute.objects.filter(company_id=company, item=old, closed_on__isnull=True)
    if is_same:
        disputes.update(item=new)
    else:  # what was contested is what was corrected
        disputes.update(closed_on=today, closed_by=by, outcome="theirs")
    for row in models.Promise.objects.filter(company_id=company, state="open", items__contains=[old]):
        row.items = [new if item == old else item for item in row.items]
        row.save(update_fields=["items"])

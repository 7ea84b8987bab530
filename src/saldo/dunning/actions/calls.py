"""Talks with debtors: who was reached and what was said; a step that asks for a spoken word is proved by it."""

from __future__ import annotations

from datetime import date, datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.notices import record_proof
from saldo.parties.debtors import get_debtor

OUTCOMES = ("reached", "no-answer", "wrong-number", "message-left")


class UnableToRecordCall(Refused):
    """A call that says nothing."""


def record_call(
    *,
    company: CompanyId,
    debtor: str,
    outcome: str,
    on: date,
    by: str,
    at: datetime,
    spoken_with: str = "",
    note: str = "",
    notice: str = "",
) -> None:
    """Write down a call; with ``notice`` and somebody reached, that notice is proved by the spoken word.

    Refuses (UnableToRecordCall): dunning.call.unknown-outcome, .nobody-named (reached, but whom?); (UnableToName)
    parties.debtor.unknown; (UnableToRecordNotice) as `record_proof`.
    """
    get_debtor(company=company, number=debtor)
    if outcome not in OUTCOMES:
        raise UnableToRecordCall(code="dunning.call.unknown-outcome", facts={"outcome": outcome})
    if outcome == "reached" and not spoken_with.strip():
        raise UnableToRecordCall(code="dunning.call.nobody-named", facts={"debtor": debtor})
    row = models.Call.objects.create(
        company_id=company,
        debtor=debtor,
        outcome=outcome,
        spoken_with=spoken_with.strip(),
        note=note.strip(),
        on=on,
        made_at=at,
        made_by=by,
    )
    facts = {"outcome": outcome, "call": row.pk}
    record(company=company, code="dunning.called", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    if notice and outcome == "reached":
        evidence = f"call:{row.pk}"
        record_proof(company=company, notice=notice, proof="spoken", evidence=evidence, on=on, by=by, at=at)

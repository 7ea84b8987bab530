"""Recalling a wave: within the recall time its mail is stopped; numbers and postings stay, to be corrected or sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.outbox.actions import recall_all


class UnableToRecall(Refused):
    """A wave whose mail can no longer be stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What a recall came to: messages ``stopped``, messages that had ``left`` before, documents that stay issued."""

    stopped: int
    left: int
    documents: int


def recall_wave(*, company: CompanyId, wave: int, by: str, at: datetime) -> Recalled:
    """Stop the mail of a wave, all of it at once. What was issued keeps its number and stays owed (issued is issued).

    Refuses (UnableToRecall): invoicing.recall.unknown-wave, .over (the recall time has passed), .done-already.
    """
    row = models.Wave.objects.select_for_update().filter(company_id=company, id=wave).first()
    if row is None:
        raise UnableToRecall(code="invoicing.recall.unknown-wave", facts={"wave": wave})
    if row.recalled_at is not None:
        raise UnableToRecall(code="invoicing.recall.done-already", facts={"wave": wave})
    if at >= row.recall_until:
        raise UnableToRecall(code="invoicing.recall.over", facts={"wave": wave})
    rows = models.Invoice.objects.filter(company_id=company, month=row.month, wave_id=wave).exclude(number="")
    abouts = [f"invoice:{number}" for number in rows.order_by("id").values_list("number", flat=True)]
    stopped, left = recall_all(company=company, abouts=abouts, by=by, at=at) if abouts else (0, 0)
    row.recalled_at = at
    row.save(update_fields=["recalled_at"])
    facts = {"messages": stopped, "left": left, "documents": len(abouts)}
    record(company=company, code="invoicing.wave-recalled", actor=by, subject=f"wave:{wave}", at=at, facts=facts)
    return Recalled(stopped=stopped, left=left, documents=len(abouts))

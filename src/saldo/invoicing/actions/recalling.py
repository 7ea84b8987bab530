"""Recalling a wave: within the recall time its mail is stopped; numbers and postings stay, to be corrected or sent."""

from __future__ import annotations

from datetime import datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.outbox.actions import recall


class UnableToRecall(Refused):
    """A wave whose mail can no longer be stopped."""


def recall_wave(*, company: CompanyId, wave: int, by: str, at: datetime) -> int:
    """Stop the mail of a wave; returns how many messages. What was issued keeps its number (issued is issued).

    Refuses (UnableToRecall): invoicing.recall.unknown-wave, .over (the recall time has passed), .done-already.
    """
    row = models.Wave.objects.select_for_update().filter(company_id=company, id=wave).first()
    if row is None:
        raise UnableToRecall(code="invoicing.recall.unknown-wave", facts={"wave": wave})
    if row.recalled_at is not None:
        raise UnableToRecall(code="invoicing.recall.done-already", facts={"wave": wave})
    if at >= row.recall_until:
        raise UnableToRecall(code="invoicing.recall.over", facts={"wave": wave})
    numbers = models.Invoice.objects.filter(company_id=company, month=row.month, wave_id=wave).exclude(number="")
    stopped = sum(
        recall(company=company, about=f"invoice:{number}", by=by, at=at)
        for number in numbers.order_by("id").values_list("number", flat=True)
    )
    row.recalled_at = at
    row.save(update_fields=["recalled_at"])
    record(
        company=company,
        code="invoicing.wave-recalled",
        actor=by,
        subject=f"wave:{wave}",
        at=at,
        facts={"messages": stopped},
    )
    return stopped

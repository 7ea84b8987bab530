"""An installation's own history as receivables, so that a policy can be run over it."""

from __future__ import annotations

from datetime import date

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.rules.receivable import Receivable
from saldo.ledger.lives import list_receivable_lives


def list_past_receivables(*, company: CompanyId, since: date) -> tuple[Receivable, ...]:
    """Every debit since a day with the day on which it was settled; disputed: somebody disputed some of it.

    What a credit note or a write-off settled counts as settled on its day, as a payment does.
    """
    disputed = set(models.Dispute.objects.filter(company_id=company).values_list("item", flat=True))
    return tuple(
        Receivable(
            customer=one.party,
            invoice=one.key,
            currency=one.currency,
            issued_on=one.issued_on,
            due_on=one.due_on,
            value=one.original,
            settled_on=one.settled_on,
            is_disputed=one.key in disputed,
        )
        for one in list_receivable_lives(company=company, since=since)
    )

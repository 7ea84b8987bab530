"""What a wave would issue now: the drafts that nothing holds, counted and summed. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.periods import Month
from saldo.invoicing import models
from saldo.invoicing.limits import load_limit, weigh_credit
from saldo.invoicing.rules.issuing import sums_by_currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Drafts that a wave would issue, and what they come to."""

    count: int
    totals: Mapping[str, Decimal]
    drafts: tuple[int, ...]


def list_waiting(*, company: CompanyId, month: Month, today: date, debtors: Sequence[str] | None = None) -> Waiting:
    """The drafts of a month that nothing holds; credit notes over the limit wait for a second person.

    ``today`` is the day whose exchange rates compare a credit in another currency with the limit.
    """
    rows = models.Invoice.objects.filter(
        company_id=company, month=month.starts_on, number="", held_because="", wave__isnull=True
    )
    if debtors is not None:
        rows = rows.filter(debtor__in=debtors)
    columns = ("id", "currency", "gross", "kind", "mirrors", "origin")
    drafts = list(rows.order_by("debtor", "id").values_list(*columns))
    limit = load_limit(company=company, on=today, currencies={row[1] for row in drafts if row[3] == "credit-note"})
    found = [
        (key, currency, gross)
        for key, currency, gross, kind, mirrors, origin in drafts
        if kind != "credit-note"
        or limit.allows(weigh_credit(company=company, gross=gross, credits=mirrors, origin=origin), currency)
    ]
    return Waiting(
        count=len(found),
        totals=sums_by_currency([(currency, gross) for _, currency, gross in found]),
        drafts=tuple(key for key, _, _ in found),
    )


def texts(totals: Mapping[str, Decimal]) -> dict[str, str]:
    """Sums as they are kept and shown."""
    return {currency: amount_text(value, currency) for currency, value in totals.items()}

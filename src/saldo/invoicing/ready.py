"""What a wave would issue now: the drafts that nothing holds, counted and summed. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

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
    rows = _unheld(company, month)
    if debtors is not None:
        rows = rows.filter(debtor__in=debtors)
    found = _issuable(company, today, rows)
    return Waiting(
        count=len(found),
        totals=sums_by_currency([(currency, gross) for _, currency, gross in found]),
        drafts=tuple(key for key, _, _ in found),
    )


def sum_waiting(*, company: CompanyId, month: Month, today: date) -> Waiting:
    """The same counted and summed for a page, without the keys: credit notes alone are read one by one."""
    plain = _unheld(company, month).exclude(kind="credit-note").order_by()
    sums = list(plain.values_list("currency").annotate(Count("id"), Sum("gross")))
    credits = _issuable(company, today, _unheld(company, month).filter(kind="credit-note"))
    parts = [(currency, gross) for currency, _, gross in sums] + [(currency, gross) for _, currency, gross in credits]
    count = sum(number for _, number, _ in sums) + len(credits)
    return Waiting(count=count, totals=sums_by_currency(parts), drafts=())


def _unheld(company: CompanyId, month: Month) -> QuerySet[models.Invoice]:
    return models.Invoice.objects.filter(
        company_id=company, month=month.starts_on, number="", held_because="", wave__isnull=True
    )


def _issuable(company: CompanyId, today: date, rows: QuerySet[models.Invoice]) -> list[tuple[int, str, Decimal]]:
    """Key, currency and gross of those that may go, by debtor."""
    columns = ("id", "currency", "gross", "kind", "mirrors", "origin")
    drafts = list(rows.order_by("debtor", "id").values_list(*columns))
    limit = load_limit(company=company, on=today, currencies={row[1] for row in drafts if row[3] == "credit-note"})
    return [
        (key, currency, gross)
        for key, currency, gross, kind, mirrors, origin in drafts
        if kind != "credit-note"
        or limit.allows(weigh_credit(company=company, gross=gross, credits=mirrors, origin=origin), currency)
    ]


def texts(totals: Mapping[str, Decimal]) -> dict[str, str]:
    """Sums as they are kept and shown."""
    return {currency: amount_text(value, currency) for currency, value in totals.items()}

"""How much one person gives back alone: counted per document, compared in the company's own currency. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.agreements.queries import load_rates
from saldo.agreements.rules.exchange import NO_RATES, Rates, is_within
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.invoicing import models
from saldo.invoicing.nets import sum_credited
from saldo.invoicing.settings import get_settings
from saldo.parties.queries import list_companies


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimit:
    """What one person may give back alone, in the company's ``currency``, with the rates of a day to compare by."""

    value: Decimal
    currency: str
    rates: Rates
    on: date

    def allows(self, given: Decimal, currency: str) -> bool:
        """Whether one person may give so much; never where no rate is known."""
        return is_within(
            value=given, currency=currency, limit=self.value, limit_currency=self.currency, rates=self.rates, on=self.on
        )


def load_limit(*, company: CompanyId, on: date, currencies: Iterable[str]) -> CreditLimit:
    """The company's limit for credits, with what is needed to compare amounts in these currencies on a day."""
    own = next(one.currency for one in list_companies() if one.id == company)
    needs_rates = bool(set(currencies) - {own})
    return CreditLimit(
        value=get_settings(company=company).credit_limit,
        currency=own,
        rates=load_rates(company, on, on) if needs_rates else NO_RATES,
        on=on,
    )


def weigh_credit(*, company: CompanyId, gross: Decimal, credits: str, origin: str) -> Decimal:
    """What a draft of a credit note weighs against the limit; a person's, all that persons gave of its document."""
    if origin != "person" or not credits:
        return abs(gross)
    return max(abs(gross), sum_given(company=company, number=credits))


def sum_given(*, company: CompanyId, number: str, with_waiting: bool = True) -> Decimal:
    """What persons gave back so far of a document and of those that it replaces, tax included, in its currency.

    Credit notes that wait count, unless told otherwise, and so does every lower price of a correction: a large gift is
    not passed in small ones.
    """
    row = models.Invoice.objects.get(company_id=company, number=number)
    given, gross = _credited(company, number, with_waiting), row.gross
    while row.replaces:
        row = models.Invoice.objects.get(company_id=company, number=row.replaces)
        given += _credited(company, row.number, with_waiting)
    return given + row.gross - gross


def _credited(company: CompanyId, number: str, with_waiting: bool) -> Decimal:
    return sum_credited(company=company, number=number, with_waiting=with_waiting).get(number, ZERO)

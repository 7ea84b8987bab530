"""How a document that exists would be taxed for other particulars of its buyer. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from saldo.agreements.queries import is_valid_vat_id, load_rates, load_tax
from saldo.agreements.rules.exchange import Rate, UnableToConvert, convert, round_exact
from saldo.agreements.rules.tax import TaxFacts, Treatment, tax_in_own_currency, treat
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.invoicing import models
from saldo.invoicing.queries import Invoice

DECIDE_TAX = frozenset({"country", "vat_id"})
"""The particulars of a buyer on which its tax treatment depends."""


def treat_anew(*, company: CompanyId, found: Invoice, buyer: Mapping[str, Any]) -> Treatment:
    """The treatment of a document for these particulars, on the day that its month ended, as `inputs.frame_of` does.

    Refuses (UnableToTreat): agreements.tax.unknown.
    """
    own, on, book = str(found.seller.get("country") or ""), found.month.ends_on, load_tax(company)
    country, vat_id = str(buyer.get("country") or own).upper(), str(buyer.get("vat_id") or "")
    facts = TaxFacts(country, bool(vat_id) and is_valid_vat_id(vat_id, country), book.profile_of(found.debtor, on))
    return treat(own, facts, on=on, book=book)


def tax_at_home(*, company: CompanyId, found: Invoice, row: models.Invoice) -> dict[str, Any]:
    """What a document's terms say of its tax in the seller's currency; nothing where it is in that currency already.

    The rate is that of the document that it corrects; where that had no tax to convert, the rate of its month's end.
    """
    terms = {name: said for name, said in row.terms.items() if name not in _SAID_AT_HOME}
    own = str(row.seller.get("currency") or "")
    if not own or own == row.currency or not row.tax:
        return terms
    kept, on = row.terms.get("tax_in_own_currency"), found.month.ends_on
    if kept:
        rate = Rate(row.currency, own, date.fromisoformat(kept["on"]), Decimal(kept["rate"]), "")
        amount = round_exact(convert(Fraction(row.tax), rate), own)
        return terms | {"tax_in_own_currency": dict(kept) | {"tax": amount_text(amount, own)}}
    try:
        shown = tax_in_own_currency(
            tax=row.tax, currency=row.currency, own_currency=own, rates=load_rates(company, on, on), on=on
        )
    except UnableToConvert as refused:
        return terms | {"tax_in_own_currency": None, "own_currency_missing": refused.code}
    assert shown is not None  # the currencies differ
    rate = shown.rate
    said = {"currency": own, "tax": amount_text(shown.amount, own), "rate": f"{rate.rate}", "on": f"{rate.on}"}
    return terms | {"tax_in_own_currency": said}


_SAID_AT_HOME = frozenset({"tax_in_own_currency", "own_currency_missing"})

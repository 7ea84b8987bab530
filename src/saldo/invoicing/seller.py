"""Whether our own particulars are complete enough for the papers that are about to be issued. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from saldo.core.identity import CompanyId
from saldo.invoicing.rules.seller import Missing, list_missing
from saldo.parties.debtors import get_particulars, list_bank_accounts


def find_missing(*, company: CompanyId, currencies: Collection[str], on: date) -> tuple[Missing, ...]:
    """What our papers would lack on a day for documents in these currencies, what the law demands first."""
    said = get_particulars(company=company)
    accounts = list_bank_accounts(company=company, usable_on=on)
    return list_missing(
        country=said.country,
        said={name: getattr(said, name) for name in ("street", "postcode", "city", "vat_id")},
        payable_in={account.currency for account in accounts},
        can_be_paid=any(account.iban for account in accounts),
        currencies=currencies,
    )

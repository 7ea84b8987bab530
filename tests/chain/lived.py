"""A partner who lived a month, and whose second month may be lived again and again: what is done to it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

from django.db import transaction

from saldo.agreements.actions import set_price_rule
from saldo.agreements.rules.prices import PriceRule
from saldo.core.periods import Month
from saldo.flows.month_close import Closed
from saldo.parties.actions import found_company
from saldo.parties.billing_actions import approve_bank_account, propose_bank_account
from saldo.parties.company import company_context
from tests.chain.year import IBAN, Year, check_all
from tests.conftest import NOW

END = date(2027, 12, 31)


def a_partner(folder: Path, *, customers: int = 8, months: int = 2, seed: int = 11) -> Year:
    """Everybody pays a fifth more than we do; an account of ours is agreed to."""
    at = NOW.replace(year=2025)
    company = found_company(name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=at)
    year = Year(company=company, folder=folder, customers=customers, months=months)
    year.deliver(seed=seed)
    everybody = PriceRule(
        code="everybody",
        version=1,
        level="company",
        method="markup-on-cost",
        value={"percent": "20"},
        starts_on=date(2024, 1, 1),
    )
    with company_context(company):
        set_price_rule(company=company, rule=everybody, by="user:1", at=at)
        propose_bank_account(company=company, code="main", name="Main", currency="SEK", iban=IBAN, by="user:1", at=at)
        approve_bank_account(company=company, code="main", by="user:2", at=at)
    return year


def live_month(year: Year, month: Month) -> Closed:
    """Import, close, credit; all laws hold."""
    assert {result.state for result in year.take_in(month)} == {"accepted"}
    closed = year.close(month)
    year.credit(month)
    check_all(year.company, END)
    return closed


def live_whole_month(year: Year, month: Month) -> Closed:
    """As `live_month`, and the customers pay."""
    closed = live_month(year, month)
    year.pay(month, late=Random("late"))
    check_all(year.company, END)
    return closed


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves no trace in the database."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)

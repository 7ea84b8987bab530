"""Faults in what is agreed: a wrong price, a rule for the wrong product, a currency without rate, an unknown tax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from saldo.agreements.actions import set_price_rule, set_tax_profile, set_terms
from saldo.agreements.rules.prices import PriceRule
from saldo.agreements.rules.tax import TaxProfile
from saldo.agreements.rules.terms import Terms
from saldo.parties.company import company_context
from tests.chain.delivered import Delivered, Row
from tests.chain.findings import Finding
from tests.chain.year import Year, rows
from tests.conftest import NOW

SINCE = date(2026, 1, 1)


@dataclass(slots=True)
class Agreed:
    """A partner whose agreements may be damaged before a month is closed."""

    year: Year
    files: Delivered
    random: Random

    def seats(self) -> Row:
        """A line of seats that is charged; the dearest of its customer, so that nothing else outweighs it."""
        lines = [row for row in self.files.rows("charges") if row["ChargeType"] in ("cycleCharge", "renew", "new")]
        whose = self.random.choice(sorted({row["CustomerId"] for row in lines}))
        return max((row for row in lines if row["CustomerId"] == whose), key=lambda row: Decimal(row["Subtotal"]))

    def debtor_of(self, row: Row) -> str:
        """Who pays for a line's customer."""
        with company_context(self.year.company):
            return rows(
                "SELECT d.number FROM parties_customer c JOIN parties_debtor d ON d.id = c.debtor_id"
                " WHERE c.company_id = %s AND c.key = %s",
                self.year.company,
                row["CustomerId"],
            )[0][0]

    def agree(self, **changes: Any) -> None:
        """One more rule."""
        said = {"code": "fault", "version": 1, "level": "company", "starts_on": SINCE, "reaches": "from-date"} | changes
        with company_context(self.year.company):
            set_price_rule(company=self.year.company, rule=PriceRule(**said), by="user:1", at=NOW)


Harm = Callable[[Agreed], set[Finding]]


@dataclass(frozen=True, slots=True)
class SettingFault:
    """A kind of fault, how it is made, and at how many places it is tried."""

    name: str
    harm: Harm
    places: int = 1


def price_too_low(agreed: Agreed) -> set[Finding]:
    """A price with the point in the wrong place."""
    row = agreed.seats()
    price = f"{Decimal(row['UnitPrice']) / 100:.2f}"
    agreed.agree(product=row["ProductId"], method="fixed-price", value={"price": price}, currency="SEK")
    return {Finding("margin", "negative", row["ProductId"])}


def markup_below_nothing(agreed: Agreed) -> set[Finding]:
    row = agreed.seats()
    debtor = agreed.debtor_of(row)
    agreed.agree(level="debtor", target=debtor, method="markup-on-cost", value={"percent": "-20"})
    return {Finding("margin", "negative", debtor)}


def discount_too_deep(agreed: Agreed) -> set[Finding]:
    row = agreed.seats()
    debtor = agreed.debtor_of(row)
    agreed.agree(level="debtor", target=debtor, method="discount-from-list", value={"percent": "90"})
    return {Finding("margin", "negative", debtor)}


def price_of_another_product(agreed: Agreed) -> set[Finding]:
    """The price of the cheapest product was agreed for a dearer one."""
    row = agreed.seats()
    cheapest = min(Decimal(one["UnitPrice"]) for one in agreed.files.rows("charges") if Decimal(one["UnitPrice"]) > 0)
    price = f"{cheapest:.2f}"
    agreed.agree(product=row["ProductId"], method="fixed-price", value={"price": price}, currency="SEK")
    return {Finding("margin", "negative", row["ProductId"])}


def price_without_rate(agreed: Agreed) -> set[Finding]:
    """A price in a currency that nobody has a rate for: held, never guessed."""
    row = agreed.seats()
    agreed.agree(product=row["ProductId"], method="fixed-price", value={"price": "30.00"}, currency="USD")
    return {Finding("bucket", "held agreements.rate.none", row["ProductId"])}


def not_billed(agreed: Agreed) -> set[Finding]:
    row = agreed.seats()
    debtor = agreed.debtor_of(row)
    agreed.agree(level="debtor", target=debtor, method="not-billed", value={"reason": "own use"})
    return {Finding("leak-of", "not-billed invoicing.line.not-billed-by-rule", row["CustomerId"])}


def terms_in_another_currency(agreed: Agreed) -> set[Finding]:
    row = agreed.seats()
    terms = Terms(debtor=agreed.debtor_of(row), starts_on=SINCE, currency="EUR")
    with company_context(agreed.year.company):
        set_terms(company=agreed.year.company, terms=terms, by="user:1", at=NOW)
    return {Finding("leak-of", "held agreements.rate.none", row["CustomerId"])}


def expired_certificate(agreed: Agreed) -> set[Finding]:
    """A customer is exempt from tax, and the certificate has run out."""
    row = agreed.seats()
    debtor = agreed.debtor_of(row)
    until = date(2026, 1, 31)
    profile = TaxProfile(debtor=debtor, starts_on=SINCE, treatment="exempt", certificate="C-1", certificate_until=until)
    with company_context(agreed.year.company):
        set_tax_profile(company=agreed.year.company, profile=profile, by="user:1", at=NOW)
    return {Finding("document", "agreements.tax.certificate-expired", debtor)}


SETTING_FAULTS = (
    SettingFault("a price is a hundred times too low", price_too_low, places=4),
    SettingFault("a markup is below nothing", markup_below_nothing, places=3),
    SettingFault("a discount is too deep", discount_too_deep, places=3),
    SettingFault("a price is another product's", price_of_another_product, places=3),
    SettingFault("a price has no exchange rate", price_without_rate, places=2),
    SettingFault("a rule leaves a customer unbilled", not_billed, places=2),
    SettingFault("a customer's currency has no exchange rate", terms_in_another_currency, places=2),
    SettingFault("a certificate of exemption has run out", expired_certificate, places=2),
)

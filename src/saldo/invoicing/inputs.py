"""Everything a month is drafted from, read once: agreements, rates, fees, decisions, who pays for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.agreements.queries import (
    is_valid_vat_id,
    list_service_fees,
    load_rates,
    load_rule_book,
    load_tax,
    load_terms,
)
from saldo.agreements.rules.exchange import Rates
from saldo.agreements.rules.fees import FeeOfMonth, fee_of_month
from saldo.agreements.rules.prices import RuleBook
from saldo.agreements.rules.tax import TaxBook, TaxFacts, treat
from saldo.agreements.rules.terms import TermsBook
from saldo.charges.month_lines import OpenMonth, count_by_customer, list_crediting, list_files_elsewhere, open_month
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.invoicing import reading
from saldo.invoicing.rules.documents import Frame
from saldo.invoicing.rules.month import PendingCharge, Place
from saldo.invoicing.rules.rating import Decided
from saldo.invoicing.settings import Settings, get_settings
from saldo.parties.debtors import (
    Debtor,
    get_particulars,
    list_bank_accounts,
    list_debtors_numbered,
    map_tenants,
)
from saldo.parties.queries import Company, list_companies, name_customers


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthInputs:
    """A month's inputs; chunks of debtors are drafted from it one after the other."""

    company: CompanyId
    house: Company
    month: Month
    lines: OpenMonth
    customers: frozenset[CustomerId]  # with lines, or with lines of ours that stand here from before
    tenants: Mapping[CustomerId, str]
    book: RuleBook
    terms: TermsBook
    tax: TaxBook
    rates: Rates
    settings: Settings
    seller: Mapping[str, Any]
    language: str
    fees: Mapping[str, Sequence[FeeOfMonth]]
    charges: Mapping[str, Sequence[PendingCharge]]
    settled_charges: frozenset[str]
    decisions: Mapping[Place, Decided]
    elsewhere: frozenset[str]  # files that count in other months
    moved: frozenset[str]  # files of this month of which lines were issued in another one
    former: Mapping[str, frozenset[CustomerId]]  # by debtor, tenants billed to it that are somebody else's now
    minimums: Mapping[str, Decimal]  # what was issued of minimum fees this month, by charge
    minimum_names: Mapping[str, str]  # what a minimum fee is called, by language

    @property
    def strangers(self) -> tuple[CustomerId, ...]:
        """Customers with lines for whom nobody pays yet, the nameless one too."""
        return tuple(sorted(self.customers - self.tenants.keys()))


def load_inputs(
    *, company: CompanyId, month: Month, today: date, minimum_names: Mapping[str, str] | None = None
) -> MonthInputs:
    """Read a month's inputs as they are now; our own bank accounts are those usable ``today``."""
    house = next(one for one in list_companies() if one.id == company)
    lines = open_month(company=company, month=month)
    tenants = map_tenants(company=company)
    particulars = get_particulars(company=company)
    return MonthInputs(
        company=company,
        house=house,
        month=month,
        lines=lines,
        customers=frozenset(one.customer for one in count_by_customer(month=lines))
        | reading.list_customers_in(company=company, month=month),
        tenants=tenants,
        book=load_rule_book(company),
        terms=load_terms(company),
        tax=load_tax(company),
        rates=load_rates(company, month.starts_on, month.ends_on),
        settings=get_settings(company=company),
        seller=_seller(company, house, today),
        language=particulars.language,
        fees=_fees(company, month),
        charges=_charges(company, month, tenants),
        settled_charges=reading.list_settled_own(company=company, month=month),
        decisions=reading.map_decisions(company=company, files=set(lines.files.values())),
        elsewhere=list_files_elsewhere(month=lines),
        moved=reading.list_moved_files(company=company, month=month, files=set(lines.files.values())),
        former=_former(company, lines, tenants),
        minimums=reading.sum_minimums(company=company, month=month),
        minimum_names=minimum_names or {},
    )


def list_debtors_to_bill(*, inputs: MonthInputs) -> list[str]:
    """Everybody who has lines, fees, charges, an agreed minimum or documents in the month, by number."""
    found = {inputs.tenants[customer] for customer in inputs.customers if customer in inputs.tenants}
    found |= inputs.fees.keys() | inputs.charges.keys() | inputs.former.keys()
    found |= reading.list_debtors_in(company=inputs.company, month=inputs.month)
    found |= {rule.target for series in inputs.book.minimums for rule in series.versions if rule.level == "debtor"}
    return sorted(found)


def frame_of(*, inputs: MonthInputs, debtor: Debtor, paper: str, names: Mapping[CustomerId, str]) -> Frame:
    """What a debtor's documents share. Refuses (UnableToTreat): agreements.tax.unknown."""
    on = inputs.month.ends_on
    profile = inputs.tax.profile_of(debtor.number, on)
    country = debtor.country or inputs.house.country
    facts = TaxFacts(country, bool(debtor.vat_id) and is_valid_vat_id(debtor.vat_id, country), profile)
    return Frame(
        debtor=debtor.number,
        language=debtor.language or inputs.language,
        seller=inputs.seller,
        buyer=buyer_of(debtor),
        terms=inputs.terms.of(debtor.number, on),
        treatment=treat(inputs.house.country, facts, on=on, book=inputs.tax),
        withholding=profile.withholding if profile else ZERO,
        rounding=inputs.settings.rounding,
        paper=paper,
        tenants=names,
        own_currency=inputs.house.currency,
        rates=inputs.rates,
        on=on,
    )


def buyer_of(debtor: Debtor) -> dict[str, Any]:
    """The debtor as it stands on a paper."""
    same = ("number", "name", "country", "street", "postcode", "city", "region", "vat_id", "registration")
    shown: dict[str, Any] = {name: getattr(debtor, name) for name in same}
    emails = [{"name": name, "address": address} for name, address in debtor.emails]
    return shown | {"electronic_address": debtor.electronic_address, "emails": emails}


def name_tenants(*, company: CompanyId, customers: Sequence[CustomerId]) -> dict[CustomerId, str]:
    """What the tenants are called, for documents of one tenant."""
    return name_customers(company=company, keys=customers)


def _seller(company: CompanyId, house: Company, today: date) -> dict[str, Any]:
    particulars = get_particulars(company=company)
    accounts = [
        {"code": one.code, "currency": one.currency, "iban": one.iban, "bic": one.bic, "giro": one.giro}
        | {"number": one.number, "name": one.name}
        for one in list_bank_accounts(company=company, usable_on=today)
    ]
    shown: dict[str, Any] = {name: getattr(particulars, name) for name in particulars.__slots__}
    return shown | {"currency": house.currency, "accounts": accounts}


def _fees(company: CompanyId, month: Month) -> dict[str, list[FeeOfMonth]]:
    found: dict[str, list[FeeOfMonth]] = {}
    for fee in list_service_fees(company=company, month=month):
        one = fee_of_month(fee, month)
        if one is not None:
            found.setdefault(fee.debtor, []).append(one)
    return found


def _former(
    company: CompanyId, lines: OpenMonth, tenants: Mapping[CustomerId, str]
) -> dict[str, frozenset[CustomerId]]:
    """Tenants that changed their debtor, by whom they were charged to before: credits of that time are theirs."""
    crediting = list_crediting(month=lines)
    found: dict[str, set[CustomerId]] = {}
    for customer, debtor in reading.list_payers_before(company=company, month=lines.month, crediting=crediting):
        if tenants.get(CustomerId(customer)) != debtor:
            found.setdefault(debtor, set()).add(CustomerId(customer))
    known = list_debtors_numbered(company=company, numbers=found)
    return {debtor: frozenset(customers) for debtor, customers in found.items() if debtor in known}


def _charges(company: CompanyId, month: Month, tenants: Mapping[CustomerId, str]) -> dict[str, list[PendingCharge]]:
    found: dict[str, list[PendingCharge]] = {}
    for charge in reading.list_pending_charges(company=company, until=month.ends_on):
        debtor = tenants.get(CustomerId(charge.customer))
        if debtor is not None:
            found.setdefault(debtor, []).append(charge)
    return found

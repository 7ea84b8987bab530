"""Reading what is agreed: prices, terms, taxes, rates and fees, each as one index that a whole month is rated with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from stdnum.eu import vat

from saldo.agreements import models
from saldo.agreements.rules.exchange import OLDEST_DAYS, Published, Rates
from saldo.agreements.rules.fees import ServiceFee, in_force
from saldo.agreements.rules.prices import LEVELS, PriceRule, RuleBook
from saldo.agreements.rules.tax import TaxBook, TaxProfile
from saldo.agreements.rules.tax_rates import EU, RateRow
from saldo.agreements.rules.terms import SplitGroup, Terms, TermsBook
from saldo.core.identity import CompanyId
from saldo.core.periods import Month

ECB = "ecb"
_RULE = (
    *("code", "version", "level", "target", "product", "sku", "publisher", "category", "charge_type"),
    *("method", "value", "currency", "starts_on", "reaches"),
)
_TERMS = (
    *("debtor", "starts_on", "net_days", "invoice_day", "currency", "purchase_order", "grouping", "split"),
    *("delivery", "policy", "support_offer", "notice_days"),
)
_PROFILE = ("debtor", "starts_on", "treatment", "region", "certificate", "certificate_until", "withholding")
_FEE = ("code", "name", "debtor", "tenant", "quantity", "unit_price", "currency", "starts_on", "ends_before")


def load_rule_book(company: CompanyId) -> RuleBook:
    """All price rules of the company, ready to be asked line by line."""
    return RuleBook.of(list_price_rules(company=company))


def list_price_rules(*, company: CompanyId, code: str | None = None) -> tuple[PriceRule, ...]:
    """Every version of every rule, or of one, oldest first."""
    rows = models.PriceRule.objects.filter(company_id=company).order_by("code", "version")
    rows = rows if code is None else rows.filter(code=code)
    return tuple(PriceRule(**row) for row in rows.values(*_RULE))


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAsked:
    """Which rules a list shows: of one group (a level that names no product, or ``product``), with these words.

    ``debtors`` and ``tenants`` keep the rules of these alone, beside those for everybody; None keeps all of them.
    ``named`` are targets that the words mean too: numbers of debtors whose name they are in.
    """

    group: str = ""
    search: str = ""
    named: Collection[str] = ()
    debtors: Collection[str] | None = None
    tenants: Collection[str] | None = None
    of_somebody: bool = False  # without those for everybody or a segment


def list_rule_codes(*, company: CompanyId, asked: RulesAsked, limit: int, offset: int = 0) -> tuple[str, ...]:
    """The codes of rules, the strongest first: product rules, then tenant, debtor, segment, company."""
    rows = _newest(company, asked).order_by("-is_product", "-rank", "target", "code")
    return tuple(rows.values_list("code", flat=True)[offset : offset + limit])


def count_rules(*, company: CompanyId, asked: RulesAsked) -> dict[str, int]:
    """How many rules there are by group: product, tenant, debtor, segment, company; the group asked for is ignored."""
    rows = _newest(company, RulesAsked(search=asked.search, named=asked.named, **_whose(asked)))
    found = rows.order_by().values_list("is_product", "level").annotate(count=Count("id"))
    counts: dict[str, int] = {}
    for is_product, level, count in found:
        group = "product" if is_product else level
        counts[group] = counts.get(group, 0) + count
    return counts


def list_price_rules_of(*, company: CompanyId, codes: Collection[str]) -> dict[str, tuple[PriceRule, ...]]:
    """Every version of these rules by code, oldest first."""
    rows = models.PriceRule.objects.filter(company_id=company, code__in=codes).order_by("code", "version")
    found: dict[str, tuple[PriceRule, ...]] = {}
    for row in rows.values(*_RULE):
        found[row["code"]] = (*found.get(row["code"], ()), PriceRule(**row))
    return found


def load_terms(company: CompanyId) -> TermsBook:
    """The terms of all debtors."""
    return TermsBook.of_rows(list_terms(company=company))


def list_terms(*, company: CompanyId, debtor: str | None = None) -> tuple[Terms, ...]:
    """Every version of all terms, or of a debtor's own, oldest first."""
    rows = models.Terms.objects.filter(company_id=company).order_by("debtor", "starts_on", "id")
    rows = rows if debtor is None else rows.filter(debtor=debtor)
    return tuple(_terms(row) for row in rows.values(*_TERMS))


def load_tax(company: CompanyId) -> TaxBook:
    """Tax rates, the company's own before the known ones, and the profiles of all debtors."""
    own = models.TaxRate.objects.filter(company_id=company).order_by("starts_on", "id")
    fields = ("country", "region", "percent", "starts_on", "source")
    return TaxBook.of(own=[RateRow(**row) for row in own.values(*fields)], profiles=list_tax_profiles(company=company))


def list_tax_profiles(*, company: CompanyId, debtor: str | None = None) -> tuple[TaxProfile, ...]:
    """Every version of all tax profiles, or of a debtor's, oldest first."""
    rows = models.TaxProfile.objects.filter(company_id=company).order_by("debtor", "starts_on", "id")
    rows = rows if debtor is None else rows.filter(debtor=debtor)
    return tuple(TaxProfile(**row) for row in rows.values(*_PROFILE))


def load_rates(company: CompanyId, since: date, until: date, *, source: str = "") -> Rates:
    """What is needed to convert on any of these days, both included: rates from a week before on.

    ``source`` empty is the one that the company has set.
    """
    source = source or get_rates_place(company=company).source
    rows = models.ExchangeRate.objects.filter(
        company_id=company, source=source, base="EUR", on__gte=since - timedelta(days=OLDEST_DAYS), on__lte=until
    )
    return Rates.of(
        (Published(quote, on, rate) for quote, on, rate in rows.values_list("quote", "on", "rate")), source=source
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesPlace:
    """Where a company's rates come from; an empty address is the usual one of the source."""

    source: str = ECB
    address: str = ""


def get_rates_place(*, company: CompanyId) -> RatesPlace:
    """What the company has set, else the European Central Bank."""
    row = models.RatesSetting.objects.filter(company_id=company).values("source", "address").first()
    return RatesPlace(**row) if row else RatesPlace()


def newest_rate_day(*, company: CompanyId, source: str = "") -> date | None:
    """The last day that rates are there for, of the company's source if none is named; None where there are none."""
    source = source or get_rates_place(company=company).source
    rows = models.ExchangeRate.objects.filter(company_id=company, source=source).order_by("-on")
    return rows.values_list("on", flat=True).first()


def list_service_fees(
    *, company: CompanyId, debtor: str | None = None, month: Month | None = None
) -> tuple[ServiceFee, ...]:
    """Our own fees, of all debtors or one, those that hold on a day of the month where one is named."""
    rows = models.ServiceFee.objects.filter(company_id=company).order_by("debtor", "code", "starts_on", "id")
    rows = rows if debtor is None else rows.filter(debtor=debtor)
    fees = in_force([ServiceFee(**row) for row in rows.values(*_FEE)])
    return tuple(fee for fee in fees if month is None or _holds_in(fee, month))


def is_valid_vat_id(vat_id: str, country: str) -> bool:
    """Whether the number has the form and check digits of this country of the Union; nobody is asked about it."""
    if country not in EU or not vat.is_valid(vat_id):
        return False
    prefix = "EL" if country == "GR" else country
    return str(vat.compact(vat_id)).upper().startswith(prefix)


def _whose(asked: RulesAsked) -> dict[str, Any]:
    return {"debtors": asked.debtors, "tenants": asked.tenants}


def _newest(company: CompanyId, asked: RulesAsked) -> QuerySet[Any]:
    """The last version of each rule asked for, with its rank."""
    every = models.PriceRule.objects.filter(company_id=company)
    last = every.order_by("code", "-version").distinct("code").values("id")
    ranks = [When(level=level, then=Value(rank)) for rank, level in enumerate(LEVELS)]
    names_a_thing = ~Q(product="", sku="")
    rows = every.filter(id__in=last).annotate(
        is_product=Case(When(names_a_thing, then=Value(1)), default=Value(0), output_field=IntegerField()),
        rank=Case(*ranks, default=Value(-1), output_field=IntegerField()),
    )
    if asked.group:
        rows = rows.filter(is_product=1) if asked.group == "product" else rows.filter(is_product=0, level=asked.group)
    for level, targets in (("debtor", asked.debtors), ("tenant", asked.tenants)):
        rows = rows if targets is None else rows.filter(~Q(level=level) | Q(target__in=targets))
    if asked.of_somebody:
        rows = rows.filter(level__in=["debtor", "tenant"])
    if asked.search:
        fields = ("code", "target", "product", "sku", "publisher", "category")
        said = Q(target__in=asked.named)
        for field in fields:
            said |= Q(**{f"{field}__icontains": asked.search})
        rows = rows.filter(said)
    return rows


def _holds_in(fee: ServiceFee, month: Month) -> bool:
    return fee.starts_on <= month.ends_on and (fee.ends_before is None or fee.ends_before > month.starts_on)


def _terms(row: dict[str, Any]) -> Terms:
    groups = (
        SplitGroup(
            name=group["name"],
            purchase_order=group.get("purchase_order", ""),
            subscriptions=frozenset(group.get("subscriptions", ())),
            tags=frozenset(group.get("tags", ())),
        )
        for group in row["split"]
    )
    return Terms(**row | {"split": tuple(groups)})

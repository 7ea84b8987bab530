"""Writing what is agreed: a new version begins on its own day, none is ever changed; each act stands in the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.agreements import models
from saldo.agreements.queries import (
    ECB,
    RatesPlace,
    list_price_rules,
    list_service_fees,
    list_tax_profiles,
    list_terms,
)
from saldo.agreements.rules.exchange import HUB, Published
from saldo.agreements.rules.fees import ServiceFee
from saldo.agreements.rules.prices import PriceRule, Reach
from saldo.agreements.rules.rule_faults import find_rule_fault
from saldo.agreements.rules.tax import TREATMENTS, TaxProfile
from saldo.agreements.rules.tax_rates import RateRow
from saldo.agreements.rules.terms import DELIVERIES, GROUPINGS, LATEST_DAY, LONGEST_NOTICE_DAYS, Terms
from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused

_LONGEST_NET_DAYS = 365
_WHOLE = Decimal(100)
_BATCH = 5000


class UnableToAgree(Refused):
    """Something that cannot be agreed like this."""


def set_price_rule(
    *, company: CompanyId, rule: PriceRule, by: str, at: datetime, reason: str = "", notice_days: int = 0
) -> PriceRule:
    """Agree a version of a price rule; its number is given here. The same version again is the one that holds.

    ``notice_days`` are those agreed with whom it touches: a version that changes a rule begins no sooner.
    Refuses (UnableToAgree): agreements.rule.… as `find_rule_fault`, .other-scope (a code keeps what it applies to),
    .before-last (a version begins on or after the one before), .notice-too-short.
    """
    fault = find_rule_fault(rule)
    if fault is not None:
        raise UnableToAgree(code=fault.code, facts={"rule": rule.code, "field": fault.field})
    _one_at_a_time(company)
    before = list_price_rules(company=company, code=rule.code)
    if before and replace(rule, version=before[-1].version) == before[-1]:
        return before[-1]
    _refuse_version(before, rule)
    if before and notice_days and rule.starts_on < at.date() + timedelta(days=notice_days):
        facts = {"rule": rule.code, "starts_on": rule.starts_on.isoformat(), "days": notice_days}
        raise UnableToAgree(code="agreements.rule.notice-too-short", facts=facts)
    agreed = replace(rule, version=len(before) + 1)
    models.PriceRule.objects.create(
        company_id=company, made_by=by, made_at=at, reason=reason, **_fields(agreed) | {"value": dict(rule.value)}
    )
    facts = {"version": agreed.version, "method": agreed.method, "starts_on": agreed.starts_on.isoformat()}
    facts |= {"value": dict(agreed.value), "level": agreed.level, "reaches": agreed.reaches}
    log.record(
        company=company, code="agreements.price-agreed", actor=by, subject=f"price:{rule.code}", at=at, facts=facts
    )
    return agreed


def end_price_rule(
    *,
    company: CompanyId,
    code: str,
    starts_on: date,
    by: str,
    at: datetime,
    reaches: Reach = "renewal",
    reason: str = "",
) -> PriceRule:
    """Let a rule hold no more from a day on, or from each subscription's renewal; then the next weaker rule holds.

    Refuses (UnableToAgree): agreements.rule.unknown, and as `set_price_rule`.
    """
    before = list_price_rules(company=company, code=code)
    if not before:
        raise UnableToAgree(code="agreements.rule.unknown", facts={"rule": code})
    ended = replace(before[-1], method="end", value={}, starts_on=starts_on, reaches=reaches, currency="")
    return set_price_rule(company=company, rule=ended, by=by, at=at, reason=reason)


def set_terms(*, company: CompanyId, terms: Terms, by: str, at: datetime) -> bool:
    """Agree terms from a day on; False where they hold already.

    Refuses (UnableToAgree): agreements.terms.bad-net-days, .bad-invoice-day, .bad-notice-days, .unknown-grouping,
    .unknown-delivery, .empty-split, .before-last.
    """
    for is_wrong, code in (
        (not 0 <= terms.net_days <= _LONGEST_NET_DAYS, "bad-net-days"),
        (not 0 <= terms.invoice_day <= LATEST_DAY, "bad-invoice-day"),
        (not 0 <= terms.notice_days <= LONGEST_NOTICE_DAYS, "bad-notice-days"),
        (terms.grouping not in GROUPINGS, "unknown-grouping"),
        (terms.delivery not in DELIVERIES, "unknown-delivery"),
        (terms.grouping == "split" and not terms.split, "empty-split"),
    ):
        if is_wrong:
            raise UnableToAgree(code=f"agreements.terms.{code}", facts={"debtor": terms.debtor})
    _one_at_a_time(company)
    before = list_terms(company=company, debtor=terms.debtor)
    if before and replace(before[-1], starts_on=terms.starts_on) == terms and before[-1].starts_on <= terms.starts_on:
        return False
    _refuse_earlier("agreements.terms.before-last", terms.debtor, terms.starts_on, before)
    split = [
        {
            "name": group.name,
            "purchase_order": group.purchase_order,
            "subscriptions": sorted(group.subscriptions),
            "tags": sorted(group.tags),
        }
        for group in terms.split
    ]
    models.Terms.objects.create(company_id=company, made_by=by, made_at=at, **_fields(terms) | {"split": split})
    _note(company, "agreements.terms-agreed", by, terms.debtor, at, _as_facts(_fields(terms) | {"split": len(split)}))
    return True


def set_tax_profile(*, company: CompanyId, profile: TaxProfile, by: str, at: datetime) -> bool:
    """Agree how a debtor is taxed from a day on; False where it holds already.

    Refuses (UnableToAgree): agreements.tax.unknown-treatment, .bad-withholding, .no-debtor, .no-certificate,
    .before-last.
    """
    for is_wrong, code in (
        (profile.treatment not in TREATMENTS, "unknown-treatment"),
        (not 0 <= profile.withholding < _WHOLE, "bad-withholding"),
        (not profile.debtor, "no-debtor"),
        (profile.treatment == "exempt" and not profile.certificate.strip(), "no-certificate"),
    ):
        if is_wrong:
            raise UnableToAgree(code=f"agreements.tax.{code}", facts={"debtor": profile.debtor})
    _one_at_a_time(company)
    before = list_tax_profiles(company=company, debtor=profile.debtor)
    if (
        before
        and before[-1] == replace(profile, starts_on=before[-1].starts_on)
        and before[-1].starts_on <= profile.starts_on
    ):
        return False
    _refuse_earlier("agreements.tax.before-last", profile.debtor, profile.starts_on, before)
    told = _fields(profile)
    models.TaxProfile.objects.create(company_id=company, made_by=by, made_at=at, **told)
    kept = {name: value for name, value in told.items() if name != "certificate"}
    _note(company, "agreements.tax-agreed", by, profile.debtor, at, _as_facts(kept))
    return True


def add_tax_rate(*, company: CompanyId, row: RateRow, by: str, at: datetime) -> None:
    """Add a rate of a place from a day on; it holds before the one that Saldo knows.

    Refuses (UnableToAgree): agreements.tax.bad-rate, .no-source.
    """
    if not 0 <= row.percent < _WHOLE:
        raise UnableToAgree(code="agreements.tax.bad-rate", facts={"country": row.country})
    if not row.source.strip():
        raise UnableToAgree(code="agreements.tax.no-source", facts={"country": row.country})
    models.TaxRate.objects.create(company_id=company, **row._asdict())
    subject = f"tax-rate:{row.country}{row.region and '/' + row.region}"
    facts = {"percent": str(row.percent), "starts_on": row.starts_on.isoformat()}
    log.record(company=company, code="agreements.tax-rate-added", actor=by, subject=subject, at=at, facts=facts)


def set_service_fee(*, company: CompanyId, fee: ServiceFee, by: str, at: datetime) -> bool:
    """Agree a fee of our own from a day on; the same fee of the debtor agreed before ends there. False: it holds.

    Refuses (UnableToAgree): agreements.fee.no-code, .no-name, .no-debtor, .bad-price, .bad-period, .before-last.
    """
    for is_wrong, code in (
        (not fee.code.strip(), "no-code"),
        (not fee.name.strip(), "no-name"),
        (not fee.debtor, "no-debtor"),
        (fee.quantity <= 0 or fee.unit_price < 0, "bad-price"),
        (fee.ends_before is not None and fee.ends_before <= fee.starts_on, "bad-period"),
    ):
        if is_wrong:
            raise UnableToAgree(code=f"agreements.fee.{code}", facts={"fee": fee.code, "debtor": fee.debtor})
    _one_at_a_time(company)
    of_debtor = list_service_fees(company=company, debtor=fee.debtor)
    before = [one for one in of_debtor if (one.code, one.tenant) == (fee.code, fee.tenant)]
    if before and replace(before[-1], starts_on=fee.starts_on) == fee and before[-1].starts_on <= fee.starts_on:
        return False
    _refuse_earlier("agreements.fee.before-last", fee.debtor, fee.starts_on, before)
    models.ServiceFee.objects.create(company_id=company, made_by=by, made_at=at, **_fields(fee))
    facts = _as_facts({"fee": fee.code, "quantity": fee.quantity, "unit_price": fee.unit_price})
    facts |= _as_facts({"currency": fee.currency, "starts_on": fee.starts_on, "ends_before": fee.ends_before})
    _note(company, "agreements.fee-agreed", by, fee.debtor, at, facts)
    return True


def import_rates(
    *, company: CompanyId, published: Iterable[Published], by: str, at: datetime, source: str = ECB
) -> int:
    """Keep published rates, one euro in other currencies; one that is there stays. Returns how many are new."""
    rows = [
        models.ExchangeRate(company_id=company, source=source, base=HUB, quote=one.currency, on=one.on, rate=one.rate)
        for one in published
    ]
    kept = models.ExchangeRate.objects.filter(company_id=company, source=source)
    before = kept.count()
    models.ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
    new = kept.count() - before
    if new:
        facts = {"new": new, "newest": max(row.on for row in rows).isoformat()}
        log.record(
            company=company, code="agreements.rates-taken", actor=by, subject=f"rates:{source}", at=at, facts=facts
        )
    return new


def set_rates_place(*, company: CompanyId, place: RatesPlace, by: str, at: datetime) -> None:
    """Take rates from another place from now on; those of the old source stay under its name.

    Refuses (UnableToAgree): agreements.rates.bad-address (http without encryption), .no-source.
    """
    if not place.source.strip():
        raise UnableToAgree(code="agreements.rates.no-source")
    if "://" in place.address and not place.address.startswith("https://"):
        raise UnableToAgree(code="agreements.rates.bad-address")
    models.RatesSetting.objects.update_or_create(
        company_id=company, defaults={"source": place.source, "address": place.address, "set_at": at}
    )
    facts = {"source": place.source}
    log.record(company=company, code="agreements.rates-place-set", actor=by, subject="rates", at=at, facts=facts)


def _one_at_a_time(company: CompanyId) -> None:
    """Two people who agree something at once would both write the next version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements'), %s)", [company])


def _refuse_version(before: Sequence[PriceRule], rule: PriceRule) -> None:
    if not before:
        return
    facts = {"rule": rule.code, "starts_on": rule.starts_on.isoformat()}
    is_minimum = before[0].method == "minimum"
    if rule.scope != before[0].scope or (
        rule.method not in ("minimum", "end") if is_minimum else rule.method == "minimum"
    ):
        raise UnableToAgree(code="agreements.rule.other-scope", facts=facts)
    _refuse_earlier("agreements.rule.before-last", rule.code, rule.starts_on, before)


def _refuse_earlier(code: str, subject: str, starts_on: date, before: Sequence[Any]) -> None:
    """What was agreed for a day stays true for the days before the newest version."""
    if before and starts_on < before[-1].starts_on:
        last = before[-1].starts_on.isoformat()
        raise UnableToAgree(code=code, facts={"subject": subject, "starts_on": starts_on.isoformat(), "last": last})


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _as_facts(told: dict[str, Any]) -> dict[str, Any]:
    """Figures and days as text, as the log keeps them."""
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in told.items()}


def _note(company: CompanyId, code: str, by: str, debtor: str, at: datetime, facts: dict[str, Any]) -> None:
    log.record(company=company, code=code, actor=by, subject=f"debtor:{debtor or '*'}", at=at, facts=facts)

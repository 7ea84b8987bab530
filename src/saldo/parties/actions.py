"""Writing companies and customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from saldo.audit import log
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.problems import Refused
from saldo.parties import models
from saldo.parties.company import company_context
from saldo.parties.queries import find_person

CLOUDS = ("global", "us-gov", "cn-21vianet")


class UnableToFound(Refused):
    """A company that cannot be made as asked."""


class UnableToAssign(Refused):
    """A customer that cannot become this person's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """A customer as an imported file names it; empty text means the file did not say."""

    key: CustomerId
    name: str
    domain: str = ""
    country: str = ""


def found_company(
    *, name: str, country: str, currency: str, cloud: str, actor: str, at: datetime, zone: str = "UTC"
) -> CompanyId:
    """Make a legal entity of the partner.

    Refuses (UnableToFound): parties.company.bad-country, .bad-currency, .bad-cloud, .exists.
    """
    facts = {"name": name, "country": country, "currency": currency, "cloud": cloud}
    if not (len(country) == 2 and country.isalpha()):
        raise UnableToFound(code="parties.company.bad-country", facts=facts)
    if not (len(currency) == 3 and currency.isalpha()):
        raise UnableToFound(code="parties.company.bad-currency", facts=facts)
    if cloud not in CLOUDS:
        raise UnableToFound(code="parties.company.bad-cloud", facts=facts)
    if models.Company.objects.filter(name=name).exists():
        raise UnableToFound(code="parties.company.exists", facts=facts)
    row = models.Company.objects.create(
        name=name, country=country.upper(), currency=currency.upper(), cloud=cloud, zone=zone, created_at=at
    )
    company = CompanyId(row.pk)
    with company_context(company):
        log.record(company=company, code="parties.company.founded", actor=actor, subject=f"company:{company}", at=at)
    return company


def note_customers(*, company: CompanyId, seen: Iterable[CustomerSeen], at: datetime) -> None:
    """Remember the customers that a file names; a newer name or domain wins, an empty one never does."""
    known = {row.key: row for row in models.Customer.objects.filter(company_id=company)}
    new: dict[str, models.Customer] = {}
    changed: dict[str, models.Customer] = {}
    for customer in seen:
        row = known.get(customer.key) or new.get(customer.key)
        if row is None:
            new[customer.key] = models.Customer(
                company_id=company,
                key=customer.key,
                name=customer.name or customer.key,
                domain=customer.domain,
                country=customer.country,
                first_seen_at=at,
            )
        elif _take_over(row, customer) and customer.key in known:
            changed[customer.key] = row
    models.Customer.objects.bulk_create(new.values(), batch_size=1000)
    models.Customer.objects.bulk_update(changed.values(), ["name", "domain", "country"], batch_size=1000)


def assign_customers(
    *, company: CompanyId, customers: Iterable[CustomerId], to: int | None, actor: str, at: datetime
) -> int:
    """Make these customers one person's own, or nobody's; returns how many changed hands.

    Refuses (UnableToAssign): parties.customer.owner-unknown, for somebody without a role in the company.
    """
    if to is not None and find_person(company=company, user=to) is None:
        raise UnableToAssign(code="parties.customer.owner-unknown", facts={"user": to})
    rows = models.Customer.objects.filter(company_id=company, key__in=list(customers))
    handed = [row for row in rows.order_by("key") if row.owner_id != to]
    for row in handed:
        facts = {"before": row.owner_id, "after": to}
        row.owner_id = to
        log.record(
            company=company,
            code="parties.customer.assigned",
            actor=actor,
            subject=f"customer:{row.pk}",
            at=at,
            facts=facts,
        )
    models.Customer.objects.bulk_update(handed, ["owner"], batch_size=1000)
    return len(handed)


def forget_customer(*, company: CompanyId, key: CustomerId) -> None:
    """Take away a customer that turned out to be another one, named in a different way."""
    models.Customer.objects.filter(company_id=company, key=key).delete()


def _take_over(row: models.Customer, seen: CustomerSeen) -> bool:
    before = (row.name, row.domain, row.country)
    row.name, row.domain, row.country = (
        seen.name or row.name,
        seen.domain or row.domain,
        seen.country or row.country,
    )
    return before != (row.name, row.domain, row.country)

"""Reading companies and customers, as plain frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.problems import Refused
from saldo.parties import models
from saldo.parties.rules.roles import Grant, Role, Scope


class UnableToName(Refused):
    """A name that fits nothing, or more than one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A legal entity of the partner."""

    id: CompanyId
    name: str
    country: str
    currency: str
    zone: str
    cloud: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer's tenant; ``key`` is Microsoft's name for it."""

    key: CustomerId
    name: str
    domain: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a role in a company; ``is_invited`` until they set their password."""

    id: int
    name: str
    email: str
    grants: tuple[Grant, ...]
    is_active: bool
    is_invited: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose customer a customer is; ``user`` None when nobody's. ``customer`` is its number, as the log calls it."""

    customer: int
    user: int | None


def list_companies() -> tuple[Company, ...]:
    """All companies of the installation, oldest first."""
    return tuple(_company(row) for row in models.Company.objects.order_by("id"))


def get_company(*, name: str | None) -> Company:
    """The company of this name; the only one when no name is given.

    Refuses (UnableToName): parties.company.none-yet, parties.company.unknown, parties.company.several.
    """
    companies = list_companies()
    if not companies:
        raise UnableToName(code="parties.company.none-yet")
    if name is None:
        if len(companies) > 1:
            raise UnableToName(code="parties.company.several", facts={"names": [c.name for c in companies]})
        return companies[0]
    for company in companies:
        if company.name == name:
            return company
    raise UnableToName(code="parties.company.unknown", facts={"name": name, "names": [c.name for c in companies]})


def find_customer(*, company: CompanyId, key: CustomerId) -> Customer | None:
    """The customer of this key, or None."""
    row = _customers(company).filter(key=key).first()
    return _customer(row) if row else None


def name_customer(*, company: CompanyId, said: str) -> Customer:
    """The customer a person means: by tenant GUID (any case) or exact name.

    Refuses (UnableToName): parties.customer.unknown, parties.customer.several (facts: the ids).
    """
    rows = list(_customers(company).filter(key__in=[said, said.lower()])[:1])
    rows = rows or list(_customers(company).filter(name=said).order_by("key")[:20])
    if not rows:
        raise UnableToName(code="parties.customer.unknown", facts={"customer": said})
    if len(rows) > 1:
        raise UnableToName(code="parties.customer.several", facts={"customer": said, "ids": [row.key for row in rows]})
    return _customer(rows[0])


def list_customers_named(*, company: CompanyId, name: str) -> tuple[Customer, ...]:
    """Customers whose name is this one, whatever its case; for rows that carry no id."""
    return tuple(_customer(row) for row in _customers(company).filter(name__iexact=name).order_by("key"))


def list_customers(*, company: CompanyId, search: str = "", owner: int | None = None) -> tuple[Customer, ...]:
    """Customers by name; ``search`` looks into name, domain and key, ``owner`` keeps one sales agent's own."""
    return tuple(_customer(row) for row in _found(company, search, owner).order_by("name", "key"))


def select_customers(
    *, company: CompanyId, search: str = "", owner: int | None = None
) -> tuple[str, tuple[object, ...]]:
    """The customers of `list_customers` as SQL (key, name, domain) with its values, in no order.

    For a room above that pages them by sums of its own: ten thousand customers are never read to show fifty.
    """
    sql, values = _found(company, search, owner).values("key", "name", "domain").query.sql_with_params()
    return sql, tuple(values)


def name_customers(*, company: CompanyId, keys: Iterable[CustomerId]) -> dict[CustomerId, str]:
    """The names of these customers; who is unknown is left out."""
    found = _customers(company).filter(key__in=set(keys)).values_list("key", "name")
    return {CustomerId(key): name for key, name in found}


def name_customer_rows(*, company: CompanyId, rows: Iterable[int]) -> dict[int, str]:
    """The names of customers by the numbers under which the log knows them."""
    return dict(_customers(company).filter(pk__in=set(rows)).values_list("pk", "name"))


def count_customers(*, company: CompanyId) -> int:
    """How many customers the company has."""
    return _customers(company).count()


def find_customer_owner(*, company: CompanyId, key: CustomerId) -> Owner | None:
    """Whose customer this is; None when there is no such customer."""
    found = _customers(company).filter(key=key).values_list("id", "owner_id")[:1]
    return next((Owner(customer=customer, user=user) for customer, user in found), None)


def list_grants_of(*, user: int) -> tuple[Grant, ...]:
    """All roles of one person in every company; asked inside `person_context`."""
    return tuple(_grant(row) for row in models.Grant.objects.filter(user_id=user).order_by("company_id", "id"))


def list_companies_of(*, grants: Iterable[Grant]) -> tuple[Company, ...]:
    """The companies these roles are in, oldest first."""
    rows = models.Company.objects.filter(id__in={grant.company for grant in grants}).order_by("id")
    return tuple(_company(row) for row in rows)


def has_people() -> bool:
    """Whether anybody has an account in this installation that is open."""
    return models.User.objects.filter(is_active=True).exists()


def list_people(*, company: CompanyId) -> tuple[Person, ...]:
    """Everybody with a role in the company, by name; those who are disabled too."""
    by_user: dict[int, list[models.Grant]] = {}
    for row in models.Grant.objects.filter(company_id=company).select_related("user").order_by("id"):
        by_user.setdefault(row.user_id, []).append(row)
    people = (_person(rows[0].user, rows) for rows in by_user.values())
    return tuple(sorted(people, key=lambda person: ((person.name or person.email).casefold(), person.id)))


def find_person(*, company: CompanyId, user: int) -> Person | None:
    """A person with a role in the company, or None."""
    rows = list(models.Grant.objects.filter(company_id=company, user_id=user).select_related("user").order_by("id"))
    return _person(rows[0].user, rows) if rows else None


def list_names(*, users: Iterable[int]) -> Mapping[int, str]:
    """What to call these people: their name, or their address where no name is known."""
    rows = models.User.objects.filter(id__in=set(users)).values_list("id", "name", "email")
    return {user: name or email for user, name, email in rows}


def _found(company: CompanyId, search: str, owner: int | None) -> QuerySet[models.Customer]:
    rows = _customers(company)
    if owner is not None:
        rows = rows.filter(owner_id=owner)
    for word in search.split():
        rows = rows.filter(Q(name__icontains=word) | Q(domain__icontains=word) | Q(key__startswith=word.lower()))
    return rows


def _customers(company: CompanyId) -> QuerySet[models.Customer]:
    return models.Customer.objects.filter(company_id=company)


def _company(row: models.Company) -> Company:
    return Company(
        id=CompanyId(row.pk), name=row.name, country=row.country, currency=row.currency, zone=row.zone, cloud=row.cloud
    )


def _customer(row: models.Customer) -> Customer:
    return Customer(key=CustomerId(row.key), name=row.name, domain=row.domain, country=row.country)


def _grant(row: models.Grant) -> Grant:
    return Grant(
        company=CompanyId(row.company_id),
        role=Role(row.role),
        scope=Scope(row.scope),
        scope_of=row.scope_of,
        ends_before=row.ends_before,
    )


def _person(user: models.User, rows: Iterable[models.Grant]) -> Person:
    return Person(
        id=user.pk,
        name=user.name,
        email=user.email,
        grants=tuple(_grant(row) for row in rows),
        is_active=user.is_active,
        is_invited=not user.has_usable_password(),
        last_seen_at=user.last_login,
    )


def get_zone(*, company: CompanyId) -> str:
    """The time zone in which this company's days begin."""
    zone: str = models.Company.objects.values_list("zone", flat=True).get(id=company)
    return zone

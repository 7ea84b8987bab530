"""Reading who pays us, what our own papers say of us, and bank accounts, as plain frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from saldo.core.identity import CompanyId, CustomerId
from saldo.parties import models
from saldo.parties.queries import Customer, UnableToName
from saldo.parties.zones import zone_of

OWN = "own"
"""The owner of our own bank accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A legal entity that pays us; ``number`` is our stable name for it, ``parent`` the number of who pays for it.

    ``zone`` is what was written down, mostly nothing; ``local_zone`` is where its days begin, always an IANA name.
    """

    number: str
    name: str
    country: str
    street: str
    postcode: str
    city: str
    region: str
    vat_id: str
    registration: str
    electronic_address: str
    emails: tuple[tuple[str, str], ...]
    language: str
    segment: str
    zone: str
    local_zone: str
    parent: str | None
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What our own papers say of us; ``country`` is the company's."""

    legal_name: str
    country: str
    street: str
    postcode: str
    city: str
    region: str
    vat_id: str
    registration: str
    electronic_address: str
    email: str
    phone: str
    website: str
    has_f_tax: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """An account of ours or of a payee's. ``state``: proposed, active, closed."""

    code: str
    owner: str
    name: str
    currency: str
    iban: str
    bic: str
    giro: str
    number: str
    state: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    usable_from: date | None

    def is_usable_on(self, day: date) -> bool:
        """Whether money may be sent to it, or asked for on it, on this day (practice 18)."""
        return self.state == "active" and self.usable_from is not None and self.usable_from <= day


def list_debtors(
    *, company: CompanyId, search: str = "", owner: int | None = None, limit: int | None = None, offset: int = 0
) -> tuple[Debtor, ...]:
    """Debtors by name; ``search`` looks into name, number, VAT id and registration.

    ``owner`` keeps those that are this sales agent's own, as `list_own_debtors` says.
    """
    rows = _found(company, search, owner).order_by("name", "number")
    return tuple(_debtor(row) for row in rows[offset : None if limit is None else offset + limit])


def count_debtors(*, company: CompanyId, search: str = "", owner: int | None = None) -> int:
    """How many debtors `list_debtors` would give without a limit."""
    return _found(company, search, owner).count()


def get_debtor(*, company: CompanyId, number: str) -> Debtor:
    """The debtor of this number. Refuses (UnableToName): parties.debtor.unknown."""
    found = find_debtor(company=company, number=number)
    if found is None:
        raise UnableToName(code="parties.debtor.unknown", facts={"debtor": number})
    return found


def find_debtor(*, company: CompanyId, number: str) -> Debtor | None:
    """The debtor of this number, or None."""
    row = _debtors(company).filter(number=number).first()
    return _debtor(row) if row else None


def list_debtors_numbered(*, company: CompanyId, numbers: Iterable[str]) -> dict[str, Debtor]:
    """The debtors of these numbers; who is unknown is left out."""
    return {row.number: _debtor(row) for row in _debtors(company).filter(number__in=set(numbers))}


def name_debtor(*, company: CompanyId, said: str) -> Debtor:
    """The debtor a person means: by number, exact name, or the id or exact name of one of its tenants.

    Refuses (UnableToName): parties.debtor.unknown, parties.debtor.several (facts: the numbers).
    """
    of_tenants = models.Customer.objects.filter(company_id=company, debtor__isnull=False)
    asked = (
        _debtors(company).filter(number=said),
        _debtors(company).filter(name=said),
        _debtors(company).filter(id__in=of_tenants.filter(key__in=[said, said.lower()]).values("debtor_id")),
        _debtors(company).filter(id__in=of_tenants.filter(name=said).values("debtor_id")),
    )
    rows = next((found for found in (list(rows.order_by("number")[:20]) for rows in asked) if found), [])
    if not rows:
        raise UnableToName(code="parties.debtor.unknown", facts={"debtor": said})
    if len(rows) > 1:
        facts = {"debtor": said, "numbers": [row.number for row in rows]}
        raise UnableToName(code="parties.debtor.several", facts=facts)
    return _debtor(rows[0])


def map_tenants(*, company: CompanyId) -> dict[CustomerId, str]:
    """Which debtor, by number, each tenant is charged to; tenants without one are left out."""
    rows = models.Customer.objects.filter(company_id=company, debtor__isnull=False)
    return {CustomerId(key): number for key, number in rows.values_list("key", "debtor__number")}


def list_tenants(*, company: CompanyId, debtor: str) -> tuple[Customer, ...]:
    """The tenants that are charged to this debtor, by name."""
    rows = models.Customer.objects.filter(company_id=company, debtor__company_id=company, debtor__number=debtor)
    return tuple(
        Customer(key=CustomerId(row.key), name=row.name, domain=row.domain, country=row.country)
        for row in rows.order_by("name", "key")
    )


def find_debtor_of(*, company: CompanyId, customer: CustomerId) -> tuple[str, str] | None:
    """Number and name of who pays for a tenant, or None."""
    rows = models.Customer.objects.filter(company_id=company, key=customer, debtor__isnull=False)
    return rows.values_list("debtor__number", "debtor__name").first()


def is_own_debtor(*, company: CompanyId, number: str, owner: int) -> bool:
    """Whether everything that is charged to this debtor belongs to this sales agent's own customers.

    The one rule of whose a debtor is, for pages, lists and gates: with one tenant of somebody else's it is not theirs,
    because a debtor's prices, terms and documents speak of all its tenants.
    """
    return _own(company, owner).filter(number=number).exists()


def list_own_debtors(*, company: CompanyId, owner: int) -> frozenset[str]:
    """The numbers of the debtors whose tenants are all this sales agent's own; who has none is nobody's."""
    return frozenset(_own(company, owner).values_list("number", flat=True))


def list_children(*, company: CompanyId, debtor: str) -> tuple[Debtor, ...]:
    """The debtors this one pays for, by name."""
    rows = _debtors(company).filter(parent__company_id=company, parent__number=debtor)
    return tuple(_debtor(row) for row in rows.order_by("name", "number"))


def name_debtors(*, company: CompanyId, numbers: Iterable[str] | None = None, search: str = "") -> Mapping[str, str]:
    """The names of these debtors, or of all, by number; who is unknown is left out. ``search`` as in `list_debtors`."""
    rows = _found(company, search, None)
    rows = rows if numbers is None else rows.filter(number__in=set(numbers))
    return dict(rows.values_list("number", "name"))


def get_particulars(*, company: CompanyId) -> Particulars:
    """What our papers say of us; the company's own name and nothing more until somebody has written it down."""
    house = models.Company.objects.get(id=company)
    row = models.Particulars.objects.filter(company_id=company).first() or models.Particulars(legal_name=house.name)
    return Particulars(
        country=house.country, **{name: getattr(row, name) for name in Particulars.__slots__ if name != "country"}
    )


def list_bank_accounts(
    *, company: CompanyId, owner: str | None = OWN, usable_on: date | None = None
) -> tuple[BankAccount, ...]:
    """Our own accounts, or a payee's, by code; None: everybody's. ``usable_on`` keeps those usable on that day."""
    rows = models.BankAccount.objects.filter(company_id=company)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if usable_on is not None:
        rows = rows.filter(state="active", usable_from__lte=usable_on)
    return tuple(_account(row) for row in rows.order_by("code"))


def find_bank_account(*, company: CompanyId, code: str) -> BankAccount | None:
    """The account of this code, whoever owns it, or None."""
    row = models.BankAccount.objects.filter(company_id=company, code=code).first()
    return _account(row) if row else None


def _debtors(company: CompanyId) -> QuerySet[models.Debtor]:
    return models.Debtor.objects.filter(company_id=company).select_related("parent", "company")


def _own(company: CompanyId, owner: int) -> QuerySet[models.Debtor]:
    tenants = models.Customer.objects.filter(company_id=company, debtor_id=OuterRef("pk"))
    others = tenants.filter(Q(owner_id__isnull=True) | ~Q(owner_id=owner))
    return models.Debtor.objects.filter(Exists(tenants.filter(owner_id=owner)), ~Exists(others), company_id=company)


def _found(company: CompanyId, search: str, owner: int | None) -> QuerySet[models.Debtor]:
    rows = _debtors(company)
    if owner is not None:
        rows = rows.filter(id__in=_own(company, owner).values("id"))
    for word in search.split():
        named = Q(name__icontains=word) | Q(number__startswith=word)
        rows = rows.filter(named | Q(vat_id__icontains=word) | Q(registration__icontains=word))
    return rows


def _debtor(row: models.Debtor) -> Debtor:
    same = ("number", "name", "country", "street", "postcode", "city", "region", "vat_id", "registration")
    return Debtor(
        **{name: getattr(row, name) for name in same},
        electronic_address=row.electronic_address,
        emails=tuple((contact["name"], contact["address"]) for contact in row.emails),
        language=row.language,
        segment=row.segment,
        zone=row.zone,
        local_zone=zone_of(country=row.country, own=row.zone, house=row.company.zone),
        parent=row.parent.number if row.parent else None,
        is_active=row.is_active,
    )


def _account(row: models.BankAccount) -> BankAccount:
    return BankAccount(**{name: getattr(row, name) for name in BankAccount.__slots__})

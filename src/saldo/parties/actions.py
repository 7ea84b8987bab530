"""Writing companies and customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from saldo.audit import log
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.problems import Refused
from saldo.parties import models
from saldo.parties.company import company_context
from saldo.parties.queries import Person, find_person, list_people
from saldo.parties.rules.people import find_refusal, leaves_nobody
from saldo.parties.rules.roles import Grant

CLOUDS = ("global", "us-gov", "cn-21vianet")


class UnableToFound(Refused):
    """A company that cannot be made as asked."""


class UnableToChangePerson(Refused):
    """Something about a person that is not done, or not by this one."""


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


def _take_over(row: models.Customer, seen: CustomerSeen) -> bool:
    before = (row.name, row.domain, row.country)
    row.name, row.domain, row.country = (
        seen.name or row.name,
        seen.domain or row.domain,
        seen.country or row.country,
    )
    return before != (row.name, row.domain, row.country)


def invite_person(
    *, company: CompanyId, email: str, name: str, grants: Iterable[Grant], language: str, by: Person, at: datetime
) -> int:
    """Give somebody their first roles in the company; who has no account yet gets one without a password.

    Returns the person's number. Refuses (UnableToChangePerson): parties.person.has-roles, and as `change_roles`.
    """
    wanted = tuple(grants)
    user = models.User.objects.filter(email__iexact=email).first()
    if user is not None and models.Grant.objects.filter(company_id=company, user=user).exists():
        raise UnableToChangePerson(code="parties.person.has-roles")
    _refuse(find_refusal(by=by.grants, is_self=user is not None and user.pk == by.id, before=(), after=wanted))
    if user is None:
        user = models.User.objects.create_user(email, name=name, language=language, created_at=at)
    _write_grants(company, user.pk, wanted, at)
    _note(company, "parties.person.invited", by, user.pk, at, {"after": _as_facts(wanted)})
    return int(user.pk)


def seat_person(
    *,
    company: CompanyId,
    email: str,
    name: str,
    password: str,
    grants: Iterable[Grant],
    actor: str,
    at: datetime,
    language: str = "en",
) -> int:
    """Make an account with a password and roles at once: the first Global admin, and people of the demo.

    Meant for the command line, where nobody is signed in yet; the desk invites instead. Returns the person's number.
    Refuses (UnableToChangePerson): parties.person.has-roles.
    """
    if models.User.objects.filter(email__iexact=email).exists():
        raise UnableToChangePerson(code="parties.person.has-roles")
    user = models.User.objects.create_user(email, password, name=name, language=language, created_at=at)
    wanted = tuple(grants)
    _write_grants(company, user.pk, wanted, at)
    log.record(
        company=company,
        code="parties.person.invited",
        actor=actor,
        subject=log.person(user.pk),
        at=at,
        facts={"after": _as_facts(wanted)},
    )
    return int(user.pk)


def change_roles(*, company: CompanyId, user: int, grants: Iterable[Grant], by: Person, at: datetime) -> bool:
    """Replace a person's roles in the company by these; False when they are the same already.

    Refuses (UnableToChangePerson): parties.person.unknown, .own-roles, .global-admin-only, .no-role-left,
    .last-manager.
    """
    person, wanted = _get_person(company, user), tuple(grants)
    if set(person.grants) == set(wanted):
        return False
    _refuse(find_refusal(by=by.grants, is_self=user == by.id, before=person.grants, after=wanted))
    others = _who_can_sign_in(company, but=user) + [(user, grant) for grant in wanted]
    if person.is_active and leaves_nobody(managers=others, without=0, today=at.date()):
        raise UnableToChangePerson(code="parties.person.last-manager")
    _write_grants(company, user, wanted, at)
    facts = {"before": _as_facts(person.grants), "after": _as_facts(wanted)}
    _note(company, "parties.person.roles-changed", by, user, at, facts)
    return True


def disable_person(*, company: CompanyId, user: int, by: Person, at: datetime) -> None:
    """Let a person sign in no more; their roles stay written.

    Refuses (UnableToChangePerson): parties.person.unknown, .own-roles, .global-admin-only, .last-manager.
    """
    person = _get_person(company, user)
    _refuse(find_refusal(by=by.grants, is_self=user == by.id, before=person.grants, after=person.grants))
    if leaves_nobody(managers=_who_can_sign_in(company, but=user), without=user, today=at.date()):
        raise UnableToChangePerson(code="parties.person.last-manager")
    _set_active(company, person, False, "parties.person.disabled", by, at)


def enable_person(*, company: CompanyId, user: int, by: Person, at: datetime) -> None:
    """Let a disabled person sign in again. Refuses (UnableToChangePerson): as `disable_person`."""
    person = _get_person(company, user)
    _refuse(find_refusal(by=by.grants, is_self=user == by.id, before=person.grants, after=person.grants))
    _set_active(company, person, True, "parties.person.enabled", by, at)


def save_settings(*, user: int, language: str, theme: str, has_single_keys: bool) -> None:
    """Remember how a person wants their desk. Their own matter: no entry in the log."""
    models.User.objects.filter(id=user).update(language=language, theme=theme, has_single_keys=has_single_keys)


def _get_person(company: CompanyId, user: int) -> Person:
    person = find_person(company=company, user=user)
    if person is None:
        raise UnableToChangePerson(code="parties.person.unknown")
    return person


def _who_can_sign_in(company: CompanyId, *, but: int) -> list[tuple[int, Grant]]:
    people = (person for person in list_people(company=company) if person.is_active and person.id != but)
    return [(person.id, grant) for person in people for grant in person.grants]


def _refuse(code: str | None) -> None:
    if code is not None:
        raise UnableToChangePerson(code=code)


def _write_grants(company: CompanyId, user: int, wanted: Iterable[Grant], at: datetime) -> None:
    models.Grant.objects.filter(company_id=company, user_id=user).delete()
    models.Grant.objects.bulk_create(
        models.Grant(
            company_id=company,
            user_id=user,
            role=grant.role.value,
            scope=grant.scope.value,
            scope_of=grant.scope_of,
            ends_before=grant.ends_before,
            given_at=at,
        )
        for grant in wanted
    )


def _set_active(company: CompanyId, person: Person, active: bool, code: str, by: Person, at: datetime) -> None:
    if person.is_active is active:
        return
    models.User.objects.filter(id=person.id).update(is_active=active)
    _note(company, code, by, person.id, at, {"before": person.is_active, "after": active})


def _note(company: CompanyId, code: str, by: Person, user: int, at: datetime, facts: dict[str, object]) -> None:
    log.record(company=company, code=code, actor=log.person(by.id), subject=log.person(user), at=at, facts=facts)


def _as_facts(grants: Iterable[Grant]) -> list[dict[str, str]]:
    return [
        {
            "role": grant.role.value,
            "scope": grant.scope.value,
            "of": grant.scope_of,
            "until": _text(grant.ends_before),
        }
        for grant in grants
    ]


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""

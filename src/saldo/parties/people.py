"""Writing people: their accounts, their roles in a company, their own settings. Each act stands in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.parties import models
from saldo.parties.company import person_context
from saldo.parties.queries import Person, find_person, list_grants_of, list_people
from saldo.parties.rules.people import find_account_refusal, find_refusal, leaves_nobody
from saldo.parties.rules.roles import Grant, Role


class UnableToChangePerson(Refused):
    """Something about a person that is not done, or not by this one."""


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
    is_self = user is not None and user.pk == by.id
    _refuse(find_refusal(by=by.grants, is_self=is_self, before=(), after=wanted, today=at.date()))
    if user is None:
        user = models.User.objects.create_user(email, name=name, language=language, created_at=at)
    _write_grants(company, user.pk, wanted, at)
    _note(company, "parties.person.invited", by, user.pk, at, {"after": _as_facts(wanted)})
    return int(user.pk)


def add_person(
    *,
    company: CompanyId,
    email: str,
    name: str,
    role: str,
    password: str,
    actor: str,
    at: datetime,
    language: str = "en",
) -> int:
    """Give somebody a role over everything and a password at once: for the command line, where nobody is signed in.

    Who is there already gets the further role and the new password: that is how the last Global admin comes back in
    (who lost their second factor too: `saldo person add --forget-second-factor`).
    Returns the person's number. Refuses (UnableToChangePerson): parties.person.bad-address, .bad-password, .bad-role.
    """
    granted = Grant(company=company, role=_known_role(role))
    _check_address(email)
    user = models.User.objects.filter(email__iexact=email).first()
    _check_password(password, user or models.User(email=email, name=name))
    before = _grants_of(company, user)
    after = before if granted.role in {grant.role for grant in before} else (*before, granted)
    if user is None:
        user = models.User.objects.create_user(email, password, name=name, language=language, created_at=at)
    else:
        user.set_password(password)
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
    _write_grants(company, user.pk, after, at)
    code = "parties.person.roles-changed" if before else "parties.person.invited"
    facts = {"before": _as_facts(before), "after": _as_facts(after)}
    log.record(company=company, code=code, actor=actor, subject=log.person(user.pk), at=at, facts=facts)
    return int(user.pk)


def change_roles(*, company: CompanyId, user: int, grants: Iterable[Grant], by: Person, at: datetime) -> bool:
    """Replace a person's roles in the company by these; False when they are the same already.

    Refuses (UnableToChangePerson): parties.person.unknown, .own-roles, .global-admin-only, .no-role-left,
    .last-manager.
    """
    person, wanted = _get_person(company, user), tuple(grants)
    if set(person.grants) == set(wanted):
        return False
    _refuse(find_refusal(by=by.grants, is_self=user == by.id, before=person.grants, after=wanted, today=at.date()))
    others = _who_can_sign_in(company, but=user) + [(user, grant) for grant in wanted]
    if person.is_active and leaves_nobody(managers=others, without=0, today=at.date()):
        raise UnableToChangePerson(code="parties.person.last-manager")
    _write_grants(company, user, wanted, at)
    facts = {"before": _as_facts(person.grants), "after": _as_facts(wanted)}
    _note(company, "parties.person.roles-changed", by, user, at, facts)
    return True


def disable_person(*, company: CompanyId, user: int, by: Person, at: datetime) -> None:
    """Let a person sign in no more; their roles stay written.

    Refuses (UnableToChangePerson): parties.person.unknown, .own-roles, .global-admin-only, .other-company,
    .last-manager.
    """
    person = _get_person(company, user)
    _refuse_account(person, by, at)
    if leaves_nobody(managers=_who_can_sign_in(company, but=user), without=user, today=at.date()):
        raise UnableToChangePerson(code="parties.person.last-manager")
    _set_active(company, person, False, "parties.person.disabled", by, at)


def enable_person(*, company: CompanyId, user: int, by: Person, at: datetime) -> None:
    """Let a disabled person sign in again. Refuses (UnableToChangePerson): as `disable_person`."""
    person = _get_person(company, user)
    _refuse_account(person, by, at)
    _set_active(company, person, True, "parties.person.enabled", by, at)


def permit_link(*, company: CompanyId, user: int, by: Person, at: datetime) -> None:
    """Let a manager of people hold a link that sets this person's password, and write that down.

    Refuses (UnableToChangePerson): parties.person.unknown, .own-roles, .global-admin-only, .other-company,
    .is-disabled.
    """
    person = _get_person(company, user)
    _refuse_account(person, by, at)
    _refuse(None if person.is_active else "parties.person.is-disabled")
    _note(company, "parties.person.link-made", by, user, at, {})


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


def _grants_of(company: CompanyId, user: models.User | None) -> tuple[Grant, ...]:
    person = None if user is None else find_person(company=company, user=user.pk)
    return () if person is None else person.grants


def _known_role(said: str) -> Role:
    try:
        return Role(said)
    except ValueError:
        facts = {"role": said, "roles": [role.value for role in Role]}
        raise UnableToChangePerson(code="parties.person.bad-role", facts=facts) from None


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise UnableToChangePerson(code="parties.person.bad-address", facts={"email": email}) from None


def _check_password(password: str, user: models.User) -> None:
    try:
        validate_password(password, user)
    except ValidationError:
        raise UnableToChangePerson(code="parties.person.bad-password") from None


def _refuse_account(person: Person, by: Person, at: datetime) -> None:
    _refuse("parties.person.own-roles" if person.id == by.id else None)
    held, owned = _grants_everywhere(by.id), _grants_everywhere(person.id)
    _refuse(find_account_refusal(by=held, of=owned, today=at.date()))


def _grants_everywhere(user: int) -> tuple[Grant, ...]:
    with person_context(user):
        return list_grants_of(user=user)


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


def _note(company: CompanyId, code: str, by: Person, user: int, at: datetime, facts: Mapping[str, object]) -> None:
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

"""What may be done to people's roles, and what is refused even to those who manage people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from saldo.core.identity import CompanyId
from saldo.parties.rules.roles import Grant, Reach, Role, Scope, may

MANAGE = "people.manage"


def find_refusal(
    *, by: Collection[Grant], is_self: bool, before: Iterable[Grant], after: Iterable[Grant], today: date
) -> str | None:
    """The code of the reason why this change of roles is refused, or None.

    Nobody changes their own roles: a second person has to agree. Only a Global admin touches a Global admin, or makes
    one; otherwise who manages people could take every right by a detour. A person without any role would vanish from
    the page that could bring them back, so the last role is not taken: the person is disabled instead.
    """
    held, wanted = tuple(before), tuple(after)
    if is_self:
        return "parties.person.own-roles"
    touched = [grant for grant in (*held, *wanted) if grant.role is Role.GLOBAL_ADMIN]
    if any(not _is_global_admin(by, grant, today) for grant in touched):
        return "parties.person.global-admin-only"
    if not wanted:
        return "parties.person.no-role-left"
    return None


def find_account_refusal(*, by: Iterable[Grant], of: Iterable[Grant], today: date) -> str | None:
    """The code of the reason why somebody with the grants ``by`` may not touch another person's account, or None.

    ``of`` are the person's grants in every company. An account is one for all companies: who closes it, or holds a
    link that sets its password, reaches as far as its owner; so they must manage people wherever the owner works, and
    be a Global admin wherever the owner is one.
    """
    held, owned = tuple(by), tuple(of)
    for grant in owned:
        if not _manages(held, grant.company, today):
            return "parties.person.other-company"
        if grant.role is Role.GLOBAL_ADMIN and not _is_global_admin(held, grant, today):
            return "parties.person.global-admin-only"
    return None


def leaves_nobody(*, managers: Iterable[tuple[int, Grant]], without: int, today: date) -> bool:
    """Whether nobody could manage people any more once this person cannot.

    ``managers`` are (person, grant) of everybody who can sign in.
    """
    return not any(_manages([grant], grant.company, today) for person, grant in managers if person != without)


def _manages(grants: Iterable[Grant], company: CompanyId, today: date) -> bool:
    """Whether these let somebody manage everybody of a company; a role over some customers manages nobody."""
    return may(grants=grants, capability=MANAGE, company=company, today=today).reach is Reach.ALL


def _is_global_admin(grants: Iterable[Grant], other: Grant, today: date) -> bool:
    """Whether these make somebody a Global admin today over the whole company of the other grant."""
    return any(
        grant.role is Role.GLOBAL_ADMIN
        and grant.company == other.company
        and grant.scope is Scope.ALL
        and (grant.ends_before is None or today < grant.ends_before)
        for grant in grants
    )

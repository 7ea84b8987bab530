"""What may be done to people's roles, and what is refused even to those who manage people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from saldo.parties.rules.roles import Grant, Role, may

MANAGE = "people.manage"


def find_refusal(*, by: Iterable[Grant], is_self: bool, before: Iterable[Grant], after: Iterable[Grant]) -> str | None:
    """The code of the reason why this change of roles is refused, or None.

    Nobody changes their own roles: a second person has to agree. Only a Global admin touches a Global admin, or makes
    one; otherwise who manages people could take every right by a detour. A person without any role would vanish from
    the page that could bring them back, so the last role is not taken: the person is disabled instead.
    """
    held, wanted = tuple(before), tuple(after)
    if is_self:
        return "parties.person.own-roles"
    touched = {grant.role for grant in (*held, *wanted)}
    if Role.GLOBAL_ADMIN in touched and Role.GLOBAL_ADMIN not in {grant.role for grant in by}:
        return "parties.person.global-admin-only"
    if not wanted:
        return "parties.person.no-role-left"
    return None


def leaves_nobody(*, managers: Iterable[tuple[int, Grant]], without: int, today: date) -> bool:
    """Whether nobody could manage people any more once this person cannot.

    ``managers`` are (person, grant) of everybody who can sign in.
    """
    return not any(
        may(grants=[grant], capability=MANAGE, company=grant.company, today=today).is_allowed
        for person, grant in managers
        if person != without
    )

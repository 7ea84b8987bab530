"""The five roles as a form: a box each, with scope and last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from saldo.core.identity import CompanyId
from saldo.doors.words import say
from saldo.parties.rules.roles import Grant, Role, Scope

SCOPES = tuple(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBox:
    """One role as the form shows it. ``until`` is the last day with the role, as typed."""

    role: Role
    is_on: bool
    scope: Scope
    scope_of: str
    until: str
    fault: str

    @property
    def words(self) -> str:
        """What the role is called."""
        return f"doors.role.{self.role.value}"

    @property
    def role_text(self) -> str:
        """The same, in words: labels carry it."""
        return say(self.words)

    @property
    def opens(self) -> str:
        """What it opens, in a sentence."""
        return f"desk.role-opens.{self.role.value}"

    @property
    def scopes(self) -> tuple[tuple[str, str, bool], ...]:
        """The choices: value, code of its words, whether it is the one."""
        return tuple((scope.value, f"desk.scope.{scope.value}", scope is self.scope) for scope in SCOPES)


def boxes_for(grants: Iterable[Grant], faults: Mapping[str, str]) -> tuple[RoleBox, ...]:
    """The form filled in with these roles; of two grants of one role the first is shown."""
    held: dict[Role, Grant] = {}
    for grant in grants:
        held.setdefault(grant.role, grant)
    return tuple(_box(role, held.get(role), faults.get(role.value, "")) for role in Role)


def read_grants(said: Mapping[str, str], *, company: CompanyId) -> tuple[tuple[Grant, ...], dict[str, str]]:
    """What the form says: the roles, and a fault's code for each role that cannot be read."""
    grants, faults = [], {}
    for role in Role:
        if said.get(f"role-{role.value}") is None:
            continue
        scope, until = said.get(f"scope-{role.value}", ""), said.get(f"until-{role.value}", "").strip()
        provider = said.get(f"of-{role.value}", "").strip()[:200]
        try:
            ends_before = date.fromisoformat(until) + timedelta(days=1) if until else None
            chosen = Scope(scope or Scope.ALL)
        except ValueError:
            faults[role.value] = "desk.user.bad-day"
            continue
        if chosen is Scope.HANDED_OVER and not provider:
            faults[role.value] = "desk.user.no-provider"
        of = provider if chosen is Scope.HANDED_OVER else ""
        grants.append(Grant(company=company, role=role, scope=chosen, scope_of=of, ends_before=ends_before))
    return tuple(grants), faults


def _box(role: Role, grant: Grant | None, fault: str) -> RoleBox:
    ends_before = grant.ends_before if grant else None
    return RoleBox(
        role=role,
        is_on=grant is not None,
        scope=grant.scope if grant else Scope.ALL,
        scope_of=grant.scope_of if grant else "",
        until=(ends_before - timedelta(days=1)).isoformat() if ends_before else "",
        fault=fault,
    )

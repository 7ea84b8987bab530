"""Which policy holds for an item: what was published, and for whom it was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.rules.policy import Policy

Pin = tuple[str, int]
"""Code and version of a policy."""

_PRECEDENCE = ("invoice", "debtor", "segment", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyShelf:
    """All published policies of a company, the version of each that is in force on a day, and whom they hold for."""

    by_pin: Mapping[Pin, Policy]
    in_force: Mapping[str, Pin]
    chosen: Mapping[tuple[str, str], str]

    def holding(self, *, item: str, debtor: str, segment: str) -> Pin | None:
        """The policy that holds for an item that has none yet; None: nothing is collected for it."""
        subjects = {"invoice": item, "debtor": debtor, "segment": segment, "company": ""}
        for scope in _PRECEDENCE:
            code = self.chosen.get((scope, subjects[scope]))
            if code and (scope == "company" or subjects[scope]):
                return self.in_force.get(code)
        return None

    def of(self, pin: Pin | None) -> Policy | None:
        """The policy of this code and version, or None."""
        return self.by_pin.get(pin) if pin else None


def load_policies(*, company: CompanyId, on: date) -> PolicyShelf:
    """Every published policy, read from its text as it was published, and the choices in force on a day."""
    by_pin: dict[Pin, Policy] = {}
    in_force: dict[str, Pin] = {}
    for row in models.PolicyVersion.objects.filter(company_id=company).order_by("code", "version"):
        policy = read_policy(row.text)
        if not isinstance(policy, Policy):  # only what was read and proved is ever published
            continue
        by_pin[row.code, row.version] = _versioned(policy, row.code, row.version)
        if row.starts_on <= on:
            in_force[row.code] = (row.code, row.version)
    rows = models.Assignment.objects.filter(company_id=company, starts_on__lte=on).order_by("starts_on", "id")
    chosen = {(row.scope, row.subject): row.policy for row in rows}
    return PolicyShelf(by_pin=by_pin, in_force=in_force, chosen=chosen)


def has_policies(*, company: CompanyId) -> bool:
    """Whether anything was published that could hold for somebody: without it there is nothing to look for."""
    return models.PolicyVersion.objects.filter(company_id=company).exists()


def _versioned(policy: Policy, code: str, version: int) -> Policy:
    facts = {name: getattr(policy, name) for name in Policy.__dataclass_fields__}
    return Policy(**(facts | {"code": code, "version": version}))

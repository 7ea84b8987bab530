"""A published policy for tests of pages: the gentle one, which is chosen for nobody."""

from __future__ import annotations

from saldo.core.identity import CompanyId
from saldo.dunning.actions.publishing import publish_policy, save_policy_draft
from saldo.dunning.formats.ready_policies import ready_policy
from tests.conftest import NOW


def make_policy(company: CompanyId, *, by: str, code: str = "gentle") -> int:
    """Write and publish a ready policy that one person may publish alone."""
    text, today = ready_policy(code), NOW.date()
    save_policy_draft(company=company, code=code, text=text, by=by, at=NOW)
    return publish_policy(
        company=company, code=code, text=text, starts_on=today, country="SE", today=today, by=by, at=NOW
    )

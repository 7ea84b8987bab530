"""Writing down what happens at the door, before a company is chosen."""

from __future__ import annotations

from saldo.audit import log
from saldo.doors.world import get_world
from saldo.parties.company import company_context, person_context
from saldo.parties.queries import list_companies_of, list_grants_of


def note_for_person(*, user: int, code: str) -> None:
    """One entry in each company the person has a role in: each keeps its own log."""
    with person_context(user):
        grants = list_grants_of(user=user)
    at = get_world().clock.now()
    for company in list_companies_of(grants=grants):
        with company_context(company.id):
            log.record(company=company.id, code=code, actor=log.person(user), subject=log.person(user), at=at)

"""A day has ended: what must be done once for each finished day, whoever notices first."""

from __future__ import annotations

from datetime import timedelta

from saldo.audit.actions import seal_days_before as seal_log_before
from saldo.flows.payables_follow import follow
from saldo.ledger.sealing import seal_days_before as seal_books_before
from saldo.parties.company import company_context
from saldo.parties.queries import list_companies
from saldo.ports.world import World

# Longer than any transaction lasts: an act begun before midnight is written by then.
_UNTIL_WRITTEN = timedelta(hours=6)


def day_ended(*, world: World) -> int:
    """Seal log and books of every company for all finished days; returns how many seals were set, 0 when told twice.

    What we owe Microsoft follows its files again: a person may have taken one out, or accepted another.
    """
    today = (world.clock.now() - _UNTIL_WRITTEN).date()
    sealed = 0
    for company in list_companies():
        with company_context(company.id):
            sealed += seal_log_before(company=company.id, today=today)
            sealed += seal_books_before(company=company.id, today=today)
        follow(company=company.id, world=world)
    return sealed

"""A large month drafted or issued by the worker: what a person asked for on a page, carried as texts by the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.issue_wave import IssuedWave, issue_wave
from saldo.flows.month_close import Closed, close_month
from saldo.invoicing.backups import newest_backup
from saldo.parties.company import company_context
from saldo.ports.world import World


def draft_by_worker(*, company: CompanyId, month: str, by: str, today: str, world: World) -> Closed:
    """Draft a month; ``today`` is the day of who pressed, in ISO."""
    day = date.fromisoformat(today)
    return close_month(company=company, month=Month.parse(month), by=by, world=world, today=day)


def issue_by_worker(
    *, company: CompanyId, month: str, by: str, today: str, count: int, totals: Mapping[str, str], world: World
) -> IssuedWave:
    """Issue what was confirmed. Refuses (UnableToIssue): as `issue_wave`, and then nothing was issued."""
    with company_context(company):
        backup = newest_backup(company=company)
    return issue_wave(
        company=company,
        month=Month.parse(month),
        confirm_count=count,
        confirm_totals={currency: Decimal(value) for currency, value in totals.items()},
        by=by,
        world=world,
        today=date.fromisoformat(today),
        newest_backup=backup,
    )

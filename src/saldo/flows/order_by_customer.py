"""Some time after an import: its files of daily usage are ordered by customer, for whoever drills down."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from saldo.charges.clustering import list_waiting, put_in_place, write_by_customer
from saldo.charges.importing import importing, scratch_folder, sweep_store
from saldo.core.identity import CompanyId
from saldo.parties.company import company_context
from saldo.parties.queries import list_companies


def order_by_customer() -> int:
    """Order what waits, in every company; returns how many files, 0 when told twice.

    Interrupted at any moment it leaves every file readable, and goes on where it was when it is told again. What it
    replaced is removed by the sweep before the next one, so that nobody who is reading a file loses it.
    """
    return sum(_order(company.id, Path(settings.LINE_STORE)) for company in list_companies())


def _order(company: CompanyId, store: Path) -> int:
    with company_context(company):
        sweep_store(company=company, store=store)
        waiting = list_waiting(company=company)
    for one in waiting:
        with importing(), scratch_folder(store=store) as scratch:
            by_customer = write_by_customer(waiting=one, store=store, scratch=scratch)
            with company_context(company):
                put_in_place(company=company, waiting=one, by_customer=by_customer)
    return len(waiting)

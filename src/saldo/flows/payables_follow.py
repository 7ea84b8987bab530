"""After Microsoft's files arrived: what we owe follows them, and payments that Microsoft shows are noted."""

from __future__ import annotations

from saldo.audit.log import SYSTEM
from saldo.core.identity import CompanyId
from saldo.parties.company import company_context
from saldo.payables.actions.recording import Recorded, record_documents
from saldo.payables.actions.shown_paid import note_what_microsoft_shows
from saldo.payables.queries import get_own_company
from saldo.ports.world import World


def follow(*, company: CompanyId, world: World) -> Recorded:
    """Record, correct and settle Microsoft's documents as the counting files show them; told again, nothing changes."""
    at = world.clock.now()
    with company_context(company):
        cloud = get_own_company(company=company).cloud
        recorded = record_documents(company=company, cloud=cloud, by=SYSTEM, at=at)
        note_what_microsoft_shows(company=company, today=at.date(), by=SYSTEM, at=at)
    return recorded

"""The old book is taken over: its items into the books, and where each stood in the old tool's collections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.dunning.actions.taking_on import TakenOn, give_back, take_on
from saldo.flows.dunning_look import look_of
from saldo.ledger.openings import list_taken_over
from saldo.ledger.sheets import OpeningPreview, take_opening
from saldo.ledger.taking_over import undo_take_over
from saldo.parties.company import company_context
from saldo.ports.world import World


def take_old_book(
    *,
    company: CompanyId,
    data: bytes,
    as_of: date,
    today: date,
    controls: Mapping[str, Decimal],
    by: str,
    world: World,
) -> OpeningPreview:
    """Take a file over, all or nothing, and go on at each item's step (practice 11). Refuses as `take_opening`."""
    with company_context(company):
        taken = take_opening(
            company=company, data=data, as_of=as_of, today=today, controls=controls, by=by, at=world.clock.now()
        )
        if taken.taken:
            take_history(company=company, take_over=taken.name, by=by, world=world, today=today)
    return taken


def give_old_book_back(*, company: CompanyId, name: str, by: str, world: World, today: date) -> int:
    """Give a file back, and everything collections knew by it; returns how many items. Refuses as `undo_take_over`."""
    at = world.clock.now()
    with company_context(company):
        items = [row.item for row in list_taken_over(company=company, take_over=name)]
        count = undo_take_over(company=company, name=name, by=by, at=at)
        give_back(company=company, items=items, by=by, today=today, at=at)
    return count


def take_history(
    *, company: CompanyId, by: str, world: World, today: date | None = None, take_over: str | None = None
) -> TakenOn:
    """Let items of one file, or of all, go on where the old tool stood; run again it changes nothing."""
    with company_context(company):
        look = look_of(company=company, world=world, today=today)
        return take_on(look=look, rows=list_taken_over(company=company, take_over=take_over), by=by)

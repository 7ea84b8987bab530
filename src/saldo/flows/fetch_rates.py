"""Rates of exchange arrive: asked for outside any transaction, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from saldo.agreements.actions import import_rates
from saldo.agreements.queries import get_rates_place, newest_rate_day
from saldo.agreements.rules.exchange import OLDEST_DAYS, Published
from saldo.audit.log import SYSTEM
from saldo.core.identity import CompanyId
from saldo.parties.company import company_context
from saldo.parties.queries import list_companies
from saldo.ports.rates import RatesUnreachable
from saldo.ports.world import World

_KEPT = timedelta(days=800)
"""How far back a history is taken over: two years of statements and a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of asking for one company's rates; ``code`` says why nothing came."""

    company: CompanyId
    new: int = 0
    code: str = ""


def fetch_rates(*, company: CompanyId, world: World, by: str = SYSTEM) -> Fetched:
    """Fetch a company's rates from its place; the whole history where days are missing. Told twice, it adds nothing."""
    now = world.clock.now()
    with company_context(company):
        place = get_rates_place(company=company)
        newest = newest_rate_day(company=company, source=place.source)
    has_gap = newest is None or now.date() - newest > timedelta(days=OLDEST_DAYS)
    try:
        found = world.rates.fetch(place.address, all_days=has_gap)
    except RatesUnreachable as fault:
        return Fetched(company=company, code=fault.code)
    since = now.date() - _KEPT
    published = [Published(one.currency, one.on, one.rate) for one in found if one.on >= since]
    with company_context(company):
        new = import_rates(company=company, published=published, by=by, at=now, source=place.source)
    return Fetched(company=company, new=new)


def fetch_all_rates(*, world: World) -> tuple[Fetched, ...]:
    """The same for every company, each by itself."""
    return tuple(fetch_rates(company=company.id, world=world) for company in list_companies())

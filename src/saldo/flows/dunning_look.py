"""How the house looks at its book at a moment: what the round, the letters and the pages decide from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from saldo.core.identity import CompanyId
from saldo.dunning.looking import Look
from saldo.dunning.policies import load_policies
from saldo.parties.queries import list_companies
from saldo.ports.world import World
from saldo.receipts.queries import list_newest_files


def look_of(*, company: CompanyId, world: World, today: date | None = None) -> Look:
    """How the house looks at its book now: its policies, the newest bank data, and the days of its debtors' zones."""
    house = next(one for one in list_companies() if one.id == company)
    at = world.clock.now()
    return Look(
        company=company,
        shelf=load_policies(company=company, on=today or _local_day(at, house.zone)),
        day_of=_days(at, today),
        country=house.country,
        zone=house.zone,
        at=at,
        bank_at=_newest(file.received_at for file in list_newest_files(company=company)),
    )


def _days(at: datetime, today: date | None) -> Callable[[str], date]:
    known: dict[str, date] = {}

    def day_of(zone: str) -> date:
        if today is not None:
            return today
        if zone not in known:
            known[zone] = _local_day(at, zone)
        return known[zone]

    return day_of


def _local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _newest(received: Iterable[datetime]) -> datetime | None:
    return max((at.astimezone(UTC) for at in received), default=None)

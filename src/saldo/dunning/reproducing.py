"""Every decision made again from what it was made from: the policy in force must come to the same one.

A decision keeps the whole `Facts` and `Standing` it was made from, its policy's version and its day; the only other
thing that `decide` looks at is the calendar of the debtor's country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.workdays import Closed
from saldo.dunning import models
from saldo.dunning.policies import load_policies
from saldo.dunning.rules.facts import Facts, Standing
from saldo.dunning.rules.ladder import decide
from saldo.parties.calendars import calendar_of

_DAYS = frozenset({"due_on", "promise_until", "more_late_on", "held_until", "unallocated_since", "reopened_on"})
_AMOUNTS = frozenset({"open", "credit", "withheld", "disputed", "pending", "promised", "debtor_owed"})
_DAYS_OF_STANDING = frozenset({"since", "proved_on"})
_COUNTRIES = "SELECT number, country FROM parties_debtor WHERE company_id = %s"
_DAYS_KEPT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAgain:
    """A decision that moved an item, and what the same policy decides from the same facts now."""

    item: str
    on: date
    step: str
    because: str
    step_again: str
    because_again: str

    @property
    def is_same(self) -> bool:
        """Whether it comes to the same step for the same reason."""
        return (self.step, self.because) == (self.step_again, self.because_again)


def decide_again(*, company: CompanyId, since: date, country: str) -> Iterator[MadeAgain]:
    """Each decision of the ladder since a day, made again, in the order in which they were made.

    What a person moved or took over was no decision of the ladder and is left out. ``country``: the company's own, for
    debtors of whom none is known.
    """
    shelf = load_policies(company=company, on=date.max)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES, [company])
        countries = dict(cursor.fetchall())
    rows = models.Decided.objects.filter(company_id=company, on__gte=since).order_by("id")
    for row in rows.iterator(chunk_size=2000):
        policy = shelf.by_pin.get((row.policy, row.version))
        if policy is None or "facts" not in row.known:
            continue
        again = decide(
            policy,
            _facts(row.known["facts"]),
            _standing(row.known["standing"]),
            today=row.on,
            closed=_closed(countries.get(row.debtor) or country),
        )
        yield MadeAgain(
            item=row.item,
            on=row.on,
            step=row.step,
            because=row.because,
            step_again=again.step,
            because_again=again.because,
        )


@lru_cache(maxsize=64)
def _closed(country: str) -> Closed:
    return lru_cache(maxsize=_DAYS_KEPT)(calendar_of(country))


def _facts(known: Mapping[str, Any]) -> Facts:
    return Facts(**{name: _read(name, value, _DAYS) for name, value in known.items()})


def _standing(known: Mapping[str, Any]) -> Standing:
    return Standing(**{name: _read(name, value, _DAYS_OF_STANDING) for name, value in known.items()})


def _read(name: str, value: Any, days: frozenset[str]) -> Any:
    if value is None:
        return None
    if name in days:
        return date.fromisoformat(value)
    return Decimal(value) if name in _AMOUNTS else value

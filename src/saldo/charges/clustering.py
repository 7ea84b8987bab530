"""The later job of the line store: files of daily usage, taken in as they were delivered, are ordered by customer.

Nothing that anybody reads changes by it: rows keep their numbers, and places of evidence stay true.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from saldo.charges import models
from saldo.charges.rules.line import Kind
from saldo.charges.store.clustering import BY_CUSTOMER, CLUSTERED_KINDS, cluster
from saldo.core.identity import CompanyId


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file of the line store that still lies in the order in which it was delivered."""

    stored: str
    kind: Kind


def list_waiting(*, company: CompanyId) -> tuple[Waiting, ...]:
    """The files of daily usage that count and are not ordered by customer yet, oldest first."""
    parts = models.Part.objects.filter(
        company_id=company, delivery__kind__in=CLUSTERED_KINDS, delivery__state="counts"
    ).exclude(stored__endswith=BY_CUSTOMER)
    rows = parts.order_by("id").values_list("stored", "delivery__kind")
    return tuple(Waiting(stored, cast(Kind, kind)) for stored, kind in rows)


def write_by_customer(*, waiting: Waiting, store: Path, scratch: Path) -> str:
    """Write such a file ordered by customer; nobody reads it until it is put in the old one's place.

    Belongs between transactions, as it may take a minute. Gives the new file's name.
    """
    return cluster(store=store, stored=waiting.stored, kind=waiting.kind, scratch=scratch)


def put_in_place(*, company: CompanyId, waiting: Waiting, by_customer: str) -> None:
    """Let the catalogue name the new file wherever it named the old one, which the next sweep removes."""
    models.Part.objects.filter(company_id=company, stored=waiting.stored).update(stored=by_customer)

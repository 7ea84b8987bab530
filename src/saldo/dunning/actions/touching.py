"""Something arrived: the items of these debtors are looked at again at the next round, whatever day they named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.ledger.moved_since import BookPlace, list_moved_since

_ROUNDS_BACK = 2


def touch(*, company: CompanyId, debtors: Collection[str], on: date) -> int:
    """Let the next round look at every item of these debtors; returns how many were to be looked at later.

    It changes no step and needs no entry in the log: what came of it is written by the round. An item that stands
    nowhere yet is looked at anyway.
    """
    rows = models.Collected.objects.filter(company_id=company, debtor__in=set(debtors))
    return rows.filter(Q(look_again_on__isnull=True) | Q(look_again_on__gt=on)).update(look_again_on=on)


def touch_moved(*, company: CompanyId, on: date) -> int:
    """Touch every debtor whose account the books moved since the rounds before; returns how many items it were.

    It looks back past the newest round to the one before, so that a transaction under way at a round is not missed.
    """
    kept = models.Round.objects.filter(company_id=company, facts__has_key="books").order_by("-id")
    places = list(kept.values_list("facts__books", flat=True)[:_ROUNDS_BACK])
    if not places:
        return 0
    debtors = list_moved_since(company=company, place=BookPlace._make(places[-1]))
    return touch(company=company, debtors=debtors, on=on) if debtors else 0

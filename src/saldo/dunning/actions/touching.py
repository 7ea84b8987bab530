"""Something arrived: the items of these debtors are looked at again at the next round, whatever day they named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from saldo.core.identity import CompanyId
from saldo.dunning import models


def touch(*, company: CompanyId, debtors: Collection[str], on: date) -> int:
    """Let the next round look at every item of these debtors; returns how many were to be looked at later.

    It changes no step and needs no entry in the log: what came of it is written by the round. An item that stands
    nowhere yet is looked at anyway.
    """
    rows = models.Collected.objects.filter(company_id=company, debtor__in=set(debtors))
    return rows.filter(Q(look_again_on__isnull=True) | Q(look_again_on__gt=on)).update(look_again_on=on)

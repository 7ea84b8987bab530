"""Fee and interest of a notice wait for the debtor's next invoice, from the moment the notice was handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.letters.wording import say
from saldo.invoicing.actions.charging import add_charge
from saldo.parties.debtors import list_tenants


def charge_costs(*, company: CompanyId, row: models.Notice, by: str, at: datetime) -> int:
    """Let what a notice told of interest and fee be charged, once for a notice; returns how many charges.

    A letter that never left charges nothing, and neither does a rehearsed one. The row is not saved.
    """
    charged: dict[str, Any] = row.told.get("charged") or {}
    if not charged or charged.get("done"):
        return 0
    customer = list_tenants(company=company, debtor=row.debtor)[0].key
    evidence = {
        "notice": row.key,
        "policy": f"{row.policy}:{row.version}",
        "law": charged["law"],
        "items": charged["items"],
    }
    made = 0
    for name, days in _parts(charged, row.on).items():
        net = Decimal(charged[name])
        if net:
            with translation.override(row.language.lower()):
                words = say(f"charge.{name}")
            add_charge(
                company=company,
                customer=customer,
                code=f"late-{name}",
                name=words,
                net=net,
                currency=row.currency,
                evidence=evidence,
                service_period=days,
                key=f"{row.key}:{name}",
                by=by,
                at=at,
            )
            made += 1
    charged["done"] = True
    return made


def _parts(charged: Mapping[str, Any], on: date) -> dict[str, tuple[date, date]]:
    """The days of the fee and of the interest."""
    since, until = charged.get("interest_since"), charged.get("interest_until")
    days = (date.fromisoformat(since), date.fromisoformat(until)) if since and until else (on, on)
    return {"fee": (on, on), "interest": days}

"""``truth.json``: every invoice, every customer, and the cause of every change from month to month."""

from __future__ import annotations

from typing import Any

from saldo.core.money import amount_text
from saldo.generator.holdings import Holding
from saldo.generator.partner import Partner


def truth_document(partner: Partner) -> dict[str, Any]:
    """The document as plain values; amounts are texts with the currency's minor digits."""
    return {
        "seed": partner.seed,
        "start": str(partner.start),
        "months": partner.months,
        "currency": partner.currency,
        "customers": [{"id": h.customer.id, "name": h.customer.name} for h in partner.holdings],
        "invoices": [
            {"month": str(made.month), "number": made.number, "total": amount_text(made.net, partner.currency)}
            for month in range(partner.months)
            for made in partner.documents(month)
        ],
        "changes": [
            _change(partner, holding, month) for holding in partner.holdings for month in range(1, partner.months)
        ],
    }


def _change(partner: Partner, holding: Holding, month: int) -> dict[str, Any]:
    before, after = holding.total(month - 1), holding.total(month)
    return {
        "customer": holding.customer.id,
        "from": str(partner.start.plus(month - 1)),
        "to": str(partner.start.plus(month)),
        "before": amount_text(before, partner.currency),
        "after": amount_text(after, partner.currency),
        "change": amount_text(after - before, partner.currency),
        "reasons": [
            {
                "code": reason.code,
                "key": reason.key,
                "subject": reason.subject,
                "amount": amount_text(reason.amount, partner.currency),
            }
            for reason in holding.reasons(month - 1, month)
        ],
    }

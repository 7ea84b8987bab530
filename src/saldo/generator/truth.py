"""``truth.json``: every invoice, every customer, and the cause of every change from month to month."""

from __future__ import annotations

from decimal import Decimal
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
            _invoice(partner, month, is_legacy=is_legacy)
            for month in range(partner.months)
            for is_legacy in (False, True)
            if partner.rows(month, is_legacy=is_legacy)
        ],
        "changes": [
            _change(partner, holding, month) for holding in partner.holdings for month in range(1, partner.months)
        ],
    }


def _invoice(partner: Partner, month: int, *, is_legacy: bool) -> dict[str, str]:
    """Before tax, as the bills are."""
    total = sum((row.subtotal for row in partner.rows(month, is_legacy=is_legacy)), Decimal(0))
    return {
        "month": str(partner.start.plus(month)),
        "number": partner.legacy_invoice(month) if is_legacy else partner.invoice(month),
        "total": amount_text(total, partner.currency),
    }


def _change(partner: Partner, holding: Holding, month: int) -> dict[str, Any]:
    before, after = _total(holding, month - 1), _total(holding, month)
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


def _total(holding: Holding, month: int) -> Decimal:
    return sum((row.subtotal for row in holding.rows(month)), Decimal(0))

"""Invoice headers as the v1 API gives them (reference 2.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.money import amount_text
from saldo.core.periods import Month


def invoice_header(
    *, number: str, month: Month, total: Decimal, currency: str, is_legacy: bool = False
) -> dict[str, Any]:
    """One document's header; the total includes tax. A legacy invoice names no billing period."""
    header: dict[str, Any] = {
        "id": number,
        "invoiceDate": _instant(date(month.plus(1).year, month.plus(1).number, 8)),
        "billingPeriodStartDate": _instant(month.starts_on),
        "billingPeriodEndDate": _instant(month.ends_on),
        "totalCharges": amount_text(total, currency),
        "paidAmount": amount_text(Decimal(0), currency),
        "currencyCode": currency,
        "currencySymbol": currency,
        "pdfDownloadLink": f"/invoices/{number}/documents/statement",
        "documentType": "invoice",
        "invoiceType": "Recurring" if is_legacy else "OneTime",
        "Status": "active",
        "amendments": [],
    }
    if is_legacy:
        del header["billingPeriodStartDate"], header["billingPeriodEndDate"]
    return header


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

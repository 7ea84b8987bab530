"""Invoice headers as the v1 API gives them (reference 2.1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saldo.core.money import amount_text
from saldo.core.periods import Month


def invoice_header(
    *, number: str, month: Month, total: Decimal, currency: str, is_legacy: bool = False, amends: str = ""
) -> dict[str, Any]:
    """One document's header; the total includes tax. Legacy names no billing period; a note names what it amends."""
    header: dict[str, Any] = {
        "id": number,
        "invoiceDate": _instant(_legacy_day(month) if is_legacy else month.plus(1).starts_on + timedelta(days=7)),
        "billingPeriodStartDate": _instant(month.starts_on),
        "billingPeriodEndDate": _instant(month.ends_on),
        "totalCharges": amount_text(total, currency),
        "paidAmount": amount_text(Decimal(0), currency),
        "currencyCode": currency,
        "currencySymbol": currency,
        "pdfDownloadLink": f"/invoices/{number}/documents/statement",
        "documentType": "adjustment_note" if amends else "invoice",
        "invoiceType": "Recurring" if is_legacy else "OneTime",
        "Status": "active",
        "amendments": [],
    }
    if amends:
        header["amendsOf"] = amends
    if is_legacy:
        del header["billingPeriodStartDate"], header["billingPeriodEndDate"]
    return header


def _legacy_day(month: Month) -> date:
    """The day after the partner's anniversary."""
    return month.starts_on + timedelta(days=5)


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

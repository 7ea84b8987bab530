"""An old book as a partner brings it: files of open items, and the debtors they are about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from openpyxl import Workbook

from saldo.core.identity import CompanyId
from saldo.invoicing.rules.references import ocr_reference
from saldo.ledger.rules.opening_rows import COLUMNS
from saldo.ledger.sheets import OpeningPreview, take_opening
from saldo.parties.models import Debtor
from tests.conftest import NOW

AS_OF = date(2026, 4, 30)
TODAY = date(2026, 5, 12)
Row = Mapping[str, str]


def debtor(company: CompanyId, number: str = "10001", name: str = "Olles färg AB", vat_id: str = "") -> None:
    Debtor.objects.create(company_id=company, number=number, name=name, country="SE", vat_id=vat_id, first_seen_at=NOW)


def row(number: str = "A-1", open: str = "125.00", **cells: str) -> dict[str, str]:
    """An invoice of the old tool, due in May."""
    usual = {"debtor": "10001", "kind": "invoice", "issued": "2026-04-01", "due": "2026-05-01", "currency": "SEK"}
    return usual | {"number": number, "original": open, "open": open} | cells


def as_csv(*rows: Row) -> bytes:
    told = io.StringIO()
    writer = csv.DictWriter(told, COLUMNS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return told.getvalue().encode()


def as_xlsx(rows: Iterable[Row], controls: Mapping[str, str]) -> bytes:
    """A workbook whose second sheet carries the control totals."""
    book = Workbook()
    first = book.active
    first.append(COLUMNS)
    for one in rows:
        first.append([one.get(column, "") for column in COLUMNS])
    second = book.create_sheet("Control")
    second.append(["Currency", "Total"])
    for currency, total in controls.items():
        second.append([currency, Decimal(total)])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def take(company: CompanyId, data: bytes, **controls: str) -> OpeningPreview:
    return take_opening(
        company=company,
        data=data,
        as_of=AS_OF,
        today=TODAY,
        by="person:1",
        at=NOW,
        controls={currency: Decimal(total) for currency, total in controls.items()},
    )


def nine_hundred(company: CompanyId) -> tuple[list[dict[str, str]], dict[str, Decimal]]:
    """900 items of 90 debtors in two currencies, every kind among them, with what each currency comes to."""
    rows, sums = [], {"SEK": Decimal(0), "EUR": Decimal(0)}
    for place in range(90):
        debtor(company, number=str(20001 + place), name=f"Kund {place:03d} AB")
    for place in range(900):
        currency = "EUR" if place % 9 == 0 else "SEK"
        kind = {20: "credit", 21: "deposit", 22: "receipt"}.get(place % 30, "invoice")
        worth = Decimal(10_000 + place * 37) / 100
        signed = worth if kind == "invoice" else -worth
        sums[currency] += signed
        issued = date(2026, 1, 5) + timedelta(days=place % 100)
        rows.append(
            row(
                str(70001 + place),
                f"{signed:.2f}",
                kind=kind,
                currency=currency,
                debtor=str(20001 + place % 90),
                original=f"{signed * 2:.2f}",
                issued=issued.isoformat(),
                due=(issued + timedelta(days=30)).isoformat(),
                reference=ocr_reference(number=str(70001 + place)),
                **(_collected(place) if kind == "invoice" else {}),
            )
        )
    return rows, sums


def _collected(place: int) -> dict[str, str]:
    told = {}
    if place % 10 == 1:
        told |= {"dispute_amount": "40.00", "dispute_reason": "wrong seats", "dispute_since": "2026-04-20"}
    if place % 10 == 2:
        told |= {"promise_amount": "50.00", "promise_until": "2026-05-20"}
    if place % 10 == 3:
        told |= {"step": "2", "last_notice_on": "2026-04-24", "last_notice": "second reminder"}
    return told

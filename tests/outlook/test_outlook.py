"""The cash ahead reads the books and what Microsoft must get."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from saldo.core.identity import CompanyId
from saldo.ledger.actions import allocate, post
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.outlook.queries import look_at_cash, look_at_days
from tests.conftest import NOW
from tests.microsoft_files import header, seats
from tests.rooms.importing import Postman

TODAY = NOW.date()


def book(company: CompanyId, key: str, on: date, due: date, value: int, against: str) -> None:
    posting = Posting(
        key=key,
        on=on,
        code="test",
        entries=(
            Entry(account="receivable", party="10001", currency="SEK", value=Decimal(value)),
            Entry(account=against, currency="SEK", value=Decimal(-value)),
        ),
    )
    item = NewItem(
        key=key, account="receivable", party="10001", kind="invoice", issued_on=on, due_on=due, currency="SEK",
        original=Decimal(value),
    )  # fmt: skip
    post(company=company, postings=[(posting, [item])], by="test", at=NOW)


def paid_late(company: CompanyId, number: int, days: int) -> None:
    """An invoice of 100 that was paid so many days late."""
    on = date(2026, 1, number)
    due = on + timedelta(days=30)
    book(company, f"invoice:{number}", on, due, 100, "sales")
    book(company, f"receipt:{number}", due + timedelta(days=days), due, -100, "bank:1930")
    new = NewAllocation(
        key=f"a:{number}",
        on=due + timedelta(days=days),
        debit=f"invoice:{number}",
        credit=f"receipt:{number}",
        value=Decimal(100),
    )
    allocate(company=company, allocations=[new], by="test", at=NOW)


def test_the_bank_the_debtors_and_microsoft_come_together(company: CompanyId, tmp_path: Path, settings: Any) -> None:
    settings.LINE_STORE = tmp_path / "store"
    postman = Postman(company, tmp_path)
    postman.bring(seats())
    postman.bring_header(
        header(total="360.00", on="2026-04-08"),
        header(number="G000000002", total="60.00", documentType="adjustment_note", amendsOf="G000000009"),
    )
    for number, days in ((1, 8), (2, 10), (3, 12)):
        paid_late(company, number, days)
    book(company, "invoice:9", date(2026, 5, 1), date(2026, 5, 28), 500, "sales")
    (one,) = look_at_cash(company=company, today=TODAY)
    assert (one.currency, one.start, one.expected, one.owed) == ("SEK", Decimal(300), Decimal(500), Decimal(300))
    (summed,) = look_at_days(company=company, today=TODAY)
    assert (summed.days, summed.expected, summed.leaving) == (one.days, one.expected, one.leaving)
    assert (summed.lowest, summed.lowest_on, summed.gap) == (one.lowest, one.lowest_on, one.gap)
    (arrival,) = one.arrivals
    assert (arrival.on, arrival.habit.days_late, arrival.habit.based_on) == (date(2026, 6, 7), 10, 3)
    (document,) = one.leaving
    assert (document.document, document.pay_on, document.value) == ("G000000001", date(2026, 5, 27), Decimal(300))
    assert (one.lowest, one.lowest_on, one.gap) == (Decimal(0), date(2026, 5, 27), Decimal(0))


def test_an_empty_company_has_no_cash_ahead(company: CompanyId) -> None:
    assert look_at_cash(company=company, today=TODAY) == ()

"""A small company with debtors, invoices in its books and entries of its bank."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place
from saldo.invoicing.rules.references import ocr_reference
from saldo.ledger.actions import post
from saldo.ledger.queries import find_item
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties import models as parties
from saldo.receipts.actions.taking import take_file
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from tests.conftest import NOW

_NUMBERS = itertools.count(1)


class Bookkeeping:
    """What the tests of matching do all the time, in the language of the business."""

    def __init__(self, company: CompanyId) -> None:
        self.company = company

    def debtor(self, number: str, name: str) -> None:
        parties.Debtor.objects.create(company_id=self.company, number=number, name=name, first_seen_at=NOW)

    def invoice(self, number: str, debtor: str, gross: str, *, currency: str = "SEK", due: date = date(2026, 4, 30)):
        value = Decimal(gross)
        kind = "credit-note" if value < 0 else "invoice"
        item = NewItem(
            key=f"{kind}:{number}",
            account="receivable",
            party=debtor,
            kind=kind,
            document=number,
            reference=ocr_reference(number=number),
            issued_on=date(2026, 3, 31),
            due_on=due,
            currency=currency,
            original=value,
        )
        legs = (
            Entry(account="receivable", party=debtor, currency=currency, value=value),
            Entry(account="sales", currency=currency, value=-value),
        )
        posting = Posting(key=item.key, on=item.issued_on, code="invoicing.issued", entries=legs)
        post(company=self.company, postings=[(posting, (item,))], by="test", at=NOW)
        return item

    def receives(self, *entries: EntryRead) -> tuple[str, ...]:
        """The bank's file is taken; the keys of its entries."""
        number = next(_NUMBERS)
        numbered = tuple(
            replace(entry, place=Place(file=FileId("x"), row=place), bank_reference=f"BANK{number:06d}{place:03d}")
            for place, entry in enumerate(entries, start=1)
        )
        read = BankFileRead(format="camt.053", entries=numbered)
        name = f"{number:064d}"
        taken = take_file(company=self.company, read=read, sha256=name, name="f.xml", currency="SEK", by="test", at=NOW)
        return taken.keys

    def open_of(self, key: str) -> Decimal:
        found = find_item(company=self.company, key=key)
        assert found is not None
        return found.open


def told(value: str, *, on: date = date(2026, 5, 12), currency: str = "SEK", **other) -> EntryRead:
    """An entry as a file tells it."""
    place = Place(file=FileId("x"), row=1)
    return EntryRead(
        place=place,
        account="SE4550000000058398257466",
        booked_on=on,
        value_on=on,
        currency=currency,
        value=Decimal(value),
        **other,
    )


@pytest.fixture
def books(company: CompanyId) -> Bookkeeping:
    return Bookkeeping(company)

"""What the customers of a partner pay for a month, as files of a bank that may be damaged before they are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from saldo.flows.receive_files import ReceivedFile, receive_paths
from saldo.generator.bank_files import camt_053, mt940
from saldo.generator.bank_town import Payment, Truth
from saldo.ledger.queries import OpenItem, list_open_items
from saldo.parties.company import company_context
from saldo.parties.debtors import list_debtors
from tests.chain.year import IBAN, Year

OPENING = Decimal(1000)


class Till:
    """One payment of each invoice that is open, and the files that tell of them."""

    def __init__(self, year: Year, *, issued_on: date, folder: Path, random: Random) -> None:
        self.year, self.folder, self.random = year, folder, random
        folder.mkdir()
        with company_context(year.company):
            owed = [one for one in list_open_items(company=year.company) if one.issued_on == issued_on and one.open > 0]
            self.names = {debtor.number: debtor.name for debtor in list_debtors(company=year.company)}
        self.owed = owed
        self.payments = [self._payment(item, place) for place, item in enumerate(owed)]
        self.files: list[Path] = []

    def _payment(self, item: OpenItem, place: int) -> Payment:
        return Payment(
            number=place + 1,
            on=item.due_on,
            currency=item.currency,
            value=item.open,
            truth=Truth(story="in full", debtor=item.party, settles=((item.document, item.open),)),
            payer=self.names[item.party],
            references=(item.reference,),
            bank_reference=f"T{place:010d}",
        )

    def pick(self) -> int:
        """The place of one of the payments."""
        return self.random.randrange(len(self.payments))

    def change(self, place: int, **changes: Any) -> str:
        """Another payment at this place; gives the bank's reference of it."""
        self.payments[place] = replace(self.payments[place], **changes)
        return self.payments[place].bank_reference

    def again(self, place: int, **changes: Any) -> str:
        """One more payment like this one."""
        number = len(self.payments) + 1
        more = replace(self.payments[place], number=number, bank_reference=f"T{number:010d}", **changes)
        self.payments.append(replace(more, on=more.on + timedelta(days=3)))
        return more.bank_reference

    def write(
        self, name: str, *, account: str = IBAN, form: str = "camt", payments: list[Payment] | None = None
    ) -> Path:
        """A file of these payments, or of all."""
        told = sorted(self.payments if payments is None else payments, key=lambda one: one.on)
        currency = told[0].currency
        path = self.folder / name
        if form == "camt":
            made_on = told[-1].on
            data = camt_053(payments=told, account=account, currency=currency, opening=OPENING, made_on=made_on)
        else:
            data = mt940(payments=told, account=account, currency=currency, opening=OPENING)
        path.write_bytes(data)
        self.files.append(path)
        return path

    def receive(self) -> tuple[ReceivedFile, ...]:
        """Saldo takes the files, one after the other, some days after the last payment."""
        if not self.files:
            self.write("bank.xml")
        last = max(payment.on for payment in self.payments) + timedelta(days=2)
        company, world = self.year.company, self.year.world(last)
        return receive_paths(company=company, paths=self.files, actor="user:1", world=world)

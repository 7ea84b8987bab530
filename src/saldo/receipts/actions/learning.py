"""Remembering whose name and account a payer has, by the matches of people; taken back with the match."""

from __future__ import annotations

from datetime import date

from saldo.core.identity import CompanyId
from saldo.receipts import models
from saldo.receipts.rules.book import canonical_account
from saldo.receipts.rules.names import fold


def learn(*, company: CompanyId, entry: models.BankEntry, debtor: str, on: date) -> None:
    """A person matched this entry to this debtor: its account and its name are known from now on."""
    for kind, said in _said(entry):
        row, is_new = models.LearnedPayer.objects.get_or_create(
            company_id=company, kind=kind, said=said, debtor=debtor, defaults={"last_on": on}
        )
        if not is_new:
            row.times, row.last_on = row.times + 1, on
            row.save(update_fields=["times", "last_on"])


def unlearn(*, company: CompanyId, entry: models.BankEntry, debtor: str) -> None:
    """The match was wrong: what it taught goes with it."""
    for kind, said in _said(entry):
        rows = models.LearnedPayer.objects.filter(company_id=company, kind=kind, said=said, debtor=debtor)
        for row in rows:
            if row.times <= 1:
                row.delete()
            else:
                row.times -= 1
                row.save(update_fields=["times"])


def _said(entry: models.BankEntry) -> list[tuple[str, str]]:
    found = [("account", canonical_account(entry.payer_account)), ("name", fold(entry.payer))]
    return [(kind, said) for kind, said in found if said]

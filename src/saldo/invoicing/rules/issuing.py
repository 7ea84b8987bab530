"""What issuing a document means: may it be issued, when is it due, what enters the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from saldo.core.money import add_up
from saldo.core.problems import Refused
from saldo.ledger.rules.accounts import FEES, RECEIVABLE, SALES, TAX
from saldo.ledger.rules.posting import Entry, NewItem, Posting

NOT_DUE = date(9999, 12, 31)
"""The due day of a statement whose fiscal document the authority has not issued yet."""

ITEM_PREFIX = {"invoice": "invoice", "statement": "invoice", "credit-note": "credit-note"}


class UnableToIssue(Refused):
    """Documents that may not be issued, or not as confirmed."""


class Issuable(NamedTuple):
    """A document with its number, as the books see it; ``fees`` is the part of the net that is our own."""

    number: str
    kind: str
    debtor: str
    currency: str
    net: Decimal
    fees: Decimal
    taxes: Sequence[Mapping[str, Any]]
    gross: Decimal
    issued_on: date
    due_on: date
    reference: str

    @property
    def key(self) -> str:
        """The name of its posting and of its open item."""
        return f"{ITEM_PREFIX[self.kind]}:{self.number}"


def check_form(*, fiscal_form: str) -> None:
    """Nothing where the company's fiscal form can be issued (practice 7).

    Refuses (UnableToIssue): invoicing.issue.es-verifactu (chained records are not built), .unknown-form.
    """
    if fiscal_form == "es-verifactu":
        raise UnableToIssue(code="invoicing.issue.es-verifactu")
    if fiscal_form not in ("own", "external"):
        raise UnableToIssue(code="invoicing.issue.unknown-form", facts={"form": fiscal_form})


def check_backup(*, is_demanded: bool, newest_backup: datetime | None, at: datetime, days: int) -> None:
    """Nothing where the newest backup is young enough (practice 13).

    A company that issues in rehearsal, before any mail channel was opened, has nothing that the outside knows of: the
    guard holds from the first live channel on, or earlier where the settings demand it (docs/adr).
    Refuses (UnableToIssue): invoicing.issue.no-backup, invoicing.issue.backup-too-old.
    """
    if not is_demanded:
        return
    if newest_backup is None:
        raise UnableToIssue(code="invoicing.issue.no-backup", facts={"days": days})
    if at - newest_backup > timedelta(days=days):
        facts = {"on": newest_backup.date().isoformat(), "days": days}
        raise UnableToIssue(code="invoicing.issue.backup-too-old", facts=facts)


def posting_of(document: Issuable) -> tuple[Posting, tuple[NewItem, ...]] | None:
    """What enters the books with a document; None for one that comes to nothing."""
    legs = [
        Entry(account=RECEIVABLE, party=document.debtor, currency=document.currency, value=document.gross),
        Entry(account=SALES, currency=document.currency, value=document.fees - document.net),
        Entry(account=FEES, currency=document.currency, value=-document.fees),
    ]
    legs += [
        Entry(account=tax_account(tax), currency=document.currency, value=-Decimal(tax["tax"]))
        for tax in document.taxes
    ]
    entries = tuple(leg for leg in legs if leg.value)
    if not entries:
        return None
    item = NewItem(
        key=document.key,
        account=RECEIVABLE,
        party=document.debtor,
        kind=document.kind,
        document=document.number,
        reference=document.reference,
        issued_on=document.issued_on,
        due_on=document.due_on,
        currency=document.currency,
        original=document.gross,
    )
    posting = Posting(
        key=document.key, on=document.issued_on, code="invoicing.issued", document=document.number, entries=entries
    )
    return posting, (item,) if document.gross else ()


def tax_account(tax: Mapping[str, Any]) -> str:
    """Output tax by place and rate: ``tax:SE:25``."""
    return f"{TAX}:{tax.get('country') or '-'}:{tax['percent']}"


def sums_by_currency(documents: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """What documents come to, by currency."""
    return {
        currency: add_up(gross for of, gross in documents if of == currency)
        for currency in sorted({currency for currency, _ in documents})
    }

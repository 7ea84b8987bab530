"""What the demo partner owes Microsoft: old documents paid by two people, the newest waits for one, one disputed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from saldo.core.identity import CompanyId

if TYPE_CHECKING:
    from saldo.payables.queries import PayableShown

ACCOUNT = "main"
_PAYEE, _PAYEE_IBAN = "microsoft-sek", "IE29AIBK93115212345678"
_TWO_ABOVE = Decimal(50_000)
_EARLY_DAYS = 2  # before the last safe day
_CUSTOMER_FOR = timedelta(days=900)
_THERE = Decimal("0.6")  # of what the newest documents cost


def pay_microsoft(
    *, company: CompanyId, folder: Path, people: tuple[str, str], agreed_at: datetime, today: date, now: datetime
) -> None:
    """Pay all but the newest month's documents, let people be at those; again it changes nothing.

    The money for it comes from the balance that the account had before Saldo kept it. Microsoft then says what it still
    waits for, so that every payment is known to have come.
    """
    from saldo.parties.company import company_context
    from saldo.payables.queries import list_payables

    with company_context(company):
        _agree(company, people, agreed_at)
        owed = [one for one in list_payables(company=company, today=today) if one.gross > 0 and one.tie_out.ties]
        newest = max((one.invoiced_on for one in owed), default=today).replace(day=1)
        waiting = [one for one in owed if one.invoiced_on >= newest]
        due = [one for one in owed if one.invoiced_on < newest and one.open]
        for one in due:
            _pay(company, one, people, now)
        _leave_waiting(company, waiting, people, now, today)
        if due:
            _bring_balance(company, sum((one.open for one in waiting), Decimal(0)), people[0], agreed_at, today)
            _dispute(company, due[-1], people[0], now)
    _hear_microsoft(company, folder, people[0], today)


def _agree(company: CompanyId, people: tuple[str, str], at: datetime) -> None:
    """Microsoft's account, which a second person saw, and the sum above which two must say yes."""
    from saldo.parties.billing_actions import approve_bank_account, propose_bank_account
    from saldo.parties.debtors import find_bank_account
    from saldo.payables.actions.deciding import set_settings
    from saldo.payables.queries import PARTY

    if find_bank_account(company=company, code=_PAYEE) is not None:
        return
    propose_bank_account(
        company=company,
        code=_PAYEE,
        name="Microsoft Ireland Operations Limited",
        currency="SEK",
        iban=_PAYEE_IBAN,
        owner=PARTY,
        by=people[0],
        at=at,
    )
    approve_bank_account(company=company, code=_PAYEE, by=people[1], at=at)
    set_settings(company=company, two_people_above=_TWO_ABOVE, bank_lead_days=1, by=people[0], at=at)


def _bring_balance(company: CompanyId, waiting: Decimal, by: str, at: datetime, today: date) -> None:
    """What stood on the account before: so much that now a good half is there of what Microsoft gets next."""
    from saldo.ledger.actions import post
    from saldo.ledger.queries import balances
    from saldo.ledger.rules.accounts import BANK, OPENING
    from saldo.ledger.rules.posting import Entry, Posting

    bank = f"{BANK}:{ACCOUNT}"
    there = sum((one.value for one in balances(company=company, on=today) if one.account == bank), Decimal(0))
    value = (waiting * _THERE - there).quantize(Decimal("1E4")).quantize(Decimal(1))
    entries = tuple(
        Entry(account=account, currency="SEK", value=worth) for account, worth in ((bank, value), (OPENING, -value))
    )
    posting = Posting(key=f"opening:{ACCOUNT}", on=at.date(), code="ledger.opening", entries=entries)
    post(company=company, postings=[(posting, ())], by=by, at=at)


def _pay(company: CompanyId, one: PayableShown, people: tuple[str, str], now: datetime) -> None:
    """Both say yes a week before the last safe day, and the money leaves two days before it."""
    from saldo.payables.actions.deciding import approve
    from saldo.payables.actions.payments import record_payment

    paid_on = one.last_safe_on - timedelta(days=_EARLY_DAYS)
    for days, person in zip((7, 6), people, strict=True):
        said_on = one.last_safe_on - timedelta(days=days)
        at = now - timedelta(days=(now.date() - said_on).days)
        approve(company=company, document=one.document, by=person, at=at, today=said_on)
    record_payment(
        company=company,
        key=f"demo:{one.document}",
        document=one.document,
        account=ACCOUNT,
        paid_on=paid_on,
        value=one.open,
        by=people[0],
        at=now - timedelta(days=(now.date() - paid_on).days),
    )


def _leave_waiting(
    company: CompanyId, waiting: Sequence[PayableShown], people: tuple[str, str], now: datetime, today: date
) -> None:
    """The first has one name and waits for the other; a second one, where there is one, has both."""
    from saldo.payables.actions.deciding import approve

    for one, persons in zip(waiting, (people[:1], people), strict=False):
        if not one.approvals:
            for person in persons:
                approve(company=company, document=one.document, by=person, at=now, today=today)


def _dispute(company: CompanyId, one: PayableShown, by: str, at: datetime) -> None:
    """Paid all the same: a dispute never stops a payment (practice 16)."""
    from saldo.payables.actions.claiming import open_claim

    value = (one.gross / 40).quantize(Decimal(1))
    text = "Charged for seats that were removed inside the cancellation window."
    open_claim(
        company=company,
        kind="dispute",
        about=one.document,
        claim_by=one.due_on + timedelta(days=30),
        value=value,
        currency=one.currency,
        text=text,
        by=by,
        at=at,
    )


def _hear_microsoft(company: CompanyId, folder: Path, by: str, today: date) -> None:
    """Microsoft's balance of today, as its interface gives it: what our books come to. It knows older invoices too."""
    from saldo.flows.import_files import import_paths
    from saldo.ledger.queries import sum_open
    from saldo.ledger.rules.accounts import MICROSOFT
    from saldo.parties.company import company_context
    from saldo.server.wiring import real_world

    path = folder / "balance.json"
    if path.exists():
        return
    with company_context(company):
        owed = -sum_open(company=company, account=MICROSOFT, as_of=today).get("SEK", Decimal(0))
    said = {
        "balanceAmount": f"{owed:.2f}",
        "currencyCode": "SEK",
        "accountingDate": f"{today}T00:00:00",
        "firstInvoiceCreationDate": f"{today - _CUSTOMER_FOR}T00:00:00",
    }
    path.write_text(json.dumps(said), encoding="utf-8")
    import_paths(company=company, paths=[path], actor=by, world=real_world())

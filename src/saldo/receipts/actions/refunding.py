"""Money sent back out of a credit on account: one proposes, another approves, a day passes, then it may be paid."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused, as_seen
from saldo.ledger.actions import allocate, post, reverse, undo_allocation
from saldo.ledger.queries import find_item
from saldo.ledger.rules.accounts import RECEIVABLE, REFUNDS, UNALLOCATED
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties.debtors import find_debtor
from saldo.parties.rules.approvals import find_approval_refusal
from saldo.receipts import models
from saldo.receipts.actions.matching import lock_entries, lock_matching
from saldo.receipts.rules.payees import read_payee_account

_WAITING = timedelta(days=2)  # the whole day after the approval, so that somebody can object (practice 18)


class UnableToRefund(Refused):
    """This money may not be sent back as asked."""


def propose_refund(
    *,
    company: CompanyId,
    item: str,
    value: Decimal,
    payee: str,
    payee_account: str,
    reason: str,
    by: str,
    at: datetime,
) -> str:
    """Ask that money on a debtor's account be sent back; nothing moves yet. Returns the refund's key.

    Refuses (UnableToRefund): receipts.refund.no-credit, .more-than-credit (other proposals on it count), .no-payee,
    .bad-iban (where the debtor's country has IBANs, the account must be one).
    """
    lock_matching(company=company)
    credit = find_item(company=company, key=item)
    if credit is None or credit.open >= 0 or credit.account != RECEIVABLE:
        raise UnableToRefund(code="receipts.refund.no-credit", facts={"item": item})
    asked = value + _proposed(company, item)
    if value <= 0 or asked > -credit.open:
        raise UnableToRefund(code="receipts.refund.more-than-credit", facts={"item": item, "open": f"{-credit.open}"})
    account = _account(company, credit.party, payee, payee_account)
    row = models.Refund.objects.create(
        company_id=company,
        key=_new_key(company, item, value, at),
        item=item,
        debtor=credit.party,
        currency=credit.currency,
        value=value,
        payee=payee,
        payee_account=account,
        reason=reason,
        proposed_at=at,
        proposed_by=by,
    )
    facts = {"item": item, "debtor": credit.party, "value": f"{value}", "currency": credit.currency}
    record(company=company, code="receipts.refund-proposed", actor=by, subject=row.key, at=at, facts=facts)
    return row.key


def approve_refund(*, company: CompanyId, refund: str, by: str, at: datetime) -> None:
    """Agree to a refund that somebody else proposed: the credit is used up, and it may be paid after a waiting day.

    Refuses (UnableToRefund): receipts.refund.unknown, .not-proposed, parties.approval.own, .not-a-person;
    (UnableToAllocate) when the credit was used since.
    """
    lock_matching(company=company)
    row = _get(company, refund, "proposed")
    refusal = find_approval_refusal(proposed_by=row.proposed_by, approved_by=by)
    if refusal:
        raise UnableToRefund(code=refusal, facts={"refund": refund})
    on = at.date()
    post(company=company, postings=[_owed_back(row, on)], by=by, at=at)
    taken = NewAllocation(key=f"{refund}:1", on=_from(company, row, on), debit=refund, credit=row.item, value=row.value)
    allocate(company=company, allocations=[taken], by=by, at=at)
    row.state, row.approved_by, row.approved_at, row.payable_from = "approved", by, at, on + _WAITING
    row.save(update_fields=["state", "approved_by", "approved_at", "payable_from"])
    record(company=company, code="receipts.refund-approved", actor=by, subject=refund, at=at)


def withdraw_refund(*, company: CompanyId, refund: str, by: str, at: datetime) -> None:
    """Call a refund off before it is paid; the credit stands on the account again.

    Refuses (UnableToRefund): receipts.refund.unknown, .paid-already, receipts.refund-order.in-another.
    """
    lock_matching(company=company)
    row = _get(company, refund, "proposed", "approved")
    if row.order:
        raise UnableToRefund(code="receipts.refund-order.in-another", facts={"refund": refund, "order": row.order})
    if row.state == "approved":
        on = _from(company, row, at.date())
        undo_allocation(company=company, key=f"{refund}:1", new_key=f"{refund}:1:undone", on=on, by=by, at=at)
        reverse(company=company, key=refund, new_key=f"{refund}:withdrawn", on=on, by=by, at=at)
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    record(company=company, code="receipts.refund-withdrawn", actor=by, subject=refund, at=at)


def record_refund_paid(*, company: CompanyId, refund: str, entry: str, by: str, at: datetime) -> None:
    """The money left with this entry of the bank.

    Refuses (UnableToRefund): receipts.refund.unknown, .not-approved, .waiting (before its day), .other-sum.
    """
    lock_matching(company=company)
    row = _get(company, refund, "approved")
    (left,) = lock_entries(company=company, keys=[entry]).values()
    if row.payable_from is not None and left.booked_on < row.payable_from:
        facts = {"refund": refund, "payable_from": row.payable_from.isoformat()}
        raise UnableToRefund(code="receipts.refund.waiting", facts=facts)
    if left.state != "open" or (left.currency, left.value) != (row.currency, -row.value):
        raise UnableToRefund(code="receipts.refund.other-sum", facts={"refund": refund, "entry": entry})
    legs = (
        Entry(account=REFUNDS, party=row.debtor, currency=row.currency, value=row.value),
        Entry(account=UNALLOCATED, currency=row.currency, value=-row.value),
    )
    paid = Posting(key=f"{refund}:paid", on=left.booked_on, code="receipts.refund-paid", document=refund, entries=legs)
    post(company=company, postings=[(paid, ())], by=by, at=at)
    left.state = "matched"
    left.save(update_fields=["state"])
    row.state, row.entry = "paid", entry
    row.save(update_fields=["state", "entry"])
    record(company=company, code="receipts.refund-paid", actor=by, subject=refund, at=at, facts={"entry": entry})


def _account(company: CompanyId, party: str, payee: str, said: str) -> str:
    """The payee's account as it is kept; an IBAN where the debtor's country has them."""
    debtor = find_debtor(company=company, number=party)
    account, fault = read_payee_account(said=said, country=debtor.country if debtor else "")
    if fault or not payee.strip():
        facts = {"debtor": party, "seen": as_seen(account[:60])}
        raise UnableToRefund(code=fault or "receipts.refund.no-payee", facts=facts)
    return account


def _new_key(company: CompanyId, item: str, value: Decimal, at: datetime) -> str:
    """Under the lock: the same sum asked for twice at one instant is two refunds."""
    before = models.Refund.objects.filter(company_id=company, item=item).count()
    named = f"{company} {item} {at.isoformat()} {value} {before}"
    return f"refund:{uuid.uuid5(uuid.NAMESPACE_OID, named).hex[:16]}"


def _proposed(company: CompanyId, item: str) -> Decimal:
    """What others have asked of this credit already."""
    waiting = models.Refund.objects.filter(company_id=company, item=item, state="proposed")
    return sum(waiting.values_list("value", flat=True), Decimal(0))


def _owed_back(row: models.Refund, on: date) -> tuple[Posting, tuple[NewItem, ...]]:
    legs = (
        Entry(account=RECEIVABLE, party=row.debtor, currency=row.currency, value=row.value),
        Entry(account=REFUNDS, party=row.debtor, currency=row.currency, value=-row.value),
    )
    item = NewItem(
        key=row.key,
        account=RECEIVABLE,
        party=row.debtor,
        kind="refund",
        document=row.key,
        issued_on=on,
        due_on=on,
        currency=row.currency,
        original=row.value,
    )
    return Posting(key=row.key, on=on, code="receipts.refund-approved", document=row.key, entries=legs), (item,)


def _from(company: CompanyId, row: models.Refund, on: date) -> date:
    """Not before the credit itself was there."""
    credit = find_item(company=company, key=row.item)
    return max(on, credit.issued_on) if credit else on


def _get(company: CompanyId, refund: str, *states: str) -> models.Refund:
    row = models.Refund.objects.select_for_update().filter(company_id=company, key=refund).first()
    if row is None:
        raise UnableToRefund(code="receipts.refund.unknown", facts={"refund": refund})
    if row.state not in states:
        code = {"approved": "receipts.refund.not-approved", "proposed": "receipts.refund.not-proposed"}[states[-1]]
        code = "receipts.refund.paid-already" if len(states) > 1 else code
        raise UnableToRefund(code=code, facts={"refund": refund, "state": row.state})
    return row

"""Refunds are paid: approved ones become a payment file, a person hands it over, the bank's entry settles each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.outbox.documents import keep
from saldo.outbox.queries import get_channel
from saldo.outbox.rules.gate import decide
from saldo.parties.company import company_context
from saldo.parties.debtors import Debtor, get_particulars, list_debtors_numbered
from saldo.payables.papers import Account, PaymentFile, Transfer, Version, bank_text, payment_xml
from saldo.ports.world import World
from saldo.receipts.actions import refund_orders
from saldo.receipts.actions.refunding import UnableToRefund, record_refund_paid
from saldo.receipts.queries import BankEntry, list_going_out
from saldo.receipts.refund_queries import Refund, RefundOrder, find_order, list_refunds, list_refunds_named
from saldo.receipts.rules.payees import is_iban

CHANNEL = "payment-file"


def order_refund_file(
    *,
    company: CompanyId,
    refunds: Sequence[str],
    account: str,
    pay_on: date,
    by: str,
    world: World,
    today: date,
    version: Version = "001.001.09",
) -> RefundOrder:
    """Order refunds and write their file; while the channel is in rehearsal it is captured, not handed over.

    Refuses (UnableToRefund) as `order_refunds`; (UnableToWriteFile): payables.file….
    """
    at = world.clock.now()
    with company_context(company):
        order = refund_orders.order_refunds(
            company=company, refunds=refunds, account=account, pay_on=pay_on, by=by, at=at, today=today
        )
        sha256 = keep(payment_xml(file=_file(company, order), version=version))
        is_rehearsal = _verdict(company) == "capture"
        refund_orders.keep_file(
            company=company, number=order.number, sha256=sha256, is_rehearsal=is_rehearsal, by=by, at=at
        )
        return find_order(company=company, number=order.number) or order


def hand_over(*, company: CompanyId, number: str, by: str, world: World) -> RefundOrder:
    """Say that the bank has the file.

    Refuses (UnableToRefund): receipts.refund-order.held while the channel is closed or its first run waits for a
    second person.
    """
    with company_context(company):
        if _verdict(company) != "go":
            raise UnableToRefund(code="receipts.refund-order.held", facts={"order": number})
        return refund_orders.hand_over(company=company, number=number, by=by, at=world.clock.now())


def settle_refunds(*, company: CompanyId, by: str, at: datetime) -> int:
    """Let every open entry that certainly is a refund of a file handed over pay it; returns how many did.

    Certain: the entry left the file's account with the refund's sum and names it by its end-to-end id. Each is its own
    transaction; what cannot be booked waits for a person.
    """
    with company_context(company):
        ordered = [one for one in list_refunds(company=company, states=("approved",)) if one.order]
        orders = {number: find_order(company=company, number=number) for number in {one.order for one in ordered}}
        waiting = list_going_out(company=company) if ordered else ()
    paid = 0
    for entry in waiting:
        found = [one for one in ordered if _is_paid_by(one, orders[one.order], entry)]
        if len(found) == 1:
            with suppress(Refused), company_context(company):
                record_refund_paid(company=company, refund=found[0].key, entry=entry.key, by=by, at=at)
                paid += 1
    return paid


def end_to_end_id(*, order: str, refund: str) -> str:
    """How a refund is called in the file, and in the bank's entry that paid it: at most 35 characters."""
    return bank_text(f"{order}-{refund}", 35)


def _is_paid_by(refund: Refund, order: RefundOrder | None, entry: BankEntry) -> bool:
    if order is None or order.state != "handed-over":
        return False
    same = (order.account, refund.currency, -refund.value) == (entry.account, entry.currency, entry.value)
    name = end_to_end_id(order=order.number, refund=refund.key)
    return same and name in (*entry.references, *entry.text.split())


def _verdict(company: CompanyId) -> str:
    return decide(channel=get_channel(company=company, kind=CHANNEL), waiting_count=1, sent_today=0).verdict


def _file(company: CompanyId, order: RefundOrder) -> PaymentFile:
    own = refund_orders.paying_account(company=company, code=order.account, on=order.pay_on)
    particulars = get_particulars(company=company)
    refunds = list_refunds_named(company=company, keys=[key for key, _ in order.refunds])
    debtors = list_debtors_numbered(company=company, numbers={one.debtor for one in refunds.values()})
    payer = Account(
        name=particulars.legal_name,
        country=particulars.country,
        iban=own.iban,
        bic=own.bic,
        number=own.number or own.giro,
    )
    return PaymentFile(
        number=order.number,
        made_at=order.ordered_at,
        pay_on=order.pay_on,
        currency=order.currency,
        payer=payer,
        payee=payer,  # each transfer names its own
        transfers=tuple(_transfer(refunds[key], order, debtors) for key, _ in order.refunds),
    )


def _transfer(refund: Refund, order: RefundOrder, debtors: Mapping[str, Debtor]) -> Transfer:
    debtor = debtors.get(refund.debtor)
    is_one = is_iban(refund.payee_account)
    return Transfer(
        document=refund.key,
        invoiced_on=order.pay_on,
        value=refund.value,
        payee=Account(
            name=refund.payee,
            country=debtor.country if debtor else "",
            iban=refund.payee_account if is_one else "",
            bic="",
            number="" if is_one else refund.payee_account,
        ),
        words=f"{order.number} {refund.key}",
    )

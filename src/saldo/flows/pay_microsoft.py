"""Microsoft is paid: what a document says is read, approved documents become a payment file, a person hands it over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.outbox.documents import keep
from saldo.outbox.queries import get_channel
from saldo.outbox.rules.gate import decide
from saldo.parties.company import company_context
from saldo.parties.debtors import BankAccount, get_particulars
from saldo.payables.actions import deciding, paying
from saldo.payables.actions.paying import UnableToPay
from saldo.payables.actions.recording import record_documents
from saldo.payables.papers import Account, PaymentFile, Transfer, Version, payment_xml
from saldo.payables.pay_queries import RunShown, get_run
from saldo.payables.queries import get_own_company, get_payable, get_settings
from saldo.ports.world import World

CHANNEL = "payment-file"
_PAYEE = "Microsoft"


def read_document(
    *,
    company: CompanyId,
    document: str,
    currency: str,
    total: Decimal,
    tax: Decimal,
    invoiced_on: date,
    due_on: date,
    by: str,
    world: World,
) -> None:
    """Note what a person reads on a document of Microsoft's, and let what we owe follow it at once."""
    at = world.clock.now()
    with company_context(company):
        deciding.read_document(
            company=company,
            document=document,
            currency=currency,
            total=total,
            tax=tax,
            invoiced_on=invoiced_on,
            due_on=due_on,
            by=by,
            at=at,
        )
        record_documents(company=company, cloud=get_own_company(company=company).cloud, by=by, at=at)


def order_payment_run(
    *,
    company: CompanyId,
    documents: Sequence[str],
    account: str,
    pay_on: date,
    by: str,
    world: World,
    today: date,
    version: Version = "001.001.09",
) -> RunShown:
    """Order a run, write its file and keep it; while the channel is in rehearsal it is captured, not handed over.

    The file is kept before the run counts: a kept file that no run names hurts nobody.
    """
    at = world.clock.now()
    with company_context(company):
        run = paying.order_run(
            company=company, documents=documents, account=account, pay_on=pay_on, by=by, at=at, today=today
        )
        sha256 = keep(payment_xml(file=_file(company, run, today), version=version))
        verdict = decide(channel=get_channel(company=company, kind=CHANNEL), waiting_count=1, sent_today=0).verdict
        paying.keep_file(
            company=company, number=run.number, sha256=sha256, is_rehearsal=verdict == "capture", by=by, at=at
        )
        return get_run(company=company, number=run.number)


def hand_over(*, company: CompanyId, number: str, by: str, world: World) -> RunShown:
    """Say that the file was given to the bank.

    Refuses (UnableToPay): payables.run.held while the channel's first run waits for a second person, or is closed.
    """
    with company_context(company):
        decision = decide(channel=get_channel(company=company, kind=CHANNEL), waiting_count=1, sent_today=0)
        if decision.verdict != "go":
            raise UnableToPay(code="payables.run.held", facts={"run": number})
        return paying.hand_over(company=company, number=number, by=by, at=world.clock.now())


def _file(company: CompanyId, run: RunShown, today: date) -> PaymentFile:
    own = paying.own_account(company=company, code=run.account, on=run.pay_on)
    payee = paying.payee_account(company=company, currency=run.lines[0].currency, on=run.pay_on)
    particulars = get_particulars(company=company)
    country = get_settings(company=company).microsoft_country
    return PaymentFile(
        number=run.number,
        made_at=run.ordered_at,
        pay_on=run.pay_on,
        currency=run.lines[0].currency,
        payer=_account(own, particulars.legal_name, particulars.country),
        payee=_account(payee, payee.name or _PAYEE, country),
        transfers=tuple(
            Transfer(
                document=line.document,
                invoiced_on=get_payable(company=company, document=line.document, today=today).invoiced_on,
                value=line.value,
            )
            for line in run.lines
        ),
    )


def _account(account: BankAccount, name: str, country: str) -> Account:
    return Account(
        name=name, country=country, iban=account.iban, bic=account.bic, number=account.number or account.giro
    )

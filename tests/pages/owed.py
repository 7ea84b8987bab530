"""What the desk of the tests owes Microsoft: accounts in use, an approved document in a run, one open, a claim."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.flows.pay_microsoft import order_payment_run
from saldo.outbox.documents import keep
from saldo.parties.billing_actions import approve_bank_account, propose_bank_account
from saldo.payables.actions.claiming import open_claim
from saldo.payables.actions.deciding import approve
from saldo.payables.queries import list_payables
from saldo.ports.world import World
from saldo.receipts.models import RefundOrder
from tests.conftest import NOW
from tests.rooms.importing import NoQueue

TODAY = NOW.date()
PAY_ON = date(2026, 5, 18)


def make_owed(company: CompanyId, *, people: dict[str, Any]) -> dict[str, Any]:
    """A run of the first document, the last one open and nobody's yes on it, one claim."""
    one, two = f"user:{people['global'].pk}", f"user:{people['billing'].pk}"
    long_ago = NOW - timedelta(days=10)
    accounts = (("giro", "own", "SE3550000000054910000003"), ("ms-sek", "microsoft", "IE29AIBK93115212345678"))
    for code, owner, iban in accounts:
        facts = {"code": code, "owner": owner, "name": code, "currency": "SEK", "iban": iban}
        propose_bank_account(company=company, by=one, at=long_ago, **facts)
        approve_bank_account(company=company, code=code, by=two, at=long_ago)
    owed = [each for each in list_payables(company=company, today=TODAY) if each.open > 0 and each.tie_out.ties]
    chosen, other = owed[0].document, owed[-1].document
    for person in (one, two):
        approve(company=company, document=chosen, by=person, at=NOW, today=TODAY)
    world = World(clock=FixedClock(NOW), queue=NoQueue())
    run = order_payment_run(
        company=company, documents=[chosen], account="giro", pay_on=PAY_ON, by=one, world=world, today=TODAY
    )
    claim = open_claim(
        company=company,
        kind="sla-credit",
        about="Azure Storage",
        claim_by=date(2026, 6, 30),
        value=Decimal("1234.56"),
        currency="SEK",
        by=one,
        at=NOW,
    )
    refunds = RefundOrder.objects.create(
        company_id=company,
        number="R2026-0001",
        account="giro",
        pay_on=PAY_ON,
        currency="SEK",
        file=keep(b"<Document/>"),
        refunds=[{"refund": "refund:1", "value": "12.50"}],
        ordered_at=NOW,
        ordered_by=one,
    )
    return {"payable": other, "run": run.number, "claim": claim, "refund_file": refunds.number}

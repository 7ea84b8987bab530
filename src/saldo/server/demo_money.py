"""The money of the demo partner: prices, closed months, a bank account, and a bank file that leaves questions open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from saldo.core.identity import CompanyId
from saldo.core.periods import Month

if TYPE_CHECKING:
    from saldo.generator.bank_town import Payment

IBAN = "SE3550000000054910000003"
KARIN, BJORN = "demo:karin", "demo:bjorn"
CLOSED = 3  # of the newest months
_SEED = 20


def give_money(*, company: CompanyId, folder: Path, last: Month, months: int, today: date) -> None:
    """Agree prices, close the newest of ``months`` up to ``last``, let customers pay; again it changes nothing."""
    closed = min(months, CLOSED)
    first = last.plus(1 - closed)
    _agree(company, first)
    for number in range(closed):
        _close(company, first.plus(number), today)
    _let_pay(company, folder, today)


def _agree(company: CompanyId, first: Month) -> None:
    """Everybody pays a markup, one product has a price of its own; two people agree to the account."""
    from saldo.agreements.actions import set_price_rule
    from saldo.agreements.queries import list_price_rules
    from saldo.agreements.rules.prices import PriceRule
    from saldo.parties.billing_actions import approve_bank_account, propose_bank_account, set_particulars
    from saldo.parties.company import company_context

    at = _early(first)
    everybody = PriceRule(
        code="everybody",
        version=1,
        level="company",
        method="markup-on-cost",
        value={"percent": "15"},
        starts_on=first.plus(-36).starts_on,
    )
    software = replace(everybody, code="software", category="software-subscription", value={"percent": "8"})
    with company_context(company):
        if list_price_rules(company=company):
            return
        for rule in (everybody, software):
            set_price_rule(company=company, rule=rule, by=KARIN, at=at)
        place = {"street": "Storgatan 1", "postcode": "831 30", "city": "Östersund"}
        changes = place | {"email": "ekonomi@fjallbyte.example"}
        set_particulars(company=company, changes=changes, by=KARIN, at=at)
        propose_bank_account(
            company=company, code="main", name="Företagskonto", currency="SEK", iban=IBAN, by=KARIN, at=at
        )
        approve_bank_account(company=company, code="main", by=BJORN, at=at)


def _early(first: Month) -> datetime:
    """The morning on which all this was agreed, long before the first month."""
    from saldo.server.wiring import real_world

    now = real_world().clock.now()
    return now - timedelta(days=(now.date() - first.starts_on).days + 10)


def _close(company: CompanyId, month: Month, today: date) -> None:
    from saldo.flows.month_close import close_month
    from saldo.server.wiring import real_world

    day = min(month.plus(1).starts_on + timedelta(days=8), today)
    close_month(company=company, month=month, issue=True, by=KARIN, world=real_world(), today=day)


def _let_pay(company: CompanyId, folder: Path, today: date) -> None:
    """What is due is paid, mostly in full; some too little, too much, twice, without a name, or by another."""
    from saldo.flows.receive_files import receive_paths
    from saldo.generator.bank_files import camt_053
    from saldo.server.wiring import real_world

    path = folder / "bank.xml"
    if not path.exists():
        payments = _payments(company, today)
        if not payments:
            return
        data = camt_053(payments=payments, account=IBAN, currency="SEK", opening=Decimal(0), made_on=payments[-1].on)
        path.write_bytes(data)
    receive_paths(company=company, paths=[path], actor=KARIN, world=real_world(), today=today)


def _payments(company: CompanyId, today: date) -> Sequence[Payment]:
    from saldo.generator.bank_town import Payment, Truth
    from saldo.ledger.queries import list_open_items
    from saldo.parties.company import company_context
    from saldo.parties.debtors import list_debtors

    random = Random(_SEED)
    with company_context(company):
        owed = [one for one in list_open_items(company=company) if one.open > 0 and one.currency == "SEK"]
        names = {debtor.number: debtor.name for debtor in list_debtors(company=company)}
    payments: list[Payment] = []
    for item in owed:
        on = item.due_on + timedelta(days=random.randrange(-6, 9))
        if on >= today or random.randrange(9) == 0:
            continue
        plain = Payment(
            number=0,
            on=on,
            currency="SEK",
            value=item.open,
            truth=Truth(story="demo", debtor=item.party, settles=((item.document, item.open),)),
            payer=names[item.party],
            references=(item.reference,),
        )
        payments += _as_it_happens(plain, item.document, random)
    payments.sort(key=lambda one: one.on)
    return [replace(one, number=place, bank_reference=f"DEMO{place:06d}") for place, one in enumerate(payments, 1)]


def _as_it_happens(plain: Payment, document: str, random: Random) -> list[Payment]:
    """One payment as its customer makes it: every sixth is not as it should be."""
    story = random.randrange(30)
    match story:
        case 0:
            return [plain, replace(plain, on=plain.on + timedelta(days=1))]
        case 1:
            return [replace(plain, references=(), text=f"Faktura {document}", payer="")]
        case 2:
            return [replace(plain, references=(), payer="K. Andersson")]
        case 3:
            return [replace(plain, value=plain.value - 500)]
        case 4:
            return [replace(plain, references=(), value=plain.value + Decimal("1250.00"))]
    return [plain]

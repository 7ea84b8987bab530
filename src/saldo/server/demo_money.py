"""The money of the demo partner: prices, closed months, a bank account, and a bank file that leaves questions open.

The newest month is drafted and waits for somebody to review it; Microsoft is paid by two people (`demo_payables`).
"""

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
from saldo.server.demo_debtors import give_addresses
from saldo.server.demo_payables import pay_microsoft

if TYPE_CHECKING:
    from saldo.generator.bank_town import Payment

IBAN = "SE3550000000054910000003"
CLOSED = 3  # of the months before the newest, which is only drafted
_NET_DAYS = (30, 60, 30, 60, 90)
_OTHERS = ("K. Andersson", "Norrskog Ekonomi AB", "L. Fernández", "Rivera & Filhos", "陈静")
_SEED = 20


def give_money(
    *, company: CompanyId, folder: Path, people: tuple[str, str], last: Month, months: int, today: date
) -> None:
    """Agree prices, issue the months before ``last`` and draft that one, let customers pay, pay Microsoft.

    ``people`` are two who may do so, as the audit log calls them. Again it changes nothing.
    """
    from saldo.server.wiring import real_world

    first = last.plus(-min(months - 1, CLOSED))
    now = real_world().clock.now()
    agreed_at = now - timedelta(days=(now.date() - last.plus(1 - months).starts_on).days + 10)
    _agree(company, people, first, agreed_at)
    give_addresses(company=company, by=people[0], at=agreed_at, seed=_SEED)
    _give_time(company, people[0], agreed_at)
    month = first
    while month < last:
        _close(company, month, people[0], today)
        month = month.plus(1)
    _draft(company, last, people[0], today)
    _let_pay(company, folder, people[0], today)
    pay_microsoft(company=company, folder=folder, people=people, agreed_at=agreed_at, today=today, now=now)


def _agree(company: CompanyId, people: tuple[str, str], first: Month, at: datetime) -> None:
    """Everybody pays a markup, one product has a price of its own; two people agree to the account."""
    from saldo.agreements.actions import set_price_rule
    from saldo.agreements.queries import list_price_rules
    from saldo.agreements.rules.prices import PriceRule
    from saldo.parties.billing_actions import approve_bank_account, propose_bank_account, set_particulars
    from saldo.parties.company import company_context

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
            set_price_rule(company=company, rule=rule, by=people[0], at=at)
        place = {"street": "Storgatan 1", "postcode": "831 30", "city": "Östersund"}
        ours = {"email": "ekonomi@fjallbyte.example", "registration": "559912-3451", "vat_id": "SE559912345101"}
        changes = place | ours
        set_particulars(company=company, changes=changes, by=people[0], at=at)
        propose_bank_account(
            company=company, code="main", name="Företagskonto", currency="SEK", iban=IBAN, by=people[0], at=at
        )
        approve_bank_account(company=company, code="main", by=people[1], at=at)


def _give_time(company: CompanyId, by: str, at: datetime) -> None:
    """Some pay after thirty days, as usual; others after sixty or ninety."""
    from saldo.agreements.actions import set_terms
    from saldo.agreements.rules.terms import Terms
    from saldo.parties.company import company_context
    from saldo.parties.debtors import list_debtors

    with company_context(company):
        for place, debtor in enumerate(list_debtors(company=company)):
            days = _NET_DAYS[place % len(_NET_DAYS)]
            if days != 30:
                terms = Terms(debtor=debtor.number, starts_on=at.date(), net_days=days)
                set_terms(company=company, terms=terms, by=by, at=at)


def _close(company: CompanyId, month: Month, by: str, today: date) -> None:
    from saldo.flows.month_close import close_month
    from saldo.server.wiring import real_world

    day = min(month.plus(1).starts_on + timedelta(days=8), today)
    close_month(company=company, month=month, issue=True, by=by, world=real_world(), today=day)


def _draft(company: CompanyId, month: Month, by: str, today: date) -> None:
    """The newest month waits for review, and the largest of what is unusual is held until somebody asked about it."""
    from saldo.flows.month_close import close_month
    from saldo.invoicing.actions.charging import hold_draft
    from saldo.invoicing.queries import list_drafts
    from saldo.parties.company import company_context
    from saldo.server.wiring import real_world

    world = real_world()
    close_month(company=company, month=month, by=by, world=world, today=today)
    with company_context(company):
        drafts = list_drafts(company=company, month=month)
        if drafts and not any(one.invoice.held_because for one in drafts):
            hold_draft(company=company, draft=drafts[0].invoice.id, by=by, at=world.clock.now())


def _let_pay(company: CompanyId, folder: Path, by: str, today: date) -> None:
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
    receive_paths(company=company, paths=[path], actor=by, world=real_world(), today=today)


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
            return [replace(plain, references=(), payer=random.choice(_OTHERS))]
        case 3:
            return [replace(plain, value=plain.value - 500)]
        case 4:
            return [replace(plain, references=(), value=plain.value + Decimal("1250.00"))]
    return [plain]

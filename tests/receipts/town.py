"""The town of the generator in the books of a company: debtors, open papers, what the bank tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place
from saldo.generator.bank import invent_payments, known_accounts
from saldo.generator.bank_payers import Owed, Payer, invent_papers, invent_payers
from saldo.generator.bank_town import Payment
from saldo.ports.world import World
from saldo.receipts.rules.book import Allowance, Book, KnownDebtor, Learned
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from saldo.receipts.rules.matching import propose
from saldo.receipts.rules.proposals import Claim, MoneyIn, Proposal

UNTIL = date(2026, 5, 12)
NOW = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
LIMITS = {"SEK": Decimal(20), "EUR": Decimal(20)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A town and what its people paid."""

    payers: Sequence[Payer]
    papers: Sequence[Owed]
    payments: Sequence[Payment]
    seed: int


def invent(*, payers: int, papers: int, payments: int, seed: int) -> Invented:
    people = invent_payers(count=payers, seed=seed)
    owed = invent_papers(payers=people, count=papers, seed=seed, until=UNTIL)
    paid = invent_payments(payers=people, papers=owed, count=payments, seed=seed)
    return Invented(payers=people, papers=owed, payments=paid, seed=seed)


def key_of(paper: Owed) -> str:
    return f"credit-note:{paper.number}" if paper.is_credit else f"invoice:{paper.number}"


def book_of(town: Invented) -> Book:
    return Book(
        claims=[
            Claim(
                key_of(paper),
                paper.debtor,
                "credit-note" if paper.is_credit else "invoice",
                paper.number,
                paper.reference,
                paper.issued_on,
                paper.due_on,
                paper.currency,
                paper.gross,
                paper.net,
            )
            for paper in town.papers
        ],
        debtors=[KnownDebtor(p.number, p.name, (), p.parent, p.withholding) for p in town.payers],
        learned=[Learned("account", *known) for known in known_accounts(payers=town.payers, seed=town.seed)],
        allowance=Allowance(limits=LIMITS),
    )


def as_money(payment: Payment) -> MoneyIn:
    return MoneyIn(
        key=f"receipt:{payment.number}",
        on=payment.on,
        currency=payment.currency,
        value=payment.value,
        fee=payment.fee,
        original_currency=payment.original_currency,
        original_value=payment.original_value,
        payer=payment.payer,
        payer_account=payment.payer_account,
        references=payment.references,
        text=payment.text,
    )


def as_read(payments: Sequence[Payment]) -> BankFileRead:
    """The payments as a file that has been read."""
    entries = [
        EntryRead(
            place=Place(file=FileId("town"), row=payment.number),
            account="SE45500000000583982574" + payment.currency[:1],
            booked_on=payment.on,
            value_on=payment.on,
            currency=payment.currency,
            value=payment.value,
            fee=payment.fee,
            original_currency=payment.original_currency,
            original_value=payment.original_value,
            payer=payment.payer,
            payer_account=payment.payer_account,
            references=payment.references,
            text=payment.text,
            bank_reference=payment.bank_reference,
            kind=payment.kind,
        )
        for payment in payments
    ]
    return BankFileRead(format="camt.053", accounts=(), entries=tuple(entries))


def run_rules(book: Book, payments: Sequence[Payment]) -> dict[int, Proposal]:
    """What the rules alone would book, in the two rounds of the flow."""
    done: dict[int, Proposal] = {}
    for looking in ("named", "all"):
        for payment in payments:
            if payment.kind != "payment" or payment.number in done:
                continue
            proposal = propose(entry=as_money(payment), book=book, looking=looking)
            if proposal.is_certain:
                book.settle(proposal)
                done[payment.number] = proposal
    return done


def is_right(payment: Payment, shares: Sequence[tuple[str, Decimal]], on_account: Decimal) -> bool:
    """Whether exactly the truth was booked: these papers, these sums, this rest."""
    said = sorted((item.partition(":")[2], value) for item, value in shares)
    return said == sorted(payment.truth.settles) and on_account == payment.truth.on_account


def rest_of(differences) -> Decimal:
    return -sum((one.value for one in differences if one.kind == "on-account"), Decimal(0))


class NoQueue:
    """Nothing is left for later."""

    def enqueue(self, task: str, **arguments: object) -> int:
        return 0


class NoMail:
    """Nobody is written to."""


def world(at=NOW) -> World:
    fields = {"clock": FixedClock(at), "queue": NoQueue()}
    fields |= {name: NoMail() for name in World.__dataclass_fields__ if name not in fields}
    return World(**fields)


def settle_in(town: Invented, company: CompanyId) -> None:
    """Put the town into a company: debtors, papers in the books, accounts that people matched before, the allowance."""
    from saldo.ledger.actions import post
    from saldo.ledger.rules.posting import Entry, NewItem, Posting
    from saldo.parties import models as parties
    from saldo.receipts import models
    from saldo.receipts.rules.book import canonical_account

    rows = [
        parties.Debtor(company_id=company, number=p.number, name=p.name, country=p.country, first_seen_at=NOW)
        for p in town.payers
    ]
    made = {row.number: row for row in parties.Debtor.objects.bulk_create(rows, batch_size=2000)}
    children = [(made[p.number], made[p.parent]) for p in town.payers if p.parent]
    for child, parent in children:
        child.parent = parent
    parties.Debtor.objects.bulk_update([child for child, _ in children], ["parent"], batch_size=1000)
    postings = []
    for paper in town.papers:
        item = NewItem(
            key=key_of(paper),
            account="receivable",
            party=paper.debtor,
            kind="credit-note" if paper.is_credit else "invoice",
            document=paper.number,
            reference=paper.reference,
            issued_on=paper.issued_on,
            due_on=paper.due_on,
            currency=paper.currency,
            original=paper.gross,
        )
        legs = (
            Entry(account="receivable", party=paper.debtor, currency=paper.currency, value=paper.gross),
            Entry(account="sales", currency=paper.currency, value=-paper.gross),
        )
        key = item.key
        postings.append((Posting(key=key, on=paper.issued_on, code="invoicing.issued", entries=legs), (item,)))
    for start in range(0, len(postings), 2000):
        post(company=company, postings=postings[start : start + 2000], by="test", at=NOW)
    models.LearnedPayer.objects.bulk_create(
        models.LearnedPayer(
            company_id=company, kind="account", said=canonical_account(account), debtor=debtor, last_on=UNTIL
        )
        for account, debtor in known_accounts(payers=town.payers, seed=town.seed)
    )
    for currency, value in LIMITS.items():
        models.FeeAllowance.objects.create(
            company_id=company, currency=currency, value=value, set_at=NOW, set_by="test"
        )
    _withhold(town, company)


def _withhold(town: Invented, company: CompanyId) -> None:
    from saldo.agreements import models as agreements

    agreements.TaxProfile.objects.bulk_create(
        agreements.TaxProfile(
            company_id=company,
            debtor=payer.number,
            starts_on=date(2020, 1, 1),
            treatment="export",
            withholding=payer.withholding,
            made_by="test",
            made_at=NOW,
        )
        for payer in town.payers
        if payer.withholding
    )

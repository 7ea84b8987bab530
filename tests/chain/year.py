"""A partner's months from Microsoft's files to the customers' money, and the laws that must hold after every step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult, import_paths
from saldo.flows.month_close import Closed, close_month
from saldo.flows.receive_files import ReceivedFile, receive_paths
from saldo.generator.bank_files import camt_053
from saldo.generator.bank_town import Payment, Truth
from saldo.generator.generation import generate
from saldo.invoicing.actions.crediting import approve_credit_note, issue_credit_note
from saldo.invoicing.queries import list_drafts
from saldo.ledger.queries import OpenItem, balances, list_open_items
from saldo.parties.company import company_context
from saldo.ports.world import World
from tests.rooms.importing import A_WORLD

IBAN = "SE3550000000054910000003"
SEED = 11
START = Month(2026, 1)


@dataclass
class Year:
    """One company and the synthetic partner whose files it is given, month after month."""

    company: CompanyId
    folder: Path
    customers: int
    months: int
    start: Month = START
    paid: Decimal = Decimal(0)
    payments: int = 0
    files: dict[str, list[Path]] = field(default_factory=dict)

    def deliver(self, *, seed: int = SEED) -> None:
        """Microsoft's files of all months."""
        made = generate(folder=self.folder, customers=self.customers, months=self.months, seed=seed, start=self.start)
        for path in made.files:
            if path.name != "truth.json":
                self.files.setdefault(path.name[:7], []).append(path)

    def world(self, day: date) -> World:
        """The world on the morning of a day."""
        at = datetime.combine(day, time(8), ZoneInfo("UTC"))
        return World(clock=FixedClock(at), queue=A_WORLD.queue)

    def take_in(self, month: Month) -> tuple[FileResult, ...]:
        """Import what Microsoft delivered for a month, on the eighth of the next."""
        day = month.plus(1).starts_on + timedelta(days=7)
        paths = self.files[str(month)]
        return tuple(import_paths(company=self.company, paths=paths, actor="user:1", world=self.world(day)))

    def close(self, month: Month) -> Closed:
        """Issue a month's invoices on the ninth of the next."""
        day = month.plus(1).starts_on + timedelta(days=8)
        return close_month(company=self.company, month=month, issue=True, by="user:1", world=self.world(day), today=day)

    def credit(self, month: Month) -> int:
        """Two people issue the credit notes that Saldo proposes; returns how many."""
        day = month.plus(1).starts_on + timedelta(days=8)
        at = self.world(day).clock.now()
        with company_context(self.company):
            proposed = [one.invoice for one in list_drafts(company=self.company, month=month)]
            for draft in proposed:
                assert draft.kind == "credit-note"
                approve_credit_note(company=self.company, draft=draft.id, by="user:2", at=at)
                issue_credit_note(company=self.company, draft=draft.id, today=day, by="user:1", at=at)
        return len(proposed)

    def pay(self, month: Month, *, late: Random) -> ReceivedFile:
        """The customers pay what they owe for a month, each on a day of their own, one in nine leaves it open."""
        day = month.plus(1).starts_on + timedelta(days=8)
        with company_context(self.company):
            owed = [item for item in list_open_items(company=self.company) if item.issued_on == day and item.open > 0]
        payments = sorted(
            (
                self._payment(item, item.due_on + timedelta(days=late.randrange(-3, 12)))
                for item in owed
                if late.randrange(9)
            ),
            key=lambda payment: payment.on,
        )
        opening = self.paid
        self.paid += sum((payment.value for payment in payments), Decimal(0))
        last = max((payment.on for payment in payments), default=day)
        path = self.folder / f"bank-{month}.xml"
        path.write_bytes(camt_053(payments=payments, account=IBAN, currency="SEK", opening=opening, made_on=last))
        (received,) = receive_paths(
            company=self.company, paths=[path], actor="user:1", world=self.world(last + timedelta(days=1))
        )
        return received

    def _payment(self, item: OpenItem, on: date) -> Payment:
        self.payments += 1
        truth = Truth(story="in full", debtor=item.party, settles=((item.document, item.open),))
        return Payment(
            number=self.payments,
            on=on,
            currency=item.currency,
            value=item.open,
            truth=truth,
            payer=f"Payer {item.party}",
            references=(item.reference,),
            bank_reference=f"B{self.payments:010d}",
        )


def rows(sql: str, *values: object) -> list[tuple]:
    """What the database holds, asked outside of all our queries."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def check_every_microsoft_cent_has_a_bucket(company: CompanyId) -> None:
    """Charged = rated + not billed + held + unmatched, line by line and by currency, every month."""
    charged = rows(
        "SELECT d.month, l.currency, count(*), sum(l.amount) FROM charges_line l JOIN charges_delivery d"
        " ON d.id = l.delivery_id WHERE d.state = 'counts' AND NOT d.is_estimated AND d.company_id = %s"
        " AND d.kind IN ('nce-reconciliation', 'legacy-license', 'legacy-usage') GROUP BY 1, 2 ORDER BY 1, 2",
        company,
    )
    bucketed = rows(
        "SELECT month, cost_currency, count(*), sum(cost) FROM invoicing_line WHERE company_id = %s AND file <> ''"
        " AND mirrors_line IS NULL GROUP BY 1, 2 ORDER BY 1, 2",
        company,
    )
    assert bucketed == charged


def check_microsoft_is_owed_what_its_documents_say(company: CompanyId) -> None:
    """The account of Microsoft is the sum of its documents, with tax, and cost is what their lines come to."""
    (owed,) = rows(
        "SELECT -coalesce(sum(value), 0) FROM ledger_entry WHERE company_id = %s AND account = 'microsoft'", company
    )
    (documents,) = rows(
        "SELECT coalesce(sum(h.total), 0) FROM charges_microsoftinvoice h JOIN charges_delivery d"
        " ON d.id = h.delivery_id AND d.state = 'counts' WHERE h.company_id = %s",
        company,
    )
    assert owed == documents


def check_every_customer_cent_is_paid_or_open(company: CompanyId) -> None:
    """Each issued document is what was settled of it and what is open; lines and tax add up to it."""
    wrong = rows(
        """
        SELECT i.number, i.gross, t.original, t.open, coalesce(a.settled, 0) FROM invoicing_invoice i
        LEFT JOIN ledger_item t ON t.company_id = i.company_id AND t.document = i.number AND t.account = 'receivable'
        LEFT JOIN LATERAL (SELECT sum(value) AS settled FROM ledger_allocation x WHERE x.company_id = i.company_id
                           AND t.key IN (x.debit, x.credit)) a ON true
        WHERE i.company_id = %s AND i.number <> '' AND i.gross <> 0
          AND (t.key IS NULL OR t.original <> i.gross OR abs(t.open) + coalesce(a.settled, 0) <> abs(i.gross)
               OR i.net + i.tax <> i.gross)
        """,
        company,
    )
    assert wrong == []
    wrong = rows(
        "SELECT i.number FROM invoicing_invoice i JOIN invoicing_line l ON l.invoice_id = i.id WHERE i.company_id = %s"
        " GROUP BY i.id HAVING sum(l.net) <> i.net OR sum(l.tax) <> i.tax",
        company,
    )
    assert wrong == []


def check_books_balance(company: CompanyId, on: date) -> None:
    """All accounts together are nothing in every currency, and receivables are exactly the open items."""
    totals: dict[str, Decimal] = {}
    receivable: dict[str, Decimal] = {}
    for balance in balances(company=company, on=on):
        totals[balance.currency] = totals.get(balance.currency, Decimal(0)) + balance.value
        if balance.account == "receivable":
            receivable[balance.currency] = receivable.get(balance.currency, Decimal(0)) + balance.value
    assert set(totals.values()) <= {Decimal(0)}
    opened: dict[str, Decimal] = {}
    for item in list_open_items(company=company):
        opened[item.currency] = opened.get(item.currency, Decimal(0)) + item.open
    assert {currency: value for currency, value in receivable.items() if value} == {
        currency: value for currency, value in opened.items() if value
    }


def check_all(company: CompanyId, on: date) -> None:
    """Every law, as after each step of a story."""
    with company_context(company):
        check_every_microsoft_cent_has_a_bucket(company)
        check_microsoft_is_owed_what_its_documents_say(company)
        check_every_customer_cent_is_paid_or_open(company)
        check_books_balance(company, on)

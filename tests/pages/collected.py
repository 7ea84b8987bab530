"""A house in collection for pages: the ready policy in force, late invoices, rounds day by day, letters delivered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place
from saldo.dunning.actions.assigning import assign_policy
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.models import Clause, Collected, Notice, PolicyVersion, Task
from saldo.dunning.rules.policy import hash_of
from saldo.flows.dunning_round import dunning_round
from saldo.ledger.actions import post
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.outbox.documents import keep
from saldo.parties.company import company_context
from saldo.ports.world import World
from saldo.receipts.actions.taking import take_file
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from tests.conftest import NOW
from tests.rooms.importing import NoQueue

_LONG_AGO = date(2026, 1, 1)


class Owed(NamedTuple):
    """One invoice, due so many days ago."""

    debtor: str
    number: str
    gross: str
    days_late: int
    currency: str = "SEK"


def world_of_may() -> World:
    """A world that stands at the day of the tests."""
    return World(clock=FixedClock(NOW), queue=NoQueue())


def put_in_force(company: CompanyId, *, code: str = "standard", at: datetime) -> None:
    """Publish a ready policy, for everybody."""
    text = ready_policy(code)
    with company_context(company):
        PolicyVersion.objects.create(
            company_id=company,
            code=code,
            version=1,
            text=text,
            sha256=hash_of(text),
            starts_on=_LONG_AGO,
            published_at=at,
            published_by="user:1",
        )
        assign_policy(
            company=company, scope="company", policy=code, starts_on=_LONG_AGO, by="user:1", today=_LONG_AGO, at=at
        )


def bill(company: CompanyId, owed: Iterable[Owed], *, today: date, at: datetime) -> None:
    """Open invoices in the books."""
    with company_context(company):
        for one in owed:
            due_on = today - timedelta(days=one.days_late)
            value, issued_on = Decimal(one.gross), due_on - timedelta(days=30)
            item = NewItem(
                key=f"invoice:{one.number}",
                account="receivable",
                party=one.debtor,
                kind="invoice",
                document=one.number,
                issued_on=issued_on,
                due_on=due_on,
                currency=one.currency,
                original=value,
            )
            legs = (
                Entry(account="receivable", party=one.debtor, currency=one.currency, value=value),
                Entry(account="sales", currency=one.currency, value=-value),
            )
            posting = Posting(key=item.key, on=issued_on, code="invoicing.issued", document=one.number, entries=legs)
            post(company=company, postings=[(posting, (item,))], by="test", at=at)


def hear_the_bank(company: CompanyId, *, at: datetime) -> None:
    """The bank told something just now."""
    with company_context(company):
        read = BankFileRead(
            format="camt.053",
            entries=(
                EntryRead(
                    place=Place(file=FileId("today"), row=1),
                    account="SE4550000000058398257466",
                    booked_on=at.date(),
                    value_on=at.date(),
                    currency="SEK",
                    value=Decimal("-1.00"),
                    bank_reference="fee",
                    kind="fee",
                ),
            ),
        )
        facts = {"name": "today.xml", "currency": "SEK", "by": "test", "at": at}
        take_file(company=company, read=read, sha256="b" * 64, **facts)


def run_days(company: CompanyId, *, first: date, last: date, every: int = 1) -> None:
    """A round on each of these days, and on each the letters arrive that it ordered."""
    day = first
    while day <= last:
        world = World(clock=FixedClock(datetime.combine(day, time(7), tzinfo=UTC)), queue=NoQueue())
        dunning_round(company=company, world=world, by="system", today=day)
        with company_context(company):
            deliver(company, day)
        day += timedelta(days=every)


def deliver(company: CompanyId, day: date) -> None:
    """Every letter that was ordered arrives and is proved on a day."""
    for notice in Notice.objects.filter(company_id=company, state="ordered"):
        notice.state, notice.proved_on = "handed-over", day
        notice.channels = [one | {"state": "handed-over", "on": day.isoformat()} for one in notice.channels]
        notice.told = {"language": "en"}
        notice.save()
        items = [one["item"] for one in notice.items]
        rows = Collected.objects.filter(company_id=company, item__in=items, step=notice.step, proved_on__isnull=True)
        rows.update(proved_on=day, look_again_on=day)


def allow_access(company: CompanyId, debtors: Iterable[str], *, at: datetime) -> None:
    """Their terms let access be affected."""
    with company_context(company):
        for debtor in debtors:
            Clause.objects.create(
                company_id=company,
                debtor=debtor,
                allows="access",
                agreed_on=_LONG_AGO,
                evidence="contract 7",
                recorded_at=at,
                recorded_by="user:1",
            )


def open_call(company: CompanyId, debtor: str, *, due_on: date, at: datetime) -> Task:
    """A call that somebody must make."""
    with company_context(company):
        return Task.objects.create(
            company_id=company,
            key=f"call:{debtor}:second-reminder:SEK:{due_on.isoformat()}",
            kind="call",
            debtor=debtor,
            facts={"step": "second-reminder", "currency": "SEK"},
            due_on=due_on,
            opened_at=at,
        )


def make_collected(company: CompanyId, *, debtor: str) -> dict[str, int]:
    """The ready policy in force, and one letter that was delivered, with its paper."""
    put_in_force(company, at=NOW)
    notice = Notice.objects.create(
        company_id=company,
        key=f"notice:{debtor}:formal-notice:SEK:2026-05-04",
        debtor=debtor,
        currency="SEK",
        policy="standard",
        version=1,
        step="formal-notice",
        letter="formal-notice",
        language="sv",
        on=date(2026, 5, 4),
        owed=Decimal("1250.00"),
        items=[{"item": "invoice:2026-00001", "due_on": "2026-04-10", "open": "1250.00", "owed": "1250.00"}],
        told={"language": "sv"},
        channels=[{"channel": "letter", "state": "handed-over", "on": "2026-05-05", "sha256": keep(b"%PDF-1.7 test")}],
        proof="handed-over",
        state="handed-over",
        proved_on=date(2026, 5, 5),
        ordered_at=NOW,
        ordered_by="test",
    )
    return {"notice": notice.pk}

"""A house that collects: debtors, invoices in its books, a policy in force, its bank, and rounds on days."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place
from saldo.dunning import models
from saldo.dunning.actions.assigning import assign_policy
from saldo.dunning.actions.rounds import RoundDone
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.looking import Look
from saldo.dunning.rules.policy import Policy, hash_of
from saldo.flows.dunning_look import look_of
from saldo.flows.dunning_round import dunning_round
from saldo.ledger.actions import post
from saldo.ledger.queries import find_item
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties import models as parties
from saldo.parties.company import company_context
from saldo.ports.world import World
from saldo.receipts.actions.matching import match, set_aside
from saldo.receipts.actions.taking import take_file
from saldo.receipts.models import BankFile
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from saldo.receipts.rules.proposals import Difference, Share
from tests.dunning.ladders import DUE, THREE_STEPS
from tests.receipts.town import world

NAMES = dict.fromkeys(("en", "sv", "zh-Hans", "pt-BR", "es"), "Three steps")
PUBLISHED = replace(THREE_STEPS, names=NAMES, jurisdiction="SE")
_NUMBERS = itertools.count(1)


class Collecting:
    """What the tests of collections do all the time, in the language of the business."""

    def __init__(self, company: CompanyId, policy: Policy | None = PUBLISHED) -> None:
        self.company = company
        self.world: World = world()
        with company_context(company):
            self.debtor("10001")
            if policy is not None:
                self.publish(policy)

    def at(self, day: date, hour: int = 10) -> datetime:
        """A time of that day; the clock of the world stands there from now on."""
        at = datetime.combine(day, time(hour), tzinfo=UTC)
        self.world = replace(self.world, clock=FixedClock(at))
        return at

    def debtor(self, number: str, **facts) -> None:
        told = {"name": f"Customer {number}", "country": "SE"} | facts
        parties.Debtor.objects.create(company_id=self.company, number=number, first_seen_at=self.at(DUE), **told)

    def publish(self, policy: Policy, *, version: int = 1, starts_on: date = date(2026, 1, 1)) -> None:
        """A version that anybody proved, for everybody."""
        text = policy_text(policy)
        models.PolicyVersion.objects.create(
            company_id=self.company,
            code=policy.code,
            version=version,
            text=text,
            sha256=hash_of(text),
            starts_on=starts_on,
            published_at=self.at(starts_on),
            published_by="user:1",
        )
        self.assign(policy.code, starts_on=starts_on)

    def assign(self, code: str, *, scope="company", subject: str = "", starts_on: date = date(2026, 1, 1)) -> None:
        assign_policy(
            company=self.company,
            scope=scope,
            subject=subject,
            policy=code,
            starts_on=starts_on,
            by="user:1",
            today=starts_on,
            at=self.at(starts_on),
        )

    def invoice(
        self, number: str, gross: str = "1000.00", *, debtor: str = "10001", due: date = DUE, currency: str = "SEK"
    ) -> str:
        """An open invoice, or a credit note where below zero; its key."""
        value = Decimal(gross)
        kind = "invoice" if value > 0 else "credit-note"
        issued_on = min(due, date(2026, 2, 2))
        item = NewItem(
            key=f"{kind}:{number}",
            account="receivable",
            party=debtor,
            kind=kind,
            document=number,
            reference=number,
            issued_on=issued_on,
            due_on=due,
            currency=currency,
            original=value,
        )
        legs = (
            Entry(account="receivable", party=debtor, currency=currency, value=value),
            Entry(account="sales", currency=currency, value=-value),
        )
        posting = Posting(key=item.key, on=issued_on, code="invoicing.issued", entries=legs)
        post(company=self.company, postings=[(posting, (item,))], by="test", at=self.world.clock.now())
        return item.key

    def pays(self, day: date, value: str, *items: str, debtor: str = "10001", currency: str = "SEK") -> str:
        """Money arrives and settles the oldest of these items first; the rest stays on account. Returns the match."""
        at = self.at(day)
        (key,) = self.bank_tells(day, value, currency=currency)
        left, shares = Decimal(value), []
        for item in items:
            part = min(left, self.open_of(item))
            shares.append(Share(item=item, value=part))
            left -= part
        differences = [Difference(kind="on-account", value=-left, debtor=debtor)] if left else []
        return match(company=self.company, entry=key, shares=shares, differences=differences, by="user:1", at=at)

    def bank_tells(self, day: date, value: str = "", *, currency: str = "SEK") -> tuple[str, ...]:
        """The bank's file of a day, with one entry."""
        number = next(_NUMBERS)
        entry = EntryRead(
            place=Place(file=FileId("x"), row=1),
            account="SE4550000000058398257466",
            booked_on=day,
            value_on=day,
            currency=currency,
            value=Decimal(value),
            bank_reference=f"BANK{number:06d}",
            kind="payment",
        )
        read = BankFileRead(format="camt.053", entries=(entry,))
        name = f"{number:064d}"
        taken = take_file(
            company=self.company, read=read, sha256=name, name="f.xml", currency="SEK", by="test", at=self.at(day)
        )
        return taken.keys

    def hears_of_bank(self, day: date) -> None:
        """Fresh bank data: without it nothing is sent."""
        rows = BankFile.objects.filter(company_id=self.company)
        if not rows.exists():
            (key,) = self.bank_tells(day, "1.00")
            set_aside(company=self.company, entry=key, reason="to begin with", by="user:1", at=self.at(day))
        rows.update(received_at=self.at(day, hour=6))

    def open_of(self, item: str) -> Decimal:
        found = find_item(company=self.company, key=item)
        assert found is not None
        return found.open

    def look(self, day: date) -> Look:
        self.at(day)
        return look_of(company=self.company, world=self.world, today=day)

    def round(self, day: date, *, full: bool | None = None) -> RoundDone:
        """One round on this day of everybody's, with the bank's data of that morning."""
        with company_context(self.company):
            self.hears_of_bank(day)
        self.at(day)
        return dunning_round(company=self.company, world=self.world, by="system", today=day, full=full)

    def proves(self, day: date, items: Collection[str] = ()) -> None:
        """What left is proved as its step asks, for these items or all."""
        rows = models.Collected.objects.filter(company_id=self.company, proved_on__isnull=True).exclude(step="clear")
        (rows.filter(item__in=items) if items else rows).update(proved_on=day, look_again_on=day)

    def day(self, day: date) -> RoundDone:
        """A round, and what left by it is handed over the same day."""
        done = self.round(day)
        with company_context(self.company):
            self.proves(day)
        return done

    def steps(self) -> dict[str, str]:
        """Where each item stands."""
        rows = models.Collected.objects.filter(company_id=self.company).order_by("item")
        return dict(rows.values_list("item", "step"))

    def standing(self, item: str) -> models.Collected:
        return models.Collected.objects.get(company_id=self.company, item=item)

    def notices(self) -> list[tuple[str, str, str]]:
        """Debtor, step and day of every notice, in their order."""
        rows = models.Notice.objects.filter(company_id=self.company).order_by("on", "id")
        return [(row.debtor, row.step, row.on.isoformat()) for row in rows]

"""A house that collects and writes: contacts, addresses, a mail server that takes or refuses, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.rules.policy import Policy
from saldo.flows.send_messages import send_due
from saldo.flows.send_notices import Notices, follow_notices, send_notices
from saldo.ledger.actions import allocate
from saldo.ledger.queries import find_item
from saldo.ledger.rules.allocation import NewAllocation
from saldo.outbox import actions
from saldo.parties import models as parties
from saldo.parties.company import company_context
from tests.dunning.collecting import PUBLISHED, Collecting
from tests.outbox.post_office import Postmaster, mailbox, serving

ANNA, BO = "user:1", "user:2"
CONTACT = "ekonomi@havsbris.example"
OUTSIDE = "karin@revisor.example"


class Telling(Collecting):
    """Debtor 10001 reads Swedish and has a contact, another one outside its tenant, and a postal address."""

    def __init__(self, company: CompanyId, policy: Policy | None = PUBLISHED, *, is_open: bool = True) -> None:
        super().__init__(company, policy)
        with company_context(company):
            self.is_known("10001")
            parties.Particulars.objects.create(
                company_id=company,
                legal_name="Fjordlys Cloud AB",
                street="Kajgatan 3",
                postcode="211 20",
                city="Malmö",
                email="ekonomi@fjordlys.example",
                phone="+46 40 000 00 00",
            )
            self.has_account()
            if is_open:
                actions.open_channel(company=company, kind="mail", by=ANNA, at=self.world.clock.now())
                actions.confirm_first_run(company=company, kind="mail", by=BO, at=self.world.clock.now())
        self.office = Postmaster()

    def has_account(self) -> None:
        """A bank account of ours that papers may name."""
        parties.BankAccount.objects.create(
            company_id=self.company,
            code="1930",
            name="Bankgiro",
            currency="SEK",
            giro="9912346",
            iban="SE4550000000058398257466",
            state="active",
            proposed_by=ANNA,
            proposed_at=self.world.clock.now(),
            usable_from=date(2026, 1, 1),
        )

    def is_known(self, debtor: str, **facts: Any) -> None:
        told = {
            "emails": [{"name": "Karin", "address": CONTACT}, {"name": "Revisor", "address": OUTSIDE}],
            "street": "Strandvägen 1",
            "postcode": "114 51",
            "city": "Stockholm",
            "language": "sv",
        } | facts
        parties.Debtor.objects.filter(company_id=self.company, number=debtor).update(**told)

    def tenant(self, debtor: str = "10001", domain: str = "havsbris.example") -> str:
        """A tenant that is charged to a debtor; its key."""
        key = f"00000000-0000-0000-0000-0000000{debtor}"
        row = parties.Debtor.objects.get(company_id=self.company, number=debtor)
        parties.Customer.objects.create(
            company_id=self.company,
            key=key,
            name="Havsbris",
            domain=domain,
            debtor=row,
            first_seen_at=self.world.clock.now(),
        )
        return key

    def cancels(self, item: str) -> None:
        """A document is cancelled in the books: its mirror takes the whole of it."""
        found = find_item(company=self.company, key=item)
        assert found is not None
        number = item.partition(":")[2]
        mirror = self.invoice(f"{number}-c", f"-{found.open}", debtor=found.party)
        on = self.world.clock.now().date()
        part = NewAllocation(key=f"cancel:{number}", on=on, debit=item, credit=mirror, value=found.open)
        allocate(company=self.company, allocations=[part], by=ANNA, at=self.world.clock.now())

    def write(self) -> Notices:
        """Every notice that waits is written."""
        return send_notices(company=self.company, world=self.world, by="system")

    @contextmanager
    def with_post(self) -> Iterator[None]:
        """The mail server while the block runs."""
        with serving(self.office) as port:
            self.port = port
            yield

    def post_leaves(self, *, hours: float = 2) -> None:
        """So much later, what is due is handed to the server, and what it said is carried over."""
        at = self.world.clock.now() + timedelta(hours=hours)
        self.world = replace(self.world, clock=FixedClock(at), mail=mailbox(self.port, at=at))
        send_due(company=self.company, world=self.world)
        self.follow()

    def follow(self) -> Any:
        return follow_notices(company=self.company, world=self.world)

    def tell(self, day: date) -> Notices:
        """A round on this day, its notices written, its mails handed over."""
        self.round(day)
        written = self.write()
        with self.with_post():
            self.post_leaves()
        return written

    def notice(self, place: int = -1) -> models.Notice:
        return list(models.Notice.objects.filter(company_id=self.company).order_by("id"))[place]

    def tasks(self) -> list[tuple[str, str]]:
        """Kind and debtor of the work that waits."""
        rows = models.Task.objects.filter(company_id=self.company, done_at__isnull=True).order_by("id")
        return list(rows.values_list("kind", "debtor"))

    def mails(self) -> Sequence[tuple[list[str], str]]:
        """To whom and with which subject."""
        return [(recipients, str(mail["Subject"])) for recipients, mail in self.office.mails]

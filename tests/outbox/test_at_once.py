"""Several senders at once, on a database that really commits: each mail once, and no call inside a transaction."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from saldo.core.identity import CompanyId
from saldo.flows.send_messages import send_due
from saldo.outbox import actions, queries
from saldo.parties import billing_actions
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.ports.mail import NO_MAIL, MailLimits, OutgoingMail, Receipt
from saldo.ports.world import World
from saldo.server.wiring import real_world
from tests.outbox.post_office import ANNA, BO, NOON, an_order, open_for_good, world


@dataclass
class Watching:
    """A mailbox that keeps what it was given, and whether a transaction was open then."""

    sender: str = "billing@fjordlys.example"
    limits: MailLimits = NO_MAIL.limits
    given: list[str] = field(default_factory=list)
    was_in_transaction: list[bool] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> Receipt:
        self.was_in_transaction.append(connection.in_atomic_block)
        self.given.append(mail.message_id)
        return Receipt(said="250 taken")


@pytest.fixture
def house(own_database: str) -> CompanyId:
    made = found_company(name="Fjordlys", country="SE", currency="SEK", cloud="global", actor="test", at=NOON)
    with company_context(made):
        open_for_good(made)
        for number in range(24):
            an_order(made, number)
    return made


class TestAtOnce:
    def test_four_senders_send_each_mail_once_and_outside_of_transactions(self, house) -> None:
        mailbox = Watching()
        failed: list[BaseException] = []

        def send() -> None:
            try:
                send_due(company=house, world=world(mailbox))
            except BaseException as fault:
                failed.append(fault)
            finally:
                connection.close()

        senders = [threading.Thread(target=send) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert failed == []
        assert Counter(Counter(mailbox.given).values()) == {1: 24}
        assert set(mailbox.was_in_transaction) == {False}
        with company_context(house):
            assert queries.count_messages(company=house) == {("mail", "sent"): 24}

    def test_a_channel_closed_in_the_middle_of_a_run_stops_the_rest(self, house) -> None:
        class ClosingAfterFive(Watching):
            def send(self, mail: OutgoingMail) -> Receipt:
                if len(self.given) == 4:
                    with company_context(house):
                        actions.close_channel(company=house, kind="mail", by=BO, at=NOON)
                return super().send(mail)

        mailbox = ClosingAfterFive()
        assert send_due(company=house, world=world(mailbox)).sent == 5
        with company_context(house):
            assert queries.count_messages(company=house) == {("mail", "captured"): 19, ("mail", "sent"): 5}

    def test_a_recall_and_a_sender_never_both_have_a_message(self, house) -> None:
        mailbox = Watching()
        recalled: list[str] = []

        def take_back(abouts: list[str]) -> None:
            for about in abouts:
                try:
                    with company_context(house):
                        actions.recall(company=house, about=about, by=ANNA, at=NOON)
                    recalled.append(about)
                except actions.UnableToRecall:
                    pass
            connection.close()

        abouts = [f"invoice:2026-{number:05}" for number in reversed(range(24))]
        taking = threading.Thread(target=take_back, args=(abouts,))
        taking.start()
        send_due(company=house, world=world(mailbox))
        taking.join()
        assert len(mailbox.given) + len(recalled) == 24
        with company_context(house):
            counts = queries.count_messages(company=house)
        assert counts.get(("mail", "recalled"), 0) == len(recalled)


class TestTask:
    def test_a_run_is_asked_for_only_when_the_transaction_commits(self, house) -> None:
        from saldo.flows.send_messages import send_soon

        def waiting() -> int:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send-messages'")
                return int(cursor.fetchone()[0])

        outside: Any = World(clock=world(NO_MAIL).clock, queue=real_world().queue)

        def ask_and_fall() -> None:
            with company_context(house):
                send_soon(company=house, world=outside)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            ask_and_fall()
        assert waiting() == 0
        with company_context(house):
            send_soon(company=house, world=outside)
        assert waiting() == 1

    def test_the_run_of_every_minute_puts_back_what_nobody_can_send(self, house) -> None:
        from saldo.server.tasks import send_due_everywhere

        with company_context(house):
            billing_actions.set_particulars(company=house, changes={"email": "a@fjordlys.example"}, by=BO, at=NOON)
        send_due_everywhere(timestamp=0)
        with company_context(house):
            waiting = queries.list_messages(company=house, state="waiting")
        assert Counter(message.code for message in waiting) == {"": 23, "outbox.mail.not-configured": 1}

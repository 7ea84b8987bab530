"""A policy over history: by events as day by day, in parts as in one, and figures that can be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saldo.dunning.backtests import run_backtests
from saldo.dunning.formats.receivables import read_receivables
from saldo.dunning.rules.backtest import backtest, climbs
from saldo.dunning.rules.events import Event
from saldo.dunning.rules.policy import Act, Policy
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.tally import Assumption, Saved, Tally, usual_delay
from tests.dunning.house import House
from tests.dunning.ladders import DAY, THREE_STEPS, closed, policies
from tests.dunning.policies import a_policy, a_step, mail, ready
from tests.dunning.receivables import IBM

JANUARY = date(2026, 1, 1)
UNTIL = date(2026, 7, 31)


def owed(
    invoice: str, *, late: int | None = None, customer: str = "C", value: str = "1000.00", due: date = date(2026, 3, 2),
    **others,
) -> Receivable:  # fmt: skip
    """Issued a month before; paid so many days after the due day, or not at all."""
    settled = None if late is None else due + timedelta(days=late)
    issued = due - timedelta(days=30)
    return Receivable(customer, invoice, others.pop("currency", "SEK"), issued, due, Decimal(value), settled, **others)


def counted(*items: Receivable, policy: Policy = THREE_STEPS, **assumed: int) -> Tally:
    return backtest(policy, items, closed=closed, until=UNTIL, assumption=Assumption(**assumed))


def a_book(random: Random, *, customers: int) -> list[Receivable]:
    """Receivables of some customers: on time, late, never; some disputed, some paid before they were issued."""
    made = []
    for place in range(customers * random.randrange(1, 6)):
        issued = JANUARY + timedelta(days=random.randrange(120))
        due = issued + timedelta(days=random.choice([0, 10, 30]))
        settled = random.choice([None, *(due + timedelta(days=random.randrange(-40, 90)) for _ in range(4))])
        made.append(
            Receivable(
                customer=f"C{random.randrange(customers)}",
                invoice=f"F{place}",
                currency=random.choice(["SEK", "SEK", "EUR"]),
                issued_on=issued,
                due_on=due,
                value=random.choice([Decimal("1000.00"), Decimal("40.00"), Decimal("250.00")]),
                settled_on=settled,
                is_disputed=random.random() < 0.15,
            )
        )
    return made


def day_by_day(policy: Policy, items: list[Receivable]) -> list[tuple[date, str, str]]:
    """The same customer's items looked at every day, in a book that is told of each."""
    house = House(policy=policy, closed=closed)
    house._check_begun = lambda *_: None  # type: ignore[method-assign] - any policy, sound or not
    events: list[Event] = []
    for one in items:
        if one.settled_on is not None and one.settled_on <= one.issued_on:
            continue
        named = {"currency": one.currency, "value": one.value}
        events.append(Event(on=one.issued_on, type="invoice", id=one.invoice, due=one.due_on, **named))
        if one.is_disputed:
            events.append(Event(on=one.issued_on, type="dispute", invoice=one.invoice))
        if one.settled_on is not None:
            events.append(Event(on=one.settled_on, type="payment", invoice=one.invoice, **named))
    if events:
        house.live(sorted(events, key=lambda event: event.on), until=UNTIL)
    return sorted((one.on, one.invoice, one.step.code) for one in house.begun)


class TestLaws:
    @given(st.integers(0, 10**9), policies())
    @settings(max_examples=120, deadline=None)
    def test_by_events_is_day_by_day(self, seed: int, policy: Policy) -> None:
        items = a_book(Random(seed), customers=1)
        by_events = climbs(policy, items, closed=closed, until=UNTIL)
        found = sorted((one.on, one.item.invoice, one.step.code) for one in by_events)
        assert found == day_by_day(policy, items)

    @given(st.integers(0, 10**9), st.sampled_from(["gentle", "standard", "strict"]))
    @settings(max_examples=20, deadline=None)
    def test_the_tallies_of_parts_add_up(self, seed: int, name: str) -> None:
        items = a_book(Random(seed), customers=6)
        parts = Tally()
        for customer in sorted({one.customer for one in items}):
            parts.add(counted(*(one for one in items if one.customer == customer), policy=ready(name)))
        assert parts == counted(*items, policy=ready(name))

    def test_two_processes_give_the_figures_of_one(self) -> None:
        items = a_book(Random(3), customers=450)
        chosen = [ready("standard"), ready("strict")]
        seen: list[tuple[int, int]] = []
        one, two = (
            run_backtests(
                chosen,
                items,
                country="SE",
                until=UNTIL,
                assumption=Assumption(),
                jobs=jobs,
                tell=lambda done, of: seen.append((done, of)),
            )
            for jobs in (1, 2)
        )
        assert one == two
        assert one[0].notices != one[1].notices
        assert seen[-1][0] == seen[-1][1] == one[0].customers


class TestCounting:
    def test_who_pays_on_time_is_not_touched(self) -> None:
        tally = counted(owed("A", late=0), owed("B", late=-9))
        assert (tally.customers, tally.touched, dict(tally.notices)) == (1, 0, {})

    def test_two_invoices_of_one_day_go_in_one_notice(self) -> None:
        tally = counted(owed("A", late=10), owed("B", late=10), owed("C", late=10, currency="EUR"))
        assert (tally.notices["reminder"], tally.invoices["reminder"], tally.touched) == (2, 3, 1)

    def test_work_for_people(self) -> None:
        tally = counted(owed("A"), policy=ready("standard"))
        assert (tally.calls, tally.letters, tally.releases) == (1, 2, 2)
        assert "suspension" not in tally.notices
        assert tally.invoices["suspension"] == 1

    @pytest.mark.parametrize(("late", "soon"), [(36, 0), (37, 1), (43, 1), (44, 0), (None, 0)])
    def test_suspensions_of_what_was_paid_within_seven_days(self, late: int | None, soon: int) -> None:
        """The suspension is proposed on the seventh of April, 36 days after the due day."""
        tally = counted(owed("A", late=late))
        assert (tally.suspensions, tally.suspensions_paid_soon) == (0 if late == 36 else 1, soon)

    def test_disputed_invoices_are_kept_back(self) -> None:
        assert counted(owed("A", is_disputed=True)).touched == 0

    def test_days_saved_as_assumed(self) -> None:
        """The reminder of the fifth of March is answered on the twelfth, ten days after the due day."""
        saved = counted(owed("A", late=30), owed("B", late=10), owed("C", late=4, value="1.00")).assumed
        assert saved == Saved(
            days=20, invoices=1, earlier={"SEK": Decimal("1000.00")}, money_days={"SEK": Decimal("20000.00")}
        )
        assert counted(owed("A", late=30), answer_days=0).assumed.days == 27
        assert counted(owed("A", late=30), notice=2).assumed.days == 2
        assert counted(owed("A", late=30), notice=3).assumed.days == 0

    def test_what_is_still_open_counts_until_the_last_day(self) -> None:
        assert counted(owed("A")).assumed.days == (UNTIL - date(2026, 3, 12)).days

    def test_letters_before_due_answer_nothing(self) -> None:
        tally = counted(owed("A", late=2), policy=ready("standard"))
        assert tally.notices["before-due"] == 1
        assert tally.assumed == Saved()

    def test_days_saved_by_each_debtors_own_habit(self) -> None:
        """Paid late after 2, 4, 6 and 30 days: when quick it needs 2, so the reminder brings two of them sooner."""
        late = [owed(str(days), late=days) for days in (2, 4, 6, 30)]
        assert usual_delay(late, Assumption()) == 2
        assert counted(*late).by_habit.days == (6 - 5) + (30 - 5)
        assert usual_delay(late[:3], Assumption()) == 7

    def test_a_step_that_asks_for_other_items_sees_them(self) -> None:
        policy = a_policy(
            a_step("reminder", "days-late >= 3", "debtor-owed >= 1500", acts=(mail("reminder"), Act(kind="call")))
        )
        assert counted(owed("A", late=20), policy=policy).touched == 0
        both = counted(owed("A", late=20), owed("B", late=20, due=date(2026, 3, 9)), policy=policy)
        assert (both.invoices["reminder"], both.calls) == (2, 2)  # the older on the day after the younger is due


class TestIbm:
    """The receivables that IBM published, if they lie beside the repository."""

    @pytest.mark.skipif(not IBM.exists(), reason="the file is not here")
    @pytest.mark.parametrize(
        ("name", "reminders", "suspensions", "days_saved"),
        [("gentle", 156, 0, 212), ("standard", 277, 0, 531), ("strict", 309, 0, 639)],
    )
    def test_ready_policies(self, name: str, reminders: int, suspensions: int, days_saved: int) -> None:
        read = read_receivables(IBM.read_text(encoding="utf-8-sig"), currency="USD")
        assert (read.rows, len(read.receivables), read.problems) == (1930, 1930, ())
        until = max(one.settled_on for one in read.receivables if one.settled_on)
        (tally,) = run_backtests(
            [ready(name)],
            read.receivables,
            country="US",
            until=until,
            assumption=Assumption(),
            jobs=1,
            tell=lambda done, of: None,
        )
        assert tally.customers == 100
        assert (tally.notices["reminder"], tally.suspensions, tally.assumed.days) == (
            reminders,
            suspensions,
            days_saved,
        )
        assert DAY * tally.assumed.days < DAY * tally.by_habit.days

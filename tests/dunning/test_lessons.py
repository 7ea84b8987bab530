"""The faults that other products shipped (lessons, part A), each by its number, on the level of a replayed book.

Those that need records or Microsoft are tested where these live: 12, 13 and 19 with suspensions, 14 with notices.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from saldo.dunning.rules.book import Book, BookItem, BookMoney
from saldo.dunning.rules.check import check
from saldo.dunning.rules.event_rows import read_events
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.ladder import decide
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.dunning.rules.simulation import BookDay, replay
from tests.dunning.house import House
from tests.dunning.ladders import DAY, DUE, THREE_STEPS, closed
from tests.dunning.mutants import kill_bill, kill_bill_by_another_way, kill_bill_when_one_is_left
from tests.dunning.policies import a_policy, a_step, changed, mail, ready
from tests.dunning.stories import play

STANDARD = ready("standard")


def told(*rows: dict[str, str], policy: Policy = THREE_STEPS, until: date = date(2026, 12, 31)) -> list[BookDay]:
    rows_in_crowns = [{"currency": "SEK", **row} for row in rows]
    return list(replay(policy, read_events(rows_in_crowns), until=until, closed=closed))


def invoice(id: str, *, due: date = DUE, amount: str = "1000.00", **more: str) -> dict[str, str]:
    on = due - timedelta(days=30)
    return {"on": f"{on}", "type": "invoice", "id": id, "amount": amount, "due": f"{due}", **more}


def entered(days: list[BookDay], invoice: str = "") -> list[tuple[str, str]]:
    return [(f"{day.on:%m-%d}", item.step) for day in days for item in day.entered if invoice in ("", item.invoice)]


def on(days: list[BookDay], day: str) -> BookDay:
    return next(one for one in days if f"{one.on:%m-%d}" == day)


def test_a01_the_oldest_of_several_is_paid_and_no_step_is_skipped() -> None:
    """Lessons A 1 (Kill Bill #2297): CLEAR went to BLOCKED without WARNING when the oldest invoice was paid."""
    days = told(
        invoice("OLD"),
        invoice("NEW", due=date(2026, 3, 20)),
        {"on": "2026-04-07", "type": "payment", "amount": "1000.00", "invoice": "OLD"},
    )
    assert entered(days, "OLD") == [("03-05", "reminder"), ("03-23", "final-notice")]
    assert entered(days, "NEW") == [("03-23", "reminder"), ("04-09", "final-notice"), ("04-21", "suspension")]
    assert on(days, "04-07").step == "reminder"


def test_a01_the_policy_of_kill_bill_is_refused() -> None:
    """Lessons A 1: the checker finds the way that skips the warning, and tells it as a story."""
    ways = [kill_bill, kill_bill_by_another_way, kill_bill_when_one_is_left]
    for way in ways:
        findings = check(way(STANDARD, Random(1)), on=date(2026, 11, 25), country="SE")
        assert findings, way
        assert any(one.counterexample for one in findings), way


@pytest.mark.parametrize("how", ["payment", "credit"])
def test_a02_ninety_nine_per_cent_is_paid(how: str) -> None:
    """Lessons A 2 (Lago, Tryton): trigger and shown debt use what is left net of credits."""
    days = told(invoice("F"), {"on": "2026-03-10", "type": how, "amount": "990.00", "invoice": "F"})
    assert (days[-1].step, days[-1].because) == (CLEAR, "under-floor")
    partly = told(invoice("F"), {"on": "2026-03-10", "type": how, "amount": "600.00", "invoice": "F"})
    assert on(partly, "03-23").facts["owed"] == Decimal("400.00")


def test_a03_a_part_payment_keeps_the_item_where_it_stands() -> None:
    """Lessons A 3 (OCA #330): it stays in dunning, and goes on from its step."""
    days = told(invoice("F"), {"on": "2026-03-10", "type": "payment", "amount": "300.00", "invoice": "F"})
    assert on(days, "03-10").step == "reminder"
    assert entered(days) == [("03-05", "reminder"), ("03-23", "final-notice"), ("04-07", "suspension")]


def test_a04_ten_days_of_outage_are_caught_up_with_one_decision() -> None:
    """Lessons A 4 (Invoice Ninja #11854): never a burst, never silence."""
    house = House(policy=STANDARD, closed=closed)
    house.live(read_events([invoice("F", currency="SEK")]), until=DUE + timedelta(days=9))
    assert house.begun[-1].step.code == "reminder"
    assert [one.step.code for one in house.look(DUE + timedelta(days=22))] == ["second-reminder"]
    assert house.look(DUE + timedelta(days=22)) == []
    assert house.look(DUE + timedelta(days=23)) == []


@pytest.mark.parametrize(("outcome", "ends"), [("payment-settled", CLEAR), ("payment-failed", "suspension")])
def test_a05_a_payment_that_is_pending_on_the_last_day(outcome: str, ends: str) -> None:
    """Lessons A 5 (Kill Bill, Lago): held, then resumed or cleared."""
    days = told(
        invoice("F"),
        {"on": "2026-04-06", "type": "payment-pending", "id": "P", "amount": "1000.00", "invoice": "F"},
        {"on": "2026-04-09", "type": outcome, "id": "P"},
    )
    assert (on(days, "04-06").step, on(days, "04-06").because) == ("final-notice", "payment-pending")
    assert days[-1].step == ends
    assert ("04-07", "suspension") not in entered(days)


@pytest.mark.parametrize("kind", ["payment", "credit"])
def test_a06_money_without_an_invoice_stops_notices_until_it_is_triaged(kind: str) -> None:
    """Lessons A 6 (Odoo/OCA #211): three days here, then letters go on about the rest."""
    days = told(
        invoice("A", amount="700.00"),
        invoice("B", amount="800.00"),
        {"on": "2026-03-04", "type": kind, "amount": "600.00"},
    )
    assert [item.because for item in on(days, "03-04").items] == ["money-unallocated", "money-unallocated"]
    assert entered(days)[:2] == [("03-09", "reminder"), ("03-09", "reminder")]  # the seventh is a Saturday
    assert [item.facts["owed"] for item in on(days, "03-09").items] == [Decimal("100.00"), Decimal("800.00")]


def test_a07_days_are_the_debtors_own() -> None:
    """Lessons A 7 (Invoice Ninja, Lago): UTC+13, UTC-10, clock changes, 29 February, month ends."""
    text = "2028-02-01 invoice F-1 900.00 SEK due 2028-02-29\n2028-03-03 expect F-1 reminder, began F-1 reminder {at}"
    for zone, at in (("Pacific/Tongatapu", "2028-03-02T11:00+00:00"), ("Pacific/Honolulu", "2028-03-03T10:00+00:00")):
        play(text.format(at=at), policy=THREE_STEPS, zone=zone)


@pytest.mark.parametrize(("collects", "steps"), [(False, []), (True, ["reminder"])])
def test_a08_a_fee_is_left_after_the_principal_was_paid(collects: bool, steps: list[str]) -> None:
    """Lessons A 8 (ERPNext #58220): the policy decides, `fees-alone`."""
    policy = replace(THREE_STEPS, fees_alone=collects)
    fee = BookItem(key="fee", due_on=DUE, currency="SEK", open=Decimal(60), original=Decimal(60), is_fee=True)
    house = House(policy=policy, closed=closed, book=Book(items={"fee": fee}))
    for day in range(60):
        house.look(DUE + day * DAY)
    assert [one.step.code for one in house.begun] == steps
    assert house.decisions["fee"].because == ("conditions-not-met" if collects else "only-fees")


def test_a09_two_invoices_in_one_notice_have_the_right_total() -> None:
    """Lessons A 9 (ERPNext #42605): one notice a day, step and currency, and its total is that of its invoices."""
    days = told(
        invoice("A", amount="1000.00"),
        invoice("B", amount="234.56"),
        invoice("E", currency="EUR", amount="10.00"),
        {"on": "2026-03-03", "type": "payment", "amount": "34.56", "invoice": "B", "currency": "SEK"},
        until=date(2026, 3, 6),
    )
    owed = {item.invoice: item.facts["owed"] for item in on(days, "03-05").entered}
    assert owed == {"A": Decimal("1000.00"), "B": Decimal("200.00"), "E": Decimal("10.00")}
    text = "".join(f"2026-02-01 invoice {name} due 2026-03-02\n" for name in ("A 1.00 EUR", "B 700 SEK", "C 800 SEK"))
    story = play(text + "2026-03-05 expect A reminder", policy=THREE_STEPS)
    assert (story.count("letters"), story.count("notices")) == (3, 2)


def test_a10_a_policy_changed_mid_way_never_jumps() -> None:
    """Lessons A 10 (Lago): the item waits for a person; under the new version it goes on from its own step."""
    standing = Standing(step="reminder", since=date(2026, 3, 5), proved_on=date(2026, 3, 5))
    facts = Book(
        items={"F": BookItem(key="F", due_on=DUE, currency="SEK", open=Decimal(1000))}, policy_changed=True
    ).facts_on(date(2026, 5, 4))["F"]
    waits = decide(THREE_STEPS, facts, standing, today=date(2026, 5, 4), closed=closed)
    assert (waits.step, waits.because, waits.enters) == ("reminder", "policy-changed", None)
    earlier = changed(THREE_STEPS, "suspension", when=())
    goes_on = decide(earlier, facts._replace(policy_changed=False), standing, today=date(2026, 5, 4), closed=closed)
    assert goes_on.step == "final-notice"


def test_a11_a_chargeback_after_access_was_given_back_is_told_again_first() -> None:
    """Lessons A 11: it goes back before its last letter, whose days run anew, not to the start and not to the end."""
    days = told(
        invoice("F"),
        {"on": "2026-04-20", "type": "payment", "id": "P", "amount": "1000.00"},
        {"on": "2026-04-28", "type": "chargeback", "id": "P"},
    )
    assert (on(days, "04-28").step, on(days, "04-28").because) == ("reminder", "payment-returned")
    assert entered(days)[3:] == [("05-06", "final-notice"), ("05-18", "suspension")]


def test_a15_reminding_one_invoice_does_not_mark_its_siblings() -> None:
    """Lessons A 15 (OCA #460)."""
    days = told(invoice("A"), invoice("B", due=date(2026, 3, 9)), until=date(2026, 3, 11))
    assert {item.invoice: item.step for item in on(days, "03-05").items} == {"A": "reminder", "B": CLEAR}


def test_a16_the_step_waits_until_its_notice_was_handed_over() -> None:
    """Lessons A 16 (Lago): the days of a notice run from its proof, and without one nothing follows."""
    house = House(policy=THREE_STEPS, closed=closed, proves=False)
    house.live(read_events([invoice("F", currency="SEK")]), until=DUE + timedelta(days=60))
    assert [one.step.code for one in house.begun] == ["reminder"]
    assert house.decisions["F"].because == "proof-missing"
    house.standings["F"] = house.standings["F"]._replace(proved_on=DUE + timedelta(days=61))  # a Saturday
    for day in range(61, 80):
        house.look(DUE + timedelta(days=day))
    assert [f"{one.on}" for one in house.begun] == ["2026-03-05", "2026-05-11"]


def test_a17_money_in_one_currency_throttles_no_other() -> None:
    """Lessons A 17 (Lago): neither its triage nor its debts are the other's."""
    days = told(
        invoice("S"),
        invoice("E", currency="EUR"),
        {"on": "2026-03-04", "type": "payment", "amount": "1.00", "id": "P"},
        {"on": "2026-03-04", "type": "payment", "amount": "5.00", "currency": "EUR"},
        {"on": "2026-03-04", "type": "payment", "amount": "2000.00", "currency": "USD"},
        until=date(2026, 3, 6),
    )
    assert {item.invoice for item in on(days, "03-05").entered} == {"S", "E"}
    policy = a_policy(a_step("reminder", "days-late >= 3", "debtor-owed >= 1500", acts=(mail("reminder"),)))
    both = told(invoice("S"), invoice("E", currency="EUR"), policy=policy)
    assert entered(both) == []
    assert len(entered(told(invoice("S"), invoice("T"), policy=policy))) == 2


def test_a18_a_cancelled_invoice_is_in_no_notice() -> None:
    """Lessons A 18 (OCA #562): what was credited whole is no item any more; drafts never were one."""
    days = told(invoice("F"), invoice("G"), {"on": "2026-03-04", "type": "credit", "amount": "1000.00", "invoice": "F"})
    assert entered(days, "F") == []
    assert entered(days, "G")[0] == ("03-05", "reminder")


def test_a20_a_parent_pays_for_its_children() -> None:
    """Lessons A 20: its money waits at every child whose it may be, and clears the one whose it is."""
    children = {}
    for name in ("one", "other"):
        item = BookItem(key=name, due_on=DUE, currency="SEK", open=Decimal(1000), original=Decimal(1000))
        children[name] = House(policy=THREE_STEPS, closed=closed, book=Book(items={name: item}))
        parents = BookMoney(key="w", currency="SEK", left=Decimal(0), on=date(2026, 3, 4), may_be_anothers=True)
        children[name].book.credits.append(parents)
        children[name].look(date(2026, 3, 5))
        assert children[name].decisions[name].because == "money-unallocated"
    paid = {"on": "2026-03-06", "type": "payment", "amount": "1000.00", "invoice": "one", "currency": "SEK"}
    children["one"].one_day(date(2026, 3, 6), read_events([paid]))
    assert children["one"].standings["one"].step == CLEAR
    children["other"].look(date(2026, 3, 9))
    assert children["other"].standings["other"].step == "reminder"


@pytest.mark.parametrize("runs", [1, 4])
def test_a21_several_runs_a_day_give_one_notice_a_notice_period(runs: int) -> None:
    """Lessons A 21 (Tryton): four levels in four runs of one day, for an item first seen very late."""
    house = House(policy=THREE_STEPS, closed=closed)
    for event in read_events([invoice("F", currency="SEK")]):
        house.arrive(event)
    for day in range(300, 330):
        for _ in range(runs):
            house.look(DUE + timedelta(days=day))
    assert [(f"{one.on}", one.step.code) for one in house.begun] == [
        ("2026-12-28", "reminder"), ("2027-01-05", "final-notice"), ("2027-01-13", "suspension")
    ]  # fmt: skip


def test_a22_a_notice_that_came_back_makes_the_ladder_wait() -> None:
    """Lessons A 22 (OCA): until a person told the debtor in another way; from then its days run."""
    days = told(
        invoice("F"),
        {"on": "2026-03-05", "type": "notice-failed", "invoice": "F"},
        {"on": "2026-04-10", "type": "release", "invoice": "F"},
    )
    assert (on(days, "03-05").step, on(days, "03-05").because) == ("reminder", "notice-failed")
    assert entered(days)[:2] == [("03-05", "reminder"), ("04-20", "final-notice")]  # the 18th is a Saturday


def test_a23_an_invoice_that_was_issued_anew_is_chased_once() -> None:
    """Lessons A 23: the old number is credited, the new one goes on by its own due day; nothing is owed twice."""
    days = told(
        invoice("OLD"),
        {"on": "2026-03-10", "type": "credit", "amount": "1000.00", "invoice": "OLD"},
        invoice("NEW", due=date(2026, 4, 9)),
    )
    assert entered(days, "OLD") == [("03-05", "reminder")]
    assert entered(days, "NEW")[0] == ("04-13", "reminder")
    assert {item.invoice: item.step for item in on(days, "03-10").items} == {"OLD": CLEAR, "NEW": CLEAR}

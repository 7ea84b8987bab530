"""Collections at the desk: who stands where and why, calls, the round, and forms that say what they change."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saldo.audit.queries import list_entries
from saldo.doors.world import get_world
from saldo.dunning.models import Call, Collected, Dispute, Hold, Mark, Notice, Promise, Round, Task
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.pages.collected import Owed, allow_access, bill, hear_the_bank, open_call, run_days
from tests.pages.desk import Desk
from tests.pages.people import signed_in

TODAY = NOW.date()
MOST_QUERIES = 40


def text_of(client: Client, address: str, said: dict[str, Any] | None = None) -> str:
    answer = client.get(address, said or {}, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(answer.content.decode())


@pytest.fixture(autouse=True)
def _in_may(settings: Any) -> Iterator[None]:
    """Pages stand on the day of the tests, a Tuesday, so that what comes next falls on days that are known."""
    settings.WORLD = "tests.pages.collected.world_of_may"
    get_world.cache_clear()
    yield
    get_world.cache_clear()


@pytest.fixture
def late(desk: Desk) -> Desk:
    """Two customers late: the Sales agent's for 40 days, another's for 12; rounds until yesterday, letters arrived."""
    owed = [Owed(desk.debtor, "2026-0301", "21560.30", 40), Owed(desk.other_debtor, "2026-0302", "4180.00", 12)]
    bill(desk.company, owed, today=TODAY, at=NOW)
    hear_the_bank(desk.company, at=NOW)
    run_days(desk.company, first=TODAY - timedelta(days=41), last=TODAY - timedelta(days=1))
    return desk


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


def of(desk: Desk, form: str, debtor: str = "") -> str:
    return f"/collections/of/{debtor or desk.debtor}/{form}/"


def rows(desk: Desk, model: Any) -> list[Any]:
    with company_context(desk.company):
        return list(model.objects.filter(company_id=desk.company).order_by("id"))


class TestBoard:
    def test_adds_up_by_step(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, "/collections/")
        assert "2 customers in collection. Policy Standard version 1." in page
        assert "Final notice" in page
        assert "On hold" in page
        assert "Outside" in page
        assert "21,560.30" in page
        assert "4,180.00" in page

    def test_shows_the_way_of_one_and_why_it_stands_there(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, "/collections/", {"debtor": late.other_debtor})
        assert "Invoice 2026-0302 fell due" in page
        assert "If nothing arrives, this happens." in page
        assert "12, customer's calendar" in page
        assert "No promise, no dispute, no hold" in page
        assert "Formal notice" in page  # what comes

    def test_says_what_is_missing_before_a_policy_is_in_force(self, desk: Desk) -> None:
        page = text_of(signed_in(desk.people["stranger"]), "/collections/")
        assert "No policy is in force, so nothing is collected." in page

    def test_shows_a_sales_agent_own_customers_alone(self, late: Desk) -> None:
        sales = signed_in(late.people["sales"])
        for address in ("/collections/", "/collections/list/", f"/collections/?debtor={late.other_debtor}"):
            page = text_of(sales, address)
            assert "21,560.30" in page
            assert "4,180.00" not in page

    @pytest.mark.parametrize("said", ["debtor=x&currency=zz", "currency=%25", "debtor=%00", "done=hold:9&of=1"])
    def test_takes_odd_addresses(self, late: Desk, billing: Client, said: str) -> None:
        assert billing.get(f"/collections/?{said}").status_code in {200, 404}


class TestList:
    def test_is_the_boards_equal(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, "/collections/list/")
        assert "25,740.30" in page  # in all
        text = billing.get("/collections/collections.csv").content.decode("utf-8-sig")
        told = list(csv.reader(io.StringIO(text)))
        assert {row[0] for row in told[1:]} == {late.debtor, late.other_debtor}
        assert {row[-1] for row in told[1:]} == {"21560.30", "4180.00"}

    def test_searches_sorts_and_narrows_to_a_step(self, late: Desk, billing: Client) -> None:
        assert "21,560.30" not in text_of(billing, "/collections/list/", {"q": late.other_debtor})
        with company_context(late.company):
            step = Collected.objects.get(item="invoice:2026-0302").step
        page = text_of(billing, "/collections/list/", {"lane": step})
        assert "4,180.00" in page
        assert "21,560.30" not in page
        by_open = text_of(billing, "/collections/list/", {"sort": "open"})
        assert by_open.index("4,180.00") < by_open.index("21,560.30")

    @pytest.mark.parametrize("said", ["sort=x&page=z", "lane=%27", "page=999999", "q=%25"])
    def test_takes_odd_addresses(self, late: Desk, billing: Client, said: str) -> None:
        assert billing.get(f"/collections/list/?{said}").status_code == 200


class TestForms:
    def test_say_what_they_change_and_save_nothing_before_that(self, late: Desk, billing: Client) -> None:
        until = (TODAY + timedelta(days=30)).isoformat()
        said = {"reason": "waits for the auditor", "until": until, "item": "", "do": "preview"}
        page = html.unescape(billing.post(of(late, "hold", late.other_debtor), said).content.decode())
        assert "Nothing happens before" in page
        assert rows(late, Hold) == []
        with company_context(late.company):
            assert list_entries(company=late.company, code="dunning.hold-placed") == ()

    def test_hold_keeps_a_customer_until_the_day(self, late: Desk, billing: Client) -> None:
        until = (TODAY + timedelta(days=30)).isoformat()
        answer = billing.post(of(late, "hold"), {"reason": "auditor", "until": until, "do": "save"})
        (hold,) = rows(late, Hold)
        assert (hold.debtor, hold.until.isoformat(), hold.placed_on) == (late.debtor, until, TODAY)
        page = text_of(billing, answer["Location"])
        assert "On hold until" in page

    def test_keep_what_was_typed_when_something_is_wrong(self, late: Desk, billing: Client) -> None:
        page = html.unescape(billing.post(of(late, "promise"), {"promised": "much", "until": ""}).content.decode())
        assert "Not saved" in page or "pages.form" not in page
        assert 'value="much"' in page
        assert rows(late, Promise) == []

    def test_put_a_refusal_under_its_field(self, late: Desk, billing: Client) -> None:
        said = {"promised": "99999999", "until": TODAY.isoformat(), "do": "save"}
        page = billing.post(of(late, "promise"), said).content.decode()
        assert 'id="f-promised-e"' in page
        assert rows(late, Promise) == []

    def test_take_a_promise_and_take_it_back(self, late: Desk, billing: Client) -> None:
        until = TODAY + timedelta(days=5)
        said = {"promised": "1,000.00", "until": until.isoformat(), "said_by": "Eva Ek", "do": "save"}
        answer = billing.post(of(late, "promise"), said)
        (promise,) = rows(late, Promise)
        assert (f"{promise.promised:.2f}", promise.until, promise.said_by) == ("1000.00", until, "Eva Ek")
        assert "Undo" in text_of(billing, answer["Location"])
        billing.post(of(late, f"promise/{promise.pk}/end"))
        assert rows(late, Promise)[0].state == "withdrawn"

    def test_record_a_dispute_and_who_was_right(self, late: Desk, billing: Client) -> None:
        said = {"item": "invoice:2026-0301", "disputed": "300", "reason": "counted twice", "do": "save"}
        billing.post(of(late, "dispute"), said)
        (dispute,) = rows(late, Dispute)
        billing.post(of(late, f"dispute/{dispute.pk}/end"), {"outcome": "theirs"})
        assert rows(late, Dispute)[0].outcome == "theirs"

    def test_end_nothing_of_another_customer(self, late: Desk, billing: Client) -> None:
        billing.post(of(late, "hold"), {"reason": "auditor", "until": "", "do": "save"})
        (hold,) = rows(late, Hold)
        billing.post(of(late, f"hold/{hold.pk}/end", late.other_debtor))
        assert rows(late, Hold)[0].ended_on is None

    def test_let_helpdesk_hold_for_five_working_days(self, late: Desk) -> None:
        helpdesk = signed_in(late.people["helpdesk"])
        far = (TODAY + timedelta(days=30)).isoformat()
        page = helpdesk.post(of(late, "hold"), {"reason": "asked us", "until": far, "do": "save"}).content.decode()
        assert 'id="f-until-e"' in page
        helpdesk.post(of(late, "hold"), {"reason": "asked us", "until": "2026-05-19", "do": "save"})
        assert [hold.until for hold in rows(late, Hold)] == [date(2026, 5, 19)]

    def test_mark_is_signed_by_a_global_admin_who_did_not_set_it(self, late: Desk, billing: Client) -> None:
        said = {"kind": "protected", "since_on": TODAY.isoformat(), "reason": "a clinic", "do": "save"}
        billing.post(of(late, "mark"), said)
        (mark,) = rows(late, Mark)
        billing.post(of(late, f"mark/{mark.pk}/sign"))
        assert rows(late, Mark)[0].signed_by == ""
        signed_in(late.people["global"]).post(of(late, f"mark/{mark.pk}/sign"))
        assert rows(late, Mark)[0].signed_by == f"user:{late.people['global'].pk}"

    def test_lead_back_only_to_pages_of_ours(self, late: Desk, billing: Client) -> None:
        said = {"outcome": "no-answer", "back": "https://elsewhere.example/collections/", "do": "save"}
        assert billing.post(of(late, "call"), said)["Location"].startswith("/debtors/")


class TestCalls:
    def test_show_one_at_a_time_with_what_to_say(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, "/collections/calls/", {"kind": "call"})
        assert "Do this first:" in page
        assert "21,560.30 SEK overdue, the oldest by 40 days: 2026-0301 21,560.30." in page

    def test_note_finishes_the_task_and_goes_on(self, late: Desk, billing: Client) -> None:
        task = open_call(late.company, late.debtor, due_on=TODAY, at=NOW)
        said = {"outcome": "reached", "spoken_with": "Eva Ek", "note": "pays", "task": str(task.pk), "finish": "yes"}
        billing.post(of(late, "call"), said | {"do": "save", "back": "/collections/calls/"})
        (call,) = rows(late, Call)
        assert (call.spoken_with, call.note) == ("Eva Ek", "pays")
        assert all(one.done_at for one in rows(late, Task) if one.debtor == late.debtor and one.kind == "call")

    def test_whom_was_reached_must_be_named(self, late: Desk, billing: Client) -> None:
        page = billing.post(of(late, "call"), {"outcome": "reached", "do": "save"}).content.decode()
        assert 'id="f-spoken_with-e"' in page
        assert rows(late, Call) == []

    def test_of_others_are_not_a_sales_agents(self, late: Desk) -> None:
        task = open_call(late.company, late.other_debtor, due_on=TODAY, at=NOW)
        sales = signed_in(late.people["sales"])
        assert "4,180.00" not in text_of(sales, "/collections/calls/", {"task": task.pk})
        sales.post("/collections/calls/finish/", {"task": task.pk})
        assert [one.done_at for one in rows(late, Task) if one.pk == task.pk] == [None]

    def test_are_done_by_a_press(self, late: Desk, billing: Client) -> None:
        task = open_call(late.company, late.other_debtor, due_on=TODAY, at=NOW)
        billing.post("/collections/calls/finish/", {"task": task.pk})
        assert all(one.done_at for one in rows(late, Task) if one.pk == task.pk)


class TestRound:
    def test_dry_run_shows_what_would_leave_and_writes_nothing(self, late: Desk, billing: Client) -> None:
        before = [(one.item, one.step) for one in rows(late, Collected)]
        page = text_of(billing, "/collections/round/", {"day": "today"})
        assert "What would happen on 12 May 2026" in page
        assert [(one.item, one.step) for one in rows(late, Collected)] == before

    def test_runs_now_and_says_what_moved(self, late: Desk, billing: Client) -> None:
        count = len(rows(late, Round))
        page = html.unescape(billing.post("/collections/round/run/", follow=True).content.decode())
        assert "The round moved" in page
        assert len(rows(late, Round)) == count + 1

    @pytest.fixture
    def waiting(self, desk: Desk) -> Desk:
        """A suspension that waits for a person."""
        bill(desk.company, [Owed(desk.debtor, "2026-0301", "21560.30", 60)], today=TODAY, at=NOW)
        hear_the_bank(desk.company, at=NOW)
        allow_access(desk.company, [desk.debtor], at=NOW)
        run_days(desk.company, first=TODAY - timedelta(days=61), last=TODAY - timedelta(days=1))
        with company_context(desk.company):
            assert Collected.objects.get(item="invoice:2026-0301").proposed == "suspension"
        return desk

    def test_releases_what_is_ticked(self, waiting: Desk, billing: Client) -> None:
        assert "Suspension" in text_of(billing, "/collections/round/")
        said = {"items": "invoice:2026-0301", "do": "release"}
        page = html.unescape(billing.post("/collections/round/release/", said, follow=True).content.decode())
        assert "1 item goes on." in page
        assert [one.step for one in rows(waiting, Collected) if one.item == "invoice:2026-0301"] == ["suspension"]

    def test_refuses_with_a_reason_and_holds_instead(self, waiting: Desk, billing: Client) -> None:
        said = {"items": "invoice:2026-0301", "do": "refuse", "until": "2026-05-20"}
        billing.post("/collections/round/release/", said)
        assert rows(waiting, Hold) == []  # without a reason
        billing.post("/collections/round/release/", said | {"reason": "talks go on"})
        assert [hold.reason for hold in rows(waiting, Hold)] == ["talks go on"]

    def test_says_that_nothing_was_ticked(self, late: Desk, billing: Client) -> None:
        page = html.unescape(billing.post("/collections/round/release/", {}, follow=True).content.decode())
        assert "Nothing was ticked, so nothing changed." in page


class TestLetters:
    def test_give_their_paper(self, desk: Desk, billing: Client) -> None:
        answer = billing.get(desk.address("collections-paper"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")

    def test_came_back_keeps_the_ladder_and_opens_a_task(self, late: Desk, billing: Client) -> None:
        with company_context(late.company):
            notice = Notice.objects.filter(debtor=late.other_debtor, letter="second-reminder").latest("id")
        said = {"what": "came-back", "on": TODAY.isoformat(), "evidence": "moved", "do": "save"}
        billing.post(of(late, f"letters/{notice.pk}", late.other_debtor), said)
        assert {one.kind for one in rows(late, Task) if one.debtor == late.other_debtor} >= {"notice-failed"}
        assert "letter came back" in text_of(billing, "/collections/")

    def test_of_another_customer_are_not_there(self, late: Desk, billing: Client) -> None:
        assert billing.get(of(late, f"letters/{late.notice}", late.other_debtor)).status_code == 404


class TestAroundIt:
    def test_debtor_page_tells_its_way(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, f"/debtors/{late.debtor}/")
        assert "Where each item stands" in page
        assert "Final notice, delivered" in page
        assert "40 days late" in page

    def test_home_counts_who_is_late(self, late: Desk, billing: Client) -> None:
        page = text_of(billing, "/home/")
        assert "2 customers late" in page
        assert "calls today" in page or "call today" in page

    def test_people_report_names_who_held_and_promised(self, late: Desk, billing: Client) -> None:
        billing.post(of(late, "hold"), {"reason": "auditor", "until": "", "do": "save"})
        billing.post(of(late, "promise", late.other_debtor), {"promised": "10", "until": "2026-05-14", "do": "save"})
        page = text_of(billing, "/collections/people/")
        assert "1 without an end" in page
        text = billing.get("/collections/people/people.csv").content.decode("utf-8-sig")
        (told,) = list(csv.reader(io.StringIO(text)))[1:]
        assert told[1:3] == ["1", "1"]
        assert told[5] == "1"

    @pytest.mark.parametrize(
        "address",
        [
            *("/collections/", "/collections/list/", "/collections/calls/", "/collections/round/"),
            *("/collections/people/", "promise", "hold", "dispute", "mark", "call"),
        ],
    )
    def test_no_page_asks_more_than_forty_times(self, late: Desk, billing: Client, address: str) -> None:
        where = address if address.startswith("/") else of(late, address)
        billing.get(where)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert billing.get(where).status_code == 200
        assert len(asked) <= MOST_QUERIES, [one["sql"][:90] for one in asked]

    @pytest.mark.parametrize("language", ["en", "sv", "zh-Hans", "pt-BR", "es"])
    def test_no_code_is_ever_shown(self, late: Desk, billing: Client, language: str) -> None:
        billing.post("/settings/language/", {"language": language, "next": "/"})
        for address in (
            *("/collections/", "/collections/list/", "/collections/calls/", "/collections/round/?day=tomorrow"),
            *("/collections/people/", f"/debtors/{late.debtor}/", of(late, "hold"), of(late, "mark"), of(late, "call")),
        ):
            page = text_of(billing, address)
            for beginning in ("pages.", "dunning.", "doors.nav"):
                assert f">{beginning}" not in page, (address, beginning)
            assert "pages.collections." not in page

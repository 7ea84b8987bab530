"""The pages of policies: setting one up, writing it, proving it while one types, publishing it by a second person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.models import Collected
from saldo.dunning.publications import count_running, find_draft, list_acknowledged, list_chosen, list_versions
from saldo.dunning.rules.policy import hash_of
from saldo.parties.company import company_context
from saldo.parties.debtors import list_debtors
from tests.conftest import NOW
from tests.pages.collected import Owed, bill
from tests.pages.desk import Desk
from tests.pages.people import signed_in

STANDARD = ready_policy("standard") + "# our own\n"
ANSWERS = {"stops": "standard", "reminder": "5", "floor": "100,00", "promise": "20"}


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


@pytest.fixture
def boss(desk: Desk) -> Client:
    return signed_in(desk.people["global"])


def text_of(client: Client, address: str, **said: Any) -> str:
    answer = client.post(address, said, follow=True) if said else client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def save(client: Client, text: str, code: str = "standard") -> str:
    return text_of(client, f"/policies/edit/{code}/", text=text, step="save")


def publish(client: Client, text: str, code: str = "standard", **said: Any) -> str:
    return text_of(client, f"/policies/edit/{code}/publish/", sha256=hash_of(text), **said)


class TestSetUp:
    def test_shows_what_the_answers_come_to_before_anything_is_kept(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, "/policies/set-up/", **ANSWERS, step="preview")
        assert "Proved." in page
        assert "Access stops" in page
        with company_context(desk.company):
            assert find_draft(company=desk.company, code="standard") is None

    def test_ends_with_a_draft_that_waits_for_a_second_person(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, "/policies/set-up/", **ANSWERS, step="draft")
        assert "somebody else with this right must publish it" in page
        with company_context(desk.company):
            draft = find_draft(company=desk.company, code="standard")
        assert draft is not None
        assert 'floor: {BRL: "25.00", CNY: "35.00", EUR: "5.00", GBP: "5.00", SEK: "100.00"' in draft.text
        assert '"days-late >= 5"' in draft.text
        assert "longest-days: 20" in draft.text

    def test_publishes_at_once_what_only_writes(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, "/policies/set-up/", **ANSWERS | {"stops": "gentle"}, step="publish")
        assert "Version 2 is published." in page
        with company_context(desk.company):
            assert list_versions(company=desk.company, code="gentle")[0].version == 2

    @pytest.mark.parametrize("reminder", range(1, 31))
    @pytest.mark.parametrize("stops", ["gentle", "standard", "strict"])
    def test_gives_a_sound_policy_whatever_is_answered(self, billing: Client, stops: str, reminder: int) -> None:
        said = ANSWERS | {"stops": stops, "reminder": str(reminder), "floor": "99999"}
        assert "Proved." in text_of(billing, "/policies/set-up/", **said, step="preview")

    @pytest.mark.parametrize(
        ("field", "said"), [("reminder", "0"), ("reminder", "x"), ("floor", "-1"), ("promise", "")]
    )
    def test_says_under_the_field_what_is_wrong_and_loses_nothing(self, billing: Client, field: str, said: str) -> None:
        page = text_of(billing, "/policies/set-up/", **ANSWERS | {field: said}, step="draft")
        assert f'aria-describedby="f-{field}-e"' in page
        others = {name: value for name, value in ANSWERS.items() if name not in (field, "stops")}
        assert all(f'value="{value}"' in page for value in others.values())


class TestWriting:
    def test_keeps_any_text_byte_for_byte(self, desk: Desk, billing: Client) -> None:
        text = "policy: standard\n  half [written\n"
        assert "The draft is saved." in save(billing, text.replace("\n", "\r\n"))
        with company_context(desk.company):
            draft = find_draft(company=desk.company, code="standard")
        assert draft is not None
        assert draft.text == text

    def test_checks_while_one_types_and_shows_the_example(self, billing: Client) -> None:
        broken = STANDARD.replace("notice: 5 workdays", "notice: 1 days")
        told = text_of(billing, "/policies/edit/standard/check/", text=broken)
        assert "The final notice before access stops is shorter" in told
        assert "An invoice of" in told
        line = broken.split("\n").index("  - step: suspension") + 1
        assert f'data-line="{line}"' in told

    def test_moves_the_days_of_the_sample(self, billing: Client) -> None:
        before = text_of(billing, "/policies/edit/standard/check/", text=STANDARD, due="2026-06-01")
        later = STANDARD.replace('"days-late >= 10"', '"days-late >= 13"')
        after = text_of(billing, "/policies/edit/standard/check/", text=later, due="2026-06-01")
        assert "11 June 2026" in before
        assert "11 June 2026" not in after

    def test_says_the_line_of_what_cannot_be_read(self, billing: Client) -> None:
        told = text_of(billing, "/policies/edit/standard/check/", text=STANDARD.replace("triage-days: 3", "triage: 3"))
        line = STANDARD.split("\n").index("triage-days: 3") + 1
        assert f'data-line="{line}"' in told

    def test_works_without_script(self, billing: Client) -> None:
        page = text_of(billing, "/policies/edit/standard/", text="policy: [", step="check")
        assert "The text cannot be read" in page
        assert "policy: [</textarea>" in page

    def test_escapes_what_is_typed(self, billing: Client) -> None:
        told = text_of(billing, "/policies/edit/standard/", text="</textarea><script>x</script>", step="check")
        assert "<script>x" not in told


class TestPublishing:
    def test_needs_a_second_person_where_access_is_touched(self, desk: Desk, billing: Client, boss: Client) -> None:
        save(billing, STANDARD)
        assert "somebody who did not write it last must publish it" in publish(billing, STANDARD)
        page = text_of(boss, "/policies/edit/standard/")
        assert hash_of(STANDARD) in page
        assert "to version 2 of Standard?" in page
        assert "Version 2 is published." in publish(boss, STANDARD)
        with company_context(desk.company):
            assert list_versions(company=desk.company, code="standard")[0].text == STANDARD

    def test_lets_it_hold_for_everybody_where_that_is_ticked(self, desk: Desk, boss: Client) -> None:
        text = ready_policy("gentle") + "# for all\n"
        save(boss, text, code="gentle")
        assert "Version 2 is published." in publish(boss, text, code="gentle", for_all="yes")
        with company_context(desk.company):
            chosen = list_chosen(company=desk.company, on=NOW.date().replace(year=2090))
        assert ("company", "gentle") in [(one.scope, one.policy) for one in chosen]

    def test_publishes_what_was_looked_at_and_nothing_else(self, billing: Client, boss: Client) -> None:
        save(billing, STANDARD)
        save(billing, STANDARD + "# later\n")
        assert "Somebody changed the draft" in publish(boss, STANDARD)

    def test_names_the_debtors_it_holds_for(self, desk: Desk, billing: Client, boss: Client) -> None:
        save(billing, STANDARD)
        with company_context(desk.company):
            debtors = len(list_debtors(company=desk.company))
        assert f"Hold {debtors} debtors to version 2 of Standard?" in text_of(boss, "/policies/edit/standard/")

    def test_offers_no_dialog_for_what_is_refuted(self, boss: Client) -> None:
        save(boss, STANDARD.replace("notice: 5 workdays", "notice: 1 days"))
        assert 'id="publish"' not in text_of(boss, "/policies/edit/standard/")


class TestVersion:
    def test_shows_its_hash_its_words_and_its_public_pages(self, billing: Client) -> None:
        page = text_of(billing, "/policies/gentle/1/")
        assert hash_of(ready_policy("gentle")) in page
        assert "We mail a second reminder." in page
        assert len(re.findall(r'href="/policy/\d+/gentle/1/', page)) == 5

    def test_is_read_by_helpdesk_who_may_change_nothing(self, desk: Desk) -> None:
        page = text_of(signed_in(desk.people["helpdesk"]), "/policies/gentle/1/")
        assert '<form method="post" action="/policies/' not in page
        assert "/policies/edit/" not in page

    def test_records_who_signed_on_paper(self, desk: Desk, billing: Client) -> None:
        said = {"debtor": desk.debtor, "said_by": "Ann Berg", "how": "signed", "on": "2026-05-11"}
        page = text_of(billing, "/policies/gentle/1/acknowledged/", **said)
        assert "Ann Berg" in page
        with company_context(desk.company):
            (one,) = list_acknowledged(company=desk.company, code="gentle", version=1)
        assert (one.debtor, one.how) == (desk.debtor, "signed")

    def test_gives_a_debtor_a_link_of_its_own(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, f"/policies/gentle/1/?debtor={desk.debtor}")
        assert re.search(r"http://testserver/policy/\d+/gentle/1/[\w-]+/for/", page)
        assert "There is no debtor" in text_of(billing, "/policies/gentle/1/?debtor=nobody-at-all")

    def test_chooses_whom_it_holds_for_and_takes_it_away(self, desk: Desk, billing: Client) -> None:
        said = {"scope": "debtor", "subject": desk.debtor, "starts_on": "2090-01-01"}
        assert "From that day it holds as chosen." in text_of(billing, "/policies/gentle/assign/", **said)
        with company_context(desk.company):
            assert any(one.subject == desk.debtor for one in list_chosen(company=desk.company, on=NOW.date()))


class TestCompare:
    def test_marks_what_differs(self, billing: Client) -> None:
        page = text_of(billing, "/policies/compare/?first=ready:gentle&second=ready:strict")
        assert "8 steps differ." in page
        assert "Not there" in page

    def test_finds_nothing_between_a_policy_and_itself(self, billing: Client) -> None:
        page = text_of(billing, "/policies/compare/?first=version:gentle:1&second=ready:gentle")
        assert "0 steps differ." in page
        assert 'class="differs"' not in page

    def test_says_of_a_draft_that_it_cannot_be_read(self, billing: Client) -> None:
        save(billing, "policy: [")
        assert "cannot be read" in text_of(billing, "/policies/compare/?first=draft:standard&second=ready:gentle")


class TestTimeMachine:
    ROWS = "customer,invoice,issued,due,amount,settled,disputed\nC1,1,2025-01-02,2025-02-01,500.00,2025-03-05,no\n"

    def run(self, client: Client, data: bytes, **said: Any) -> str:
        facts = {"first": "ready:gentle", "second": "ready:strict", "source": "file", "answer_days": "7"} | said
        file = SimpleUploadedFile("past.csv", data, content_type="text/csv")
        return text_of(client, "/policies/time-machine/start/", file=file, **facts)

    def test_counts_both_policies_beside_each_other(self, billing: Client, tmp_path: Any, settings: Any) -> None:
        settings.LANDING = tmp_path
        page = self.run(billing, self.ROWS.encode())
        assert "invoices: 1, customers: 1" in page
        rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="n">(\d+)</td>', page))
        assert rows["Second reminder"] == "1"
        pairs = {name: (a, b) for name, a, b in re.findall(_PAIR, page)}
        assert pairs["Invoices for which a stop is proposed"] == ("0", "1")
        assert "1 customer, the largest difference first" in page

    def test_leaves_out_rows_that_cannot_be_read_and_says_so(
        self, billing: Client, tmp_path: Any, settings: Any
    ) -> None:
        settings.LANDING = tmp_path
        assert "1 row could not be read" in self.run(billing, (self.ROWS + "C2,2,never,2025-01-01,1,,no\n").encode())

    def test_refuses_a_file_that_is_no_table(self, billing: Client, tmp_path: Any, settings: Any) -> None:
        settings.LANDING = tmp_path
        page = self.run(billing, b"\xff\xfe\x00nothing")
        assert 'role="alert"' in page

    def test_leaves_a_long_history_to_the_worker(
        self, desk: Desk, billing: Client, tmp_path: Any, settings: Any
    ) -> None:
        settings.LANDING = tmp_path
        rows = "".join(f"C{one},{one},2025-01-02,2025-02-01,500.00,2025-02-20,no\n" for one in range(10, 2_110))
        page = self.run(billing, (self.ROWS + rows).encode())
        assert "Running over the past" in page
        run = re.search(r"run=([0-9a-f]{24})", page)
        assert run is not None
        from saldo.flows.backtest_policies import run_backtest
        from saldo.server.wiring import real_world

        run_backtest(company=desk.company, run=run[1], world=real_world())
        assert "invoices: 2,101" in text_of(billing, f"/policies/time-machine/?run={run[1]}")

    def test_shows_nobody_the_run_of_another_company(
        self, desk: Desk, billing: Client, tmp_path: Any, settings: Any
    ) -> None:
        settings.LANDING = tmp_path
        self.run(billing, self.ROWS.encode())
        (run,) = [one.name for one in (tmp_path / "backtests" / str(desk.company)).iterdir()]
        assert signed_in(desk.people["stranger"]).get(f"/policies/time-machine/?run={run}").status_code == 404
        assert billing.get("/policies/time-machine/?run=../../x").status_code == 404


_PAIR = r'<th scope="row">([^<]+)</th><td class="n">(\d+)</td><td class="n">(\d+)</td>'


class TestReview:
    def test_says_when_nothing_waits(self, billing: Client) -> None:
        assert "Nothing waits for review." in text_of(billing, "/policies/review/")

    @pytest.fixture
    def group(self, desk: Desk, billing: Client, boss: Client) -> str:
        """An item under way on version 1 of a policy whose version 2 holds from today."""
        bill(desk.company, [Owed(desk.debtor, "R-17", "1000.00", 5)], today=NOW.date(), at=NOW)
        with company_context(desk.company):
            Collected.objects.create(
                company_id=desk.company,
                item="invoice:R-17",
                debtor=desk.debtor,
                currency="SEK",
                policy="standard",
                version=1,
                step="second-reminder",
                since=NOW.date(),
                proved_on=NOW.date(),
            )
        save(billing, STANDARD)
        publish(boss, STANDARD)
        found = re.search(r'name="group" value="(standard:1:[a-z-]+)"', text_of(billing, "/policies/review/"))
        assert found is not None
        return found[1]

    def test_keeps_items_on_their_version(self, billing: Client, group: str) -> None:
        page = text_of(billing, "/policies/review/take-over/", group=group, act="keep")
        assert "under their version." in page or "under its version." in page
        assert f'value="{group}"' not in page

    def test_moves_items_to_a_step_that_asks_no_more(self, desk: Desk, billing: Client, group: str) -> None:
        step = group.rpartition(":")[2]
        page = text_of(billing, "/policies/review/take-over/", group=group, act="move", to=step)
        assert "moved." in page
        with company_context(desk.company):
            assert ("standard", 2) in count_running(company=desk.company)

    def test_moves_nothing_to_a_step_that_asks_more(self, billing: Client, group: str) -> None:
        page = text_of(billing, "/policies/review/take-over/", group=group, act="move", to="decision")
        assert 'role="alert"' in page
        assert f'value="{group}"' in page

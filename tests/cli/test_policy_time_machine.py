"""``saldo policy simulate`` and ``backtest``: exactly as the interface says, and refused in words, never by falling."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.server.entry import main
from tests.dunning.policies import READY, ready
from tests.dunning.receivables import a_file

STANDARD, STRICT = str(READY / "standard.yaml"), str(READY / "strict.yaml")
INVOICE = {"on": "2026-01-31", "type": "invoice", "id": "F-1", "amount": "100.50", "currency": "KWD"} | {
    "due": "2026-03-02"
}
ROWS = (
    "Nordlund,F-1,2026-01-31,2026-03-02,1000.00,2026-03-20,no",
    "Nordlund,F-2,2026-01-31,2026-03-02,1000.00,,no",
    "Sjö,F-3,2026-01-31,2026-03-02,1000.00,2026-03-01,yes",
    "Sjö,F-4,2026-01-31,2026-03-02,much,,no",
)


class Ran:
    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys, self.folder = capsys, folder

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def document(self, *words: str, status: int = 0) -> dict[str, Any]:
        assert main(["policy", *words, "--json"]) == status
        said = self._capsys.readouterr()
        found: dict[str, Any] = json.loads(said.out)
        return found

    def text(self, *words: str) -> str:
        assert main(["policy", *words]) == 0
        return self._capsys.readouterr().out

    def refused(self, *words: str) -> str:
        return str(self.document(*words, status=1)["error"]["code"])

    def wrong(self, *words: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["policy", *words])
        assert left.value.code == 2
        return self._capsys.readouterr().err


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ran:
    return Ran(capsys, tmp_path)


class TestSimulate:
    def simulate(self, ran: Ran, events: Any, *words: str, policy: str = STANDARD) -> list[str]:
        return ["simulate", policy, "--events", ran.file("events.json", events), "--until", "2026-06-30", *words]

    def test_tells_days_steps_reasons_facts_and_actions(self, ran: Ran) -> None:
        days = ran.document(*self.simulate(ran, [INVOICE]))["days"]
        assert [day["step"] for day in days if day["actions"]] == [
            *("before-due", "reminder", "second-reminder", "formal-notice", "final-notice", "suspension", "decision")
        ]
        reminder = days[2]
        assert (reminder["on"], reminder["because"]) == ("2026-03-05", "days-late")
        assert reminder["facts"] == {"late": 3, "owed": "100.500", "next": "reminder", "planned_on": "2026-03-05"}
        assert reminder["actions"] == [
            {
                "action": "mail",
                "letter": "reminder",
                "step": "reminder",
                "invoices": ["F-1"],
                "owed": "100.500",
                "currency": "KWD",
                "release": "automatic",
            }
        ]
        assert [(item["invoice"], item["step"]) for item in reminder["items"]] == [("F-1", "reminder")]
        assert next(one for day in days for one in day["actions"] if "classes" in one)["classes"] == [
            "add-ons",
            "licences",
            "legacy-licences",
        ]

    def test_a_policy_of_fees_and_interest_says_them(self, ran: Ran) -> None:
        text = """
policy: dear
steps:
  - step: reminder
    when: ["days-late >= 3"]
    do: [{mail: reminder}, {fee: {KWD: "6"}}, {interest: "8.25"}]
"""
        days = ran.document(*self.simulate(ran, [INVOICE], policy=ran.file("dear.yaml", text)))["days"]
        mail, fee, interest = days[-1]["actions"]
        assert (mail["letter"], fee["net"], interest["yearly_percent"]) == ("reminder", "6.000", "8.25")
        assert "fee 6.000" in ran.text(*self.simulate(ran, [INVOICE], policy=ran.file("dear.yaml", text)))

    def test_working_days_are_those_of_the_country_asked_for(self, ran: Ran) -> None:
        """The final notice of the thirtieth of March runs over Easter in Sweden, not in China."""
        seen = [
            [day["on"] for day in ran.document(*self.simulate(ran, [INVOICE], "--country", code))["days"]]
            for code in ("SE", "CN")
        ]
        assert "2026-04-09" in seen[0]
        assert "2026-04-09" not in seen[1]

    def test_nothing_happens_before_the_first_event(self, ran: Ran) -> None:
        asked = ["simulate", STANDARD, "--events", ran.file("e.json", [INVOICE]), "--until", "2026-01-30"]
        assert ran.document(*asked)["days"] == []
        assert ran.document(*self.simulate(ran, []))["days"] == []

    def test_an_event_about_nothing_open_is_a_day_too(self, ran: Ran) -> None:
        paid = {"on": "2026-01-31", "type": "payment", "amount": "1", "currency": "SEK"}
        (day,) = ran.document(*self.simulate(ran, [paid]))["days"]
        assert (day["step"], day["because"], day["items"]) == ("clear", "nothing-open", [])

    @pytest.mark.parametrize(
        ("events", "code"),
        [
            ("", "dunning.event.not-json"),
            ("[{]", "dunning.event.not-json"),
            ("[" * 100_000, "dunning.event.not-json"),
            ("9" * 5000, "dunning.event.not-json"),
            ("7", "dunning.event.wrong-shape"),
            ('[{"type": "\\ud800"}]', "dunning.event.unknown-type"),
            ([INVOICE, INVOICE], "dunning.event.duplicate-invoice"),
            ([{"on": "2026-01-31", "type": "chargeback", "id": "\x1b[2J"}], "dunning.event.unknown-payment"),
        ],
    )
    def test_is_refused_with_a_code(self, ran: Ran, events: Any, code: str) -> None:
        assert ran.refused(*self.simulate(ran, events)) == code

    def test_a_file_that_is_no_policy_is_refused_with_the_line(self, ran: Ran) -> None:
        asked = self.simulate(ran, [], policy=ran.file("p.yaml", "policy: x\nsteps: []\n"))
        error = ran.document(*asked, status=1)["error"]
        assert (error["code"], error["facts"]["line"]) == ("dunning.text.steps", 2)

    @pytest.mark.parametrize(
        "words",
        [
            ["simulate", STANDARD],
            ["simulate", STANDARD, "--events", "/nowhere.json", "--until", "2026-01-31"],
            ["simulate", STANDARD, "--events", STANDARD, "--until", "tomorrow"],
            ["simulate", STANDARD, "--events", STANDARD, "--until", "2026-01-31", "--country", "Sweden"],
            ["backtest", STANDARD, STRICT, STANDARD, "--receivables", STANDARD],
            ["backtest", STANDARD, "--receivables", "/nowhere.csv"],
            ["backtest", STANDARD, "--receivables", STANDARD, "--jobs", "0"],
            ["backtest", STANDARD, "--receivables", STANDARD, "--answer-days", "soon"],
            ["backtest"],
        ],
    )
    def test_wrong_usage(self, ran: Ran, words: list[str]) -> None:
        assert "Traceback" not in ran.wrong(*words)

    @given(
        document=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
            | st.sampled_from(["invoice", "payment", "2026-03-01", "SEK", "A", "12.50"]),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                st.sampled_from(["on", "type", "id", "amount", "currency", "due", "invoice"]), inner, max_size=7
            ),
            max_leaves=16,
        )
    )  # fmt: skip
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_json_at_all_makes_it_fall(self, ran: Ran, document: Any) -> None:
        assert main(["policy", *self.simulate(ran, document), "--json"]) in (0, 1)


class TestBacktest:
    def test_tells_what_each_policy_would_have_done(self, ran: Ran) -> None:
        found = ran.document("backtest", STANDARD, STRICT, "--receivables", ran.file("r.csv", a_file(*ROWS)))
        assert [one["policy"] for one in found["policies"]] == ["standard", "strict"]
        one = found["policies"][0]
        assert one["notices"] == {
            "before-due": 1, "reminder": 1, "second-reminder": 1, "formal-notice": 0, "final-notice": 0
        }  # fmt: skip
        assert one["invoices"]["reminder"] == 2
        assert (one["customers"], one["customers_touched"]) == (2, 1)
        assert (one["suspensions_proposed"], one["suspensions_paid_within_seven_days"]) == (0, 0)
        assert one["work"] == {"calls": 1, "letters": 0, "releases": 0}
        assert one["delay_days_saved"] == one["saved"]["assumed"]["days"] == 2 * 8
        assert one["saved"]["assumed"]["paid_earlier"] == {"EUR": "2000.00"}
        assert one["saved"]["assumed"]["amount_days"] == {"EUR": "16000.00"}
        assert (found["until"], found["rows"]) == ("2026-03-20", {"read": 4, "with_problems": 1})
        assert found["problems"] == [
            {"code": "dunning.receivables.bad-amount", "row": 4, "column": "amount", "seen": "much"}
        ]
        assert found["assumptions"]["answer_days"] == 7

    def test_goes_on_to_the_day_asked_for_under_the_assumption_asked_for(self, ran: Ran) -> None:
        asked = ["backtest", STANDARD, "--receivables", ran.file("r.csv", a_file(*ROWS)), "--until", "2026-12-31"]
        (one,) = ran.document(*asked, "--answer-days", "1", "--notice", "2", "--currency", "SEK")["policies"]
        assert (one["suspensions_proposed"], one["work"]["releases"]) == (1, 2)
        assert list(one["saved"]["assumed"]["paid_earlier"]) == ["SEK"]
        (none,) = ran.document(*asked, "--since", "2026-02-01")["policies"]
        assert none["customers"] == 0

    def test_for_people_in_columns_with_the_assumptions_and_the_bad_rows(self, ran: Ran) -> None:
        text = ran.text("backtest", STANDARD, STRICT, "--receivables", ran.file("r.csv", a_file(*ROWS)), "--lang", "sv")
        assert "Berörda kunder" in text
        assert "7 dagar" in text
        assert "Rad 4, amount" in text

    def test_of_nothing_is_refused(self, ran: Ran) -> None:
        assert ran.refused("backtest", STANDARD, "--receivables", ran.file("r.csv", a_file())) == (
            "dunning.receivables.none"
        )
        assert ran.refused("backtest", STANDARD, "--receivables", ran.file("r.csv", "a,b")) == (
            "dunning.receivables.missing-columns"
        )

    def test_a_file_of_bad_rows_alone_still_names_them(self, ran: Ran) -> None:
        found = ran.document("backtest", STANDARD, "--receivables", ran.file("r.csv", a_file("x")))
        assert found["policies"][0]["customers"] == 0
        assert len(found["problems"]) == 1


def test_the_floor_of_the_standard_policy_is_what_these_tests_suppose() -> None:
    assert ready("standard").floor["EUR"] == Decimal("5.00")

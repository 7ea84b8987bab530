"""The worked tables of docs/algorithms/ladder.md, recomputed by the ladder."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.dunning.rules.backtest import backtest
from saldo.dunning.rules.events import Event
from saldo.dunning.rules.facts import Facts, Standing
from saldo.dunning.rules.ladder import decide
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.simulation import replay
from saldo.dunning.rules.tally import Assumption
from saldo.parties.calendars import calendar_of
from tests.docs.tables import FOLDER, TableRow, tables_of
from tests.dunning.policies import ready

TABLES = {table.name: table.rows for table in tables_of(FOLDER / "ladder.md")}
SWEDEN = calendar_of("SE")
DUE = date(2026, 3, 2)
OWED = Decimal("12400.00")


def test_climb() -> None:
    event = Event(on=date(2026, 1, 31), type="invoice", id="F", value=OWED, currency="SEK", due=DUE)
    days = replay(ready("standard"), [event], until=date(2026, 12, 31), closed=SWEDEN)
    assert [
        {
            "step": item.step,
            "begins on": f"{day.on}",
            "planned on": f"{item.facts['planned_on']}",
            "days late": f"{(day.on - DUE).days}",
        }
        for day in days
        for item in day.entered
    ] == list(TABLES["climb"])


def circumstances(said: str) -> dict[str, object]:
    """Facts as the table says them."""
    words = said.split()
    if said == "nothing" or words[0] == "notice":
        return {}
    if words[0] == "held":
        return {"held_until": date.fromisoformat(words[-1])}
    if words[0] == "unallocated":
        return {"unallocated_since": date.fromisoformat(words[-1])}
    if said in ("insolvent", "bank data old", "policy changed"):
        return {{"bank data old": "bank_is_old", "policy changed": "policy_changed"}.get(said, said): True}
    facts: dict[str, object] = {words[0]: Decimal(words[1])}
    return facts | ({"promise_until": date.fromisoformat(words[-1])} if words[0] == "promised" else {})


def standing_of(said: str) -> Standing:
    at = Standing(step="reminder", since=date(2026, 3, 5), proved_on=date(2026, 3, 5))
    if said.startswith("notice proved"):
        return at._replace(proved_on=date.fromisoformat(said.split()[-1]))
    return {
        "notice came back": at._replace(notice_failed=True),
        "notice not proved": at._replace(proved_on=None),
    }.get(said, at)


@pytest.mark.parametrize("row", TABLES["kept"], ids=lambda row: row["circumstance"])
def test_kept(row: TableRow) -> None:
    said = row["circumstance"]
    facts = Facts(due_on=DUE, currency="SEK", open=OWED)._replace(**circumstances(said))
    decision = decide(ready("standard"), facts, standing_of(said), today=date(2026, 3, 12), closed=SWEDEN)
    again = decision.look_again_on if decision.enters is None else None
    assert (decision.step, decision.because, f"{again or ''}") == (row["step"], row["because"], row["look again on"])


@pytest.mark.parametrize("row", TABLES["saved"])
def test_saved(row: TableRow) -> None:
    due, paid = date.fromisoformat(row["due"]), date.fromisoformat(row["paid"])
    item = Receivable("C", "F", "SEK", due - timedelta(days=30), due, OWED, paid)
    assumed = Assumption(answer_days=int(row["answered after"]))
    until = date(2026, 12, 31)
    tally = backtest(ready("standard"), [item], closed=SWEDEN, until=until, assumption=assumed)
    assert tally.assumed.days == int(row["days saved"])
    never_paid = item._replace(settled_on=None)
    event = Event(on=item.issued_on, type="invoice", id="F", value=OWED, currency="SEK", due=never_paid.due_on)
    reminded = [
        day.on
        for day in replay(ready("standard"), [event], until=until, closed=SWEDEN)
        for one in day.entered
        if one.step == "reminder"
    ]
    assert [f"{day}" for day in reminded] == [row["reminder"]]

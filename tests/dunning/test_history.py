"""An installation's own history: the policy run over it takes the steps that the rounds took, on the same days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.dunning import models
from saldo.dunning.actions.disputes import raise_dispute
from saldo.dunning.history import list_past_receivables
from saldo.dunning.reproducing import decide_again
from saldo.dunning.rules.backtest import climbs
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.server.entry import main
from tests.dunning.collecting import PUBLISHED, Collecting
from tests.dunning.ladders import DAY, DUE

LAST = DUE + timedelta(days=29)


@pytest.fixture
def house(company) -> Collecting:
    """Five invoices of two debtors, nobody has looked at them yet."""
    house = Collecting(company)
    with company_context(company):
        house.debtor("10002")
        house.invoice("1")
        house.invoice("2", due=DUE + 4 * DAY)
        house.invoice("3", debtor="10002")
        house.invoice("4", "600.00", debtor="10002", due=DUE + 9 * DAY)
        house.invoice("5", "75.00", debtor="10002", currency="EUR")
    return house


def a_month_of_rounds(house: Collecting) -> None:
    """Two invoices are paid late, one on time, two never; a round on every day on which anything can happen."""
    paid = {DUE: ("3", "10002", "1000.00"), DUE + 25 * DAY: ("1", "10001", "1000.00")}
    paid[DUE + 28 * DAY] = ("4", "10002", "600.00")
    day = DUE
    while day <= LAST:
        if day in paid:
            number, debtor, value = paid[day]
            with company_context(house.company):
                house.pays(day, value, f"invoice:{number}", debtor=debtor)
        house.day(day)
        day += DAY


def test_the_policy_in_force_takes_the_steps_that_it_took(house: Collecting) -> None:
    """And each of its decisions, made again from what it was made from, is the same."""
    a_month_of_rounds(house)
    with company_context(house.company):
        receivables = list_past_receivables(company=house.company, since=date.min)
        rows = models.Decided.objects.filter(company_id=house.company).exclude(step="clear").values_list(
            "item", "on", "step"
        )  # fmt: skip
        decided = sorted((item, on, step) for item, on, step in rows)
    assert [(one.invoice, one.settled_on) for one in receivables if one.settled_on] == [
        ("invoice:1", DUE + 25 * DAY),
        ("invoice:3", DUE),
        ("invoice:4", DUE + 28 * DAY),
    ]
    replayed = []
    for debtor in ("10001", "10002"):
        items = [one for one in receivables if one.customer == debtor]
        climbed = climbs(PUBLISHED, items, closed=calendar_of("SE"), until=LAST)
        replayed += [(one.item.invoice, one.on, one.step.code) for one in climbed if one.step.release == "automatic"]
    assert sorted(replayed) == decided
    assert len(decided) >= 6
    with company_context(house.company):
        again = list(decide_again(company=house.company, since=date.min, country="SE"))
        assert len(again) == models.Decided.objects.filter(company_id=house.company).count()
        assert [one for one in again if not one.is_same] == []


def test_what_somebody_disputed_is_known_as_disputed(house: Collecting) -> None:
    with company_context(house.company):
        raise_dispute(
            company=house.company,
            debtor="10001",
            item="invoice:2",
            disputed=Decimal("10.00"),
            reason="wrong price",
            by="user:1",
            today=LAST,
            at=house.at(LAST),
        )
        found = list_past_receivables(company=house.company, since=DUE)
        everything = list_past_receivables(company=house.company, since=date.min)
    assert found == ()
    assert [one.invoice for one in everything if one.is_disputed] == ["invoice:2"]


def test_the_command_runs_over_the_installations_own_books(
    house: Collecting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command opens the installation only when no file is given."""
    from saldo.cli import policy_backtest
    from saldo.cli.commands import command_named, parser
    from saldo.cli.output import Output
    from saldo.dunning.formats.policy_written import policy_text

    path = tmp_path / "three.yaml"
    path.write_text(policy_text(PUBLISHED), encoding="utf-8")
    words = ["policy", "backtest", str(path), "--until", LAST.isoformat(), "--json"]
    args = parser(words).parse_args(words)
    assert command_named("policy").needed_by(args) == "installation"
    args.company_id, args.words = house.company, lambda **said: said["code"]
    assert policy_backtest.run(args, Output(is_json=True)) == 0
    (one,) = json.loads(capsys.readouterr().out)["policies"]
    assert (one["customers"], one["customers_touched"]) == (2, 2)
    assert one["invoices"]["reminder"] == 5
    monkeypatch.setenv("SALDO_HOME", str(tmp_path / "nothing"))
    assert main([*words]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "server.no-installation"

"""``saldo round`` carries the policy out for a day, shows it first, and says the same in one document."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from saldo.cli import round as command
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.dunning import models
from saldo.dunning.actions.rounds import UnableToRunRound
from saldo.server.messages import message_of
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DUE

LATE_3 = DUE + timedelta(days=3)


@pytest.fixture
def house(company) -> Collecting:
    house = Collecting(company)
    house.invoice("1")
    house.invoice("2", "234.50")
    house.hears_of_bank(LATE_3)
    house.at(LATE_3)
    return house


def run(house: Collecting, *words: str, day=LATE_3) -> int:
    args = parser(["round"]).parse_args(["round", "--today", day.isoformat(), *words])
    args.company_id, args.world, args.words = house.company, house.world, message_of
    return command.run(args, Output(is_json=args.json))


class TestCommand:
    def test_shows_first_and_then_does_what_it_showed(self, house, capsys):
        assert run(house, "--json", "--dry-run") == 0
        shown = json.loads(capsys.readouterr().out)
        assert not models.Collected.objects.exists()
        assert run(house, "--json") == 0
        done = json.loads(capsys.readouterr().out)
        assert (shown["moved"], shown["dry_run"]) == ({"reminder": 2}, True)
        assert (done["moved"], done["read"], done["cleared"], done["proposed"]) == ({"reminder": 2}, 2, 0, 0)
        assert done["notices"] == [f"notice:10001:reminder:SEK:{LATE_3}"]
        assert [(one["item"], one["owed"], one["letters"]) for one in shown["moves"]] == [
            ("invoice:1", "1000.00", ["reminder"]),
            ("invoice:2", "234.50", ["reminder"]),
        ]

    def test_a_second_run_of_the_day_has_nothing_left_to_do(self, house, capsys):
        run(house, "--json")
        capsys.readouterr()
        run(house, "--json")
        assert json.loads(capsys.readouterr().out)["moved"] == {}

    def test_in_words(self, house, capsys):
        run(house, "--dry-run")
        assert "Nothing was written" in capsys.readouterr().out
        run(house, "--lang", "sv")
        told = capsys.readouterr().out
        assert "2 öppna poster" in told
        assert "reminder" in told

    def test_a_day_before_the_last_is_refused(self, house):
        run(house, "--json")
        with pytest.raises(UnableToRunRound):
            run(house, "--json", day=DUE)
        with pytest.raises(UnableToRunRound):
            run(house, "--json", "--dry-run", day=DUE)

    def test_without_a_policy_it_reads_and_moves_nothing(self, company, capsys):
        house = Collecting(company, policy=None)
        house.invoice("1")
        assert run(house, "--json") == 0
        assert json.loads(capsys.readouterr().out)["moved"] == {}

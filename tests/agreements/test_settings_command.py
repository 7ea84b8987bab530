"""``saldo settings``: a sheet shows what it would change, and changes it when its fingerprint comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saldo.agreements.queries import list_price_rules
from saldo.agreements.sheets import UnableToTakeSheet
from saldo.cli import settings as command
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.server.messages import message_of
from saldo.server.wiring import real_world

HEAD = "code,level,method,percent,starts_on\n"


class Taker:
    """Runs the command on one sheet inside the test's company."""

    def __init__(self, company: CompanyId, capsys: pytest.CaptureFixture[str], path: Path) -> None:
        self.company, self.path, self._capsys = company, path, capsys

    def run(self, *words: str) -> tuple[int, str]:
        args = parser(["settings"]).parse_args(["settings", str(self.path), *words])
        args.company_id, args.world, args.words = self.company, real_world(), message_of
        status = command.run(args, Output(is_json=args.json))
        return status, self._capsys.readouterr().out

    def document(self, *words: str) -> tuple[int, dict[str, Any]]:
        status, said = self.run("--json", *words)
        return status, json.loads(said)


@pytest.fixture
def taker(company: CompanyId, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Taker:
    path = tmp_path / "prices.csv"
    path.write_text(f"{HEAD}markup,company,markup-on-cost,12,2026-06-01\n")
    return Taker(company, capsys, path)


def test_a_preview_writes_nothing_and_names_its_fingerprint(taker: Taker) -> None:
    status, told = taker.document()
    assert (status, told["kind"], told["written"]) == (0, "prices", False)
    assert [(row["row"], row["key"], row["state"]) for row in told["rows"]] == [(1, "markup", "new")]
    assert list_price_rules(company=taker.company) == ()


def test_the_fingerprint_writes_it(taker: Taker) -> None:
    fingerprint = taker.document()[1]["fingerprint"]
    assert taker.document("--confirm", fingerprint)[1]["written"]
    assert [rule.code for rule in list_price_rules(company=taker.company)] == ["markup"]


def test_another_fingerprint_is_refused(taker: Taker) -> None:
    with pytest.raises(UnableToTakeSheet):
        taker.run("--confirm", "0000")
    assert list_price_rules(company=taker.company) == ()


def test_people_read_what_changes_and_what_is_wrong(taker: Taker) -> None:
    assert "--confirm" in taker.run("--lang", "sv")[1]
    taker.path.write_text(f"{HEAD}markup,company,markup-on-cost,much,2026-06-01\n")
    status, said = taker.run("--lang", "sv")
    assert status == 1
    assert "Cellen kan inte läsas." in said
    assert "much" in said
    assert "--confirm" not in said


def test_a_file_that_is_not_there_is_told(taker: Taker) -> None:
    taker.path.unlink()
    status, told = taker.document()
    assert (status, told["error"]["code"]) == (1, "cli.settings.no-file")

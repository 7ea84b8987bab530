"""``saldo close`` on the command line: the JSON of interface.md, the same the second time."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from saldo.audit.log import record
from saldo.cli import close
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.invoicing.backups import newest_backup
from saldo.server.messages import message_of
from tests.conftest import NOW
from tests.invoicing.months import MARCH, Partner
from tests.microsoft_files import seats
from tests.rooms.importing import A_WORLD


@pytest.fixture
def partner(company: CompanyId, tmp_path: Path, settings: Any) -> Partner:
    settings.LINE_STORE = tmp_path / "store"
    (tmp_path / "files").mkdir()
    return Partner(company, tmp_path / "files")


def ask(home: Path, capsys: pytest.CaptureFixture[str], *, issue: bool, is_json: bool = True) -> Any:
    args = argparse.Namespace(
        company=None, month=MARCH, issue=issue, today=date(2026, 4, 8), lang="en", home=home, world=A_WORLD
    )
    args.words = message_of
    assert close.run(args, Output(is_json=is_json)) == 0
    said = capsys.readouterr().out
    return json.loads(said) if is_json else said


def test_drafts_then_issues_and_changes_nothing_again(
    partner: Partner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partner.bring(seats())
    drafted = ask(tmp_path, capsys, issue=False)
    assert (drafted["drafts"], drafted["issued"], drafted["total"]) == (1, 0, {"SEK": "450.00"})
    assert [problem["code"] for problem in drafted["problems"]] == ["agreements.price.default-used"]
    issued = ask(tmp_path, capsys, issue=True)
    assert (issued["drafts"], issued["issued"], issued["total"]) == (0, 1, {"SEK": "450.00"})
    assert ask(tmp_path, capsys, issue=True) == issued
    assert "1 documents issued" in ask(tmp_path, capsys, issue=True, is_json=False)


def test_the_newest_backup_is_the_one_that_the_log_tells_of(partner: Partner) -> None:
    assert newest_backup(company=partner.company) is None
    record(
        company=partner.company, code="server.backup.taken", actor="command", subject="installation", at=NOW, facts={}
    )
    assert newest_backup(company=partner.company) == NOW


def test_held_lines_are_said_with_the_reason_of_the_first(partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
    partner.bring(seats(BillableQuantity="-10"))
    said = ask(partner.folder, capsys, issue=False)
    (problem,) = [one for one in said["problems"] if one["code"] == "invoicing.bucket.held"]
    assert problem["facts"]["because"] == "invoicing.line.contradicts-itself"
    assert problem["message"].endswith("The first: The line contradicts itself (quantity).")
    assert "The line contradicts itself" in ask(partner.folder, capsys, issue=False, is_json=False)

"""``saldo opening`` shows first and writes when told to, in one document or in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saldo.cli import opening
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.ledger.queries import list_open_items
from saldo.server.messages import message_of
from tests.opening.old_book import as_csv, debtor, row
from tests.rooms.importing import A_WORLD


def run(company: CompanyId, path: Path, *words: str) -> int:
    asked = ["opening", str(path), "--as-of", "2026-04-30", "--today", "2026-05-12", *words]
    args = parser(["opening"]).parse_args(asked)
    args.company_id, args.world, args.words = company, A_WORLD, message_of
    return opening.run(args, Output(is_json=args.json))


@pytest.fixture
def path(company: CompanyId, tmp_path: Path) -> Path:
    debtor(company)
    file = tmp_path / "old.csv"
    file.write_bytes(as_csv(row(), row("A-2", "-25.00", kind="deposit")))
    return file


class TestCommand:
    def test_shows_takes_and_takes_nothing_twice(
        self, company: CompanyId, path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        documents: list[dict[str, Any]] = []
        for words in (["--preview"], [], []):
            assert run(company, path, "--json", "--control", "SEK=100.00", *words) == 0
            documents.append(json.loads(capsys.readouterr().out))
        assert [(one["written"], one["taken"]) for one in documents] == [(False, 0), (True, 2), (True, 0)]
        control = {"currency": "SEK", "control": "100.00", "found": "100.00", "difference": "0.00", "holds": True}
        assert documents[0]["controls"] == [control]
        assert documents[2]["counts"] == {"new": 0, "same": 2, "fault": 0}
        assert sorted(item.document for item in list_open_items(company=company)) == ["A-1", "A-2"]

    def test_without_a_control_total_it_shows_and_says_what_is_missing(
        self, company: CompanyId, path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(company, path) == 1
        assert "--control SEK=" in capsys.readouterr().out
        assert run(company, path, "--json") == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == "ledger.opening.control-missing"
        assert list_open_items(company=company) == ()

    def test_faults_are_told_in_words(self, company: CompanyId, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path.write_bytes(as_csv(row(debtor="nobody")))
        assert run(company, path, "--control", "SEK=125.00") == 1
        assert "No debtor here has this number" in capsys.readouterr().out

    @pytest.mark.parametrize("said", ["SEK", "SEK=much", "KRONA=1", "SEK=NaN"])
    def test_a_control_total_that_is_none_is_wrong_usage(self, company: CompanyId, path: Path, said: str) -> None:
        with pytest.raises(SystemExit) as left:
            run(company, path, "--control", said)
        assert left.value.code == 2

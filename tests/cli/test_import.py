"""``saldo import``: one entry a file, figures as texts, and an exit status that a script can trust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from saldo.cli import import_
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.server.messages import message_of
from saldo.server.wiring import real_world
from tests.microsoft_files import header, seats, write_csv, write_json

SHAPE = {"path", "sha256", "kind", "invoice", "month", "currency", "rows", "lines", "total", "state"}
SHAPE |= {"problems", "checks"}


class Importer:
    """Runs the command inside the test's company."""

    def __init__(self, company: CompanyId, capsys: pytest.CaptureFixture[str]) -> None:
        self.company, self._capsys = company, capsys

    def run(self, *words: str | Path) -> tuple[int, str]:
        """Its exit status and what it printed."""
        args = parser(["import"]).parse_args(["import", *map(str, words)])
        args.company_id, args.world, args.words = self.company, real_world(), message_of
        status = import_.run(args, Output(is_json=args.json))
        return status, self._capsys.readouterr().out

    def files(self, *paths: Path) -> list[dict[str, Any]]:
        """The files of its JSON document."""
        return json.loads(self.run(*paths, "--json")[1])["files"]


@pytest.fixture
def importer(company: CompanyId, capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: Any) -> Importer:
    settings.LINE_STORE = tmp_path / "store"
    return Importer(company, capsys)


class TestDocument:
    def test_an_accepted_file_has_every_field(self, importer: Importer, tmp_path: Path) -> None:
        path = write_csv(tmp_path / "march.csv", [seats(), seats(seats=1, OrderDate="never")])
        (file,) = importer.files(path)
        assert set(file) == SHAPE
        assert {name: file[name] for name in ("path", "kind", "invoice", "month", "currency", "state")} == {
            "path": str(path),
            "kind": "nce-reconciliation",
            "invoice": "G000000001",
            "month": "2026-03",
            "currency": "SEK",
            "state": "accepted",
        }
        assert (file["rows"], file["lines"], file["total"], len(file["sha256"])) == (2, 1, "396.00", 64)
        assert file["problems"] == [{"code": "charges.line.bad-day", "row": 2, "column": "OrderDate", "seen": "never"}]
        assert file["checks"] == [
            {"code": "I9", "passed": 2, "tolerated": 0, "failed": 0},
            {"code": "I10", "passed": 2, "tolerated": 0, "failed": 0},
            {"code": "I14", "passed": 1, "tolerated": 0, "failed": 0},
        ]

    def test_amounts_have_the_digits_of_their_currency(self, importer: Importer, tmp_path: Path) -> None:
        yen = seats(Currency="JPY", Subtotal="360", InvoiceNumber="G000000002")
        dinars = seats(Currency="KWD", Subtotal="360.125", InvoiceNumber="G000000003")
        for name, row, total in (("yen.csv", yen, "360"), ("dinars.csv", dinars, "360.125")):
            assert importer.files(write_csv(tmp_path / name, [row]))[0]["total"] == total

    def test_a_refused_file_says_where_and_in_words_and_leaves_1(self, importer: Importer, tmp_path: Path) -> None:
        path = write_csv(tmp_path / "march.csv", [seats(), seats(Subtotal="12,4O")])
        status, printed = importer.run(path, "--json")
        (file,) = json.loads(printed)["files"]
        assert status == 1
        assert set(file) == SHAPE
        assert (file["state"], file["rows"], file["lines"], file["total"]) == ("refused", 0, 0, None)
        (problem,) = file["problems"]
        assert (problem["code"], problem["row"], problem["column"], problem["seen"]) == (
            "charges.file.bad-cell",
            2,
            "Subtotal",
            "12,4O",
        )
        assert "Subtotal" in problem["message"]

    def test_the_total_of_a_header_is_what_it_charges(self, importer: Importer, tmp_path: Path) -> None:
        (file,) = importer.files(write_json(tmp_path / "invoice.json", header()))
        assert (file["kind"], file["invoice"], file["month"], file["total"]) == (
            "invoice-header",
            "G000000001",
            "2026-03",
            "360.00",
        )

    def test_the_checks_of_the_first_file_know_of_the_last(self, importer: Importer, tmp_path: Path) -> None:
        write_csv(tmp_path / "a.csv", [seats()])
        write_json(tmp_path / "b.json", header())
        files = importer.files(tmp_path / "a.csv", tmp_path / "b.json")
        assert [[check["code"] for check in file["checks"] if check["code"] == "I7"] for file in files] == [["I7"]] * 2


class TestText:
    def test_people_read_a_table_what_is_wrong_and_a_sum(self, importer: Importer, tmp_path: Path) -> None:
        good = write_csv(tmp_path / "good.csv", [seats()])
        (tmp_path / "bad.csv").write_text("<html></html>")
        _, printed = importer.run(good, tmp_path / "bad.csv", write_json(tmp_path / "i.json", header(total="1.00")))
        assert "360.00 SEK" in printed
        assert "is a web page" in printed
        assert f"{good}: check I7 failed 1 times" in printed
        assert printed.rstrip().endswith("2 accepted, 1 refused")


class TestProgram:
    def test_it_makes_an_installation_where_none_is_and_says_so(self, own_home: Path, tmp_path: Path) -> None:
        path = write_csv(tmp_path / "march.csv", [seats()])
        first = self._saldo(own_home, "import", str(path), "--json")
        assert first.returncode == 0
        assert "No company was here yet" in first.stderr
        assert json.loads(first.stdout)["files"][0]["state"] == "accepted"
        again = self._saldo(own_home, "import", str(path), str(tmp_path / "nothing.csv"), "--json")
        assert again.returncode == 1
        assert [file["state"] for file in json.loads(again.stdout)["files"]] == ["duplicate", "refused"]
        assert self._saldo(own_home, "import").returncode == 2

    def _saldo(self, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return _run([sys.executable, "-m", "saldo.server.entry", *words], home)


def _run(words: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        words, env=environment | {"SALDO_HOME": str(home)}, capture_output=True, text=True, check=False
    )

"""Words on the command line that mean nothing are refused in one line, whatever they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from saldo.cli import generate
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.flows.import_files import import_paths
from saldo.server.wiring import real_world
from tests.cli.asking import Asker
from tests.cli.conftest import CUSTOMER

NO_TEXT = "\udcff"  # how Python hands over a byte that is no UTF-8


class TestMonths:
    @pytest.mark.parametrize("month", ["0000-01", "2026-13", "2026-1", "٢٠٢٦-01"])
    def test_that_no_calendar_has_are_wrong_usage(self, month: str) -> None:
        with pytest.raises(SystemExit) as left:
            parser(["bill"]).parse_args(["bill", "--customer", CUSTOMER, "--month", month])
        assert left.value.code == 2

    def test_beyond_the_calendar_cannot_be_generated(self, tmp_path: Path) -> None:
        words = ["generate", "--out", str(tmp_path), "--customers", "1", "--seed", "1", "--months", "2"]
        with pytest.raises(SystemExit) as left:
            generate.run(parser(words).parse_args([*words, "--start", "9999-12"]), Output(is_json=True))
        assert left.value.code == 2


class TestTextsThatAreNone:
    def test_name_no_customer(self, asker: Asker) -> None:
        answer = asker.ask("bill", "--customer", NO_TEXT, "--month", "2026-04")
        assert answer.code == "parties.customer.unknown"

    @pytest.mark.parametrize("period", [NO_TEXT, "", "0000-01", "G1; DROP TABLE"])
    def test_name_no_period(self, asker: Asker, period: str) -> None:
        answer = asker.ask("explain", "--customer", CUSTOMER, "--from", period, "--to", "2026-04")
        assert answer.code in {"explain.document.unknown", "explain.month.unreadable"}

    def test_and_paths_that_no_file_can_have_are_missing_files(self, asker: Asker, settings, tmp_path: Path) -> None:
        settings.LINE_STORE = tmp_path / "store"
        paths = [Path("a" * 5000), Path(f"/{NO_TEXT}.csv"), Path("/dev/null/x")]
        results = import_paths(company=asker.company, paths=paths, actor="test", world=real_world())
        assert [result.code for result in results] == ["charges.file.missing"] * 3

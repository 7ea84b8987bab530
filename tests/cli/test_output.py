"""What a command says: nothing but its result where programs listen, and nothing that commands a terminal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from saldo.cli import output
from saldo.cli.output import Output


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command has been running for long."""
    monkeypatch.setattr(output, "PROGRESS_AFTER_SECONDS", 0.0)


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *, is_one: bool) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_one)


@pytest.mark.usefixtures("late")
class TestTheBar:
    def test_is_drawn_on_a_terminal_only(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for is_one in (True, False):
            on_a_terminal(monkeypatch, is_one=is_one)
            Output(is_json=True).progress(done=1, of=2, what="1 rows")
            drawn = capsys.readouterr()
            assert (drawn.out, "50 %" in drawn.err) == ("", is_one)

    def test_never_goes_back_when_there_is_more_than_was_thought(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        on_a_terminal(monkeypatch, is_one=True)
        out = Output(is_json=False)
        for done, of in ((50, 100), (60, 300), (250, 300), (400, 300)):
            out.progress(done=done, of=of, what=f"{done} rows")
        assert re.findall(r"(\d+) %", capsys.readouterr().err) == ["50", "50", "83", "100"]


class TestNamesOutOfFiles:
    @pytest.mark.parametrize("say", [Output.say, Output.note])
    def test_cannot_command_the_terminal(self, say: Any, capsys: pytest.CaptureFixture[str]) -> None:
        say(Output(is_json=False), "Havsbris \x1b]0;owned\x07\r\x9b2J Söder 北京\n")
        shown = capsys.readouterr()
        assert shown.out + shown.err == "Havsbris \ufffd]0;owned\ufffd\ufffd\ufffd2J Söder 北京\n\n"

"""The example of the README, run as a person would run it, in an installation of its own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SALDO = Path(sys.executable).parent / "saldo"
EXAMPLE = re.compile(r"<!-- example -->\n```\n(?P<text>.*?)```", re.DOTALL)
LEFT_OUT = "…"


@dataclass(frozen=True)
class Step:
    """One command and what the README says it prints."""

    command: str
    printed: list[str]


def steps() -> list[Step]:
    """The commands of the example, in order."""
    found = EXAMPLE.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    made: list[Step] = []
    for line in found["text"].splitlines():
        if line.startswith("$ "):
            made.append(Step(command=line.removeprefix("$ "), printed=[]))
        else:
            made[-1].printed.append(line)
    return made


def agrees(printed: list[str], shown: list[str]) -> bool:
    """Whether lines are as shown, where a line of three dots stands for any number of them."""
    pattern = "".join("(?:.*\n)*?" if line == LEFT_OUT else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def without_blanks(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


@pytest.fixture
def run(tmp_path: Path, own_home: Path):
    environment = {**os.environ, "SALDO_HOME": str(own_home), "LANG": "C.UTF-8", "COLUMNS": "200"}
    environment.pop("DATABASE_URL", None)

    def command(text: str) -> subprocess.CompletedProcess[str]:
        words: list[str] = []
        for word in shlex.split(text)[1:]:
            words += sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob(word)) if "*" in word else [word]
        return subprocess.run(
            [str(SALDO), *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return command


class TestExample:
    def test_prints_what_the_readme_shows(self, run) -> None:
        for step in steps():
            done = run(step.command)
            assert done.returncode == 0, done.stderr
            printed, shown = without_blanks(done.stdout.splitlines()), without_blanks(step.printed)
            assert agrees(printed, shown), f"$ {step.command}\n{done.stdout}"

    def test_names_the_commands_that_matter(self) -> None:
        assert {step.command.split()[1] for step in steps()} >= {"import", "bill", "explain"}

    @pytest.mark.parametrize(
        ("printed", "shown", "is_so"),
        [
            (["a", "b"], ["a", "b"], True),
            (["a", "x", "y", "b"], ["a", LEFT_OUT, "b"], True),
            (["a", "b"], [LEFT_OUT], True),
            (["a", "c"], ["a", "b"], False),
            (["a", "x"], ["a", LEFT_OUT, "b"], False),
        ],
    )
    def test_three_dots_stand_for_lines_and_for_nothing_else(self, printed, shown, is_so) -> None:
        assert agrees(printed, shown) is is_so

"""The story says what the program answered, and nothing else."""

from __future__ import annotations

import pytest

from saldo.demo.story import tell


@pytest.fixture
def program():
    """A program that accepts everything and knows one reason."""
    asked = []

    def run(words):
        asked.append(list(words))
        if words[0] == "import":
            checks = [{"code": "nce.total", "passed": 2, "tolerated": 1, "failed": 0}]
            file = {"kind": "nce-reconciliation", "state": "accepted", "rows": 3, "total": "30.00", "currency": "SEK"}
            return {"files": [{"path": path, "checks": checks, **file} for path in words[1:]]}
        number = len(asked)
        reason = {"amount": "-5.00", "text": "Five crowns less.", "code": "seats-removed"}
        return {
            "currency": "SEK",
            "before": {"total": "100.00"},
            "after": {"total": f"{100 - number}.00"},
            "change": f"-{number}.00",
            "reasons": [reason],
            "unexplained": "0.00",
        }

    run.asked = asked
    return run


class TestStory:
    def test_imports_every_file_but_the_truth_and_explains_the_one_who_moved_furthest(self, program, tmp_path):
        said = []
        told = tell(folder=tmp_path, program=program, say=said.append)
        imported = program.asked[0][1:]
        assert not any(path.endswith("truth.json") for path in imported)
        assert told.files == len(imported)
        assert told.rows == 3 * told.files
        assert (told.passed, told.tolerated, told.failed) == (2 * told.files, told.files, 0)
        assert [mover["change"] for mover in told.movers] == ["-4.00", "-3.00", "-2.00"]
        assert program.asked[-1][2] == told.movers[0]["id"]
        assert any("Five crowns less." in line for line in said)

    def test_says_it_in_four_steps(self, program, tmp_path):
        said = []
        tell(folder=tmp_path, program=program, say=said.append, lang="sv")
        steps = [line.strip()[:2] for line in said if line.startswith("\n")]
        assert steps == ["1.", "2.", "3.", "4."]
        assert all(words[-1] == "sv" for words in program.asked[1:])

"""Which files of a folder are looked into at all."""

from __future__ import annotations

from pathlib import Path

from saldo.charges.formats.recognise import find_files
from saldo.core.periods import Month
from saldo.generator.generation import generate


class TestFindingFiles:
    def test_the_answers_beside_generated_files_are_no_file_of_microsofts(self, tmp_path: Path) -> None:
        made = generate(folder=tmp_path, customers=1, months=1, seed=3, start=Month(2026, 1))
        found = find_files([tmp_path])
        assert set(found) == {path for path in made.files if path.name != "truth.json"}
        assert (tmp_path / "truth.json").exists()

    def test_another_file_of_that_name_is_looked_into(self, tmp_path: Path) -> None:
        (tmp_path / "truth.json").write_text('{"items": []}')
        assert find_files([tmp_path]) == (tmp_path / "truth.json",)

    def test_a_file_named_by_a_person_is_never_left_out(self, tmp_path: Path) -> None:
        generate(folder=tmp_path, customers=1, months=1, seed=3, start=Month(2026, 1))
        assert find_files([tmp_path / "truth.json"]) == (tmp_path / "truth.json",)

    def test_hidden_files_and_folders_are_left_out(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "config.csv").write_text("x")
        (tmp_path / "__MACOSX").mkdir()
        (tmp_path / "__MACOSX" / "a.csv").write_text("x")
        (tmp_path / "a.csv").write_text("x")
        assert find_files([tmp_path]) == (tmp_path / "a.csv",)

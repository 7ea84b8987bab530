"""A backup that is killed leaves a folder behind; the next one and doctor take it away, and no living one's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from saldo.server.drafts import drafting, list_places, remember_place, sweep_drafts

_HELD = """
import sys
from pathlib import Path
from saldo.server.drafts import drafting
with drafting(Path(sys.argv[1])) as folder:
    (folder / "table").write_text("half")
    print(folder, flush=True)
    sys.stdin.read()
"""


def drafts(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


class TestDrafts:
    def test_of_a_killed_backup_are_swept_and_of_a_living_one_are_not(self, tmp_path: Path) -> None:
        child = subprocess.Popen(
            [sys.executable, "-c", _HELD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdin is not None
        folder = Path(child.stdout.readline().strip())
        assert sweep_drafts(tmp_path) == 0
        assert (folder / "table").exists()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdin.close()
        child.stdout.close()
        assert sweep_drafts(tmp_path) == 1
        assert drafts(tmp_path) == []

    def test_of_the_backup_that_is_taken_are_left_alone(self, tmp_path: Path) -> None:
        with drafting(tmp_path) as folder:
            assert sweep_drafts(tmp_path) == 0
            assert folder.exists()
        assert drafts(tmp_path) == []

    def test_of_an_archive_half_written_go_when_their_process_is_gone(self, tmp_path: Path) -> None:
        gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
        dead = f".saldo.tar.{gone.stdout.decode().strip()}.tmp"
        own = f".saldo.tar.{os.getpid()}.tmp"
        for name in (dead, own, ".notes.tmp", "saldo.tar"):
            (tmp_path / name).write_text("x")
        (tmp_path / ".saldo-backup-old").mkdir()
        (tmp_path / ".saldo-backup-old" / "parties_company").write_text("rows")
        assert sweep_drafts(tmp_path) == 2
        assert drafts(tmp_path) == [".notes.tmp", own, "saldo.tar"]

    def test_are_looked_for_where_backups_went(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        assert list_places(tmp_path) == []
        for place in (one, two, one):
            remember_place(tmp_path, place)
        assert list_places(tmp_path) == [one, two]

"""What only this installation may know or enter: made once and whole, and for nobody else on the machine."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from saldo.server.installation import describe
from saldo.server.postgres import Embedded, ServerWillNotStart


class TestSecrets:
    def test_are_made_once_for_nobody_but_their_owner(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        first = describe(home)
        assert describe(home) == first
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
        assert [path.name for path in home.iterdir()] == ["secrets.json"]

    def test_that_were_not_written_to_their_end_are_made_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full_disk(*said: object) -> None:
            raise OSError("no space left")

        with monkeypatch.context() as broken:
            broken.setattr(json, "dump", full_disk)
            with pytest.raises(OSError, match="no space left"):
                describe(tmp_path)
        assert list(tmp_path.iterdir()) == []
        assert describe(tmp_path).key


class TestSocket:
    def test_of_a_long_home_is_not_opened_where_somebody_else_made_its_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        database = Embedded(tmp_path / ("far" * 30))
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(mode=0o755)
        database.socket_folder.symlink_to(elsewhere)
        with pytest.raises(ServerWillNotStart, match="belongs to somebody else"):
            database._start()
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755

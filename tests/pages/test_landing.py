"""Uploads land below their own folder, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.desk.landing import UnableToLand, land_files, safe_path


class Sent:
    """An upload as the web server hands it over."""

    def __init__(self, name: str, content: bytes, *, breaks: bool = False) -> None:
        self.name, self.content, self.breaks = name, content, breaks

    def chunks(self) -> Iterator[bytes]:
        stream = io.BytesIO(self.content)
        while piece := stream.read(3):
            yield piece
        if self.breaks:
            raise ConnectionError


class TestNames:
    @pytest.mark.parametrize(
        "said", ["../../etc/passwd", "/etc/passwd", "C:\\Users\\me\\a.csv", "..", "", "a/../../b", "\x00"]
    )
    def test_no_name_leaves_the_folder(self, said: str, tmp_path: Path) -> None:
        assert (tmp_path / safe_path(said)).resolve().is_relative_to(tmp_path)

    @given(st.text(max_size=400))
    def test_every_name_can_be_a_file(self, said: str) -> None:
        parts = safe_path(said).split("/")
        assert parts
        assert all(part not in {"", ".", ".."} and len(part.encode()) <= 120 for part in parts)

    def test_keeps_the_folder_and_the_ending(self) -> None:
        assert safe_path("export/part-0001.json.gz") == "export/part-0001.json.gz"
        assert safe_path("x" * 300 + ".csv").endswith("x.csv")


class TestLanding:
    def test_keeps_every_byte_under_its_own_name(self, tmp_path: Path) -> None:
        batch = land_files(landing=tmp_path, files=[Sent("a.csv", b"one"), Sent("a.csv", b"two more")], paths=[])
        found = {path.name: path.read_bytes() for path in (tmp_path / batch).iterdir()}
        assert found == {"a.csv": b"one", "a-2.csv": b"two more"}

    def test_a_dropped_folder_stays_a_folder(self, tmp_path: Path) -> None:
        files = [Sent("manifest.json", b"{}"), Sent("p1.json.gz", b"x")]
        batch = land_files(landing=tmp_path, files=files, paths=["april/manifest.json", "april/p1.json.gz"])
        assert sorted(p.relative_to(tmp_path / batch).as_posix() for p in (tmp_path / batch).rglob("*.*")) == [
            "april/manifest.json",
            "april/p1.json.gz",
        ]

    def test_a_broken_upload_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectionError):
            land_files(landing=tmp_path, files=[Sent("a.csv", b"abc"), Sent("b.csv", b"abc", breaks=True)], paths=[])
        assert list(tmp_path.iterdir()) == []

    def test_nothing_chosen_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnableToLand) as refused:
            land_files(landing=tmp_path, files=[], paths=[])
        assert refused.value.code == "desk.upload.no-files"

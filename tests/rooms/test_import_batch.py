"""An upload is imported in the background; what an interrupted import leaves behind is cleared away by the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from saldo.charges import history, models
from saldo.charges.importing import sweep_store
from saldo.flows import import_files
from saldo.flows.import_progress import Progress, progress_beside
from tests.conftest import NOW
from tests.microsoft_files import seats, write_csv
from tests.rooms.importing import A_WORLD, Postman


class TestUpload:
    @pytest.fixture
    def landing(self, postman: Postman, tmp_path: Path, settings: Any) -> Path:
        settings.LANDING = tmp_path / "landing"
        (settings.LANDING / "upload-1" / "march").mkdir(parents=True)
        return settings.LANDING / "upload-1"

    def _import(self, postman: Postman) -> tuple[import_files.FileResult, ...]:
        return import_files.import_batch(company=postman.company, batch="upload-1", actor="user:7", world=A_WORLD)

    def test_files_are_called_as_the_person_called_them(self, postman: Postman, landing: Path) -> None:
        write_csv(landing / "march" / "lines.csv", [seats()])
        write_csv(landing / "bad.csv", [seats(Subtotal="?")])
        results = {result.path: result for result in self._import(postman)}
        assert {path: result.state for path, result in results.items()} == {
            "march/lines.csv": "accepted",
            "bad.csv": "refused",
        }
        assert results["bad.csv"].facts["file"] == "bad.csv"
        (delivery,) = history.list_deliveries(company=postman.company, limit=5)
        assert delivery.received_by == "user:7"
        assert {attempt.name for attempt in models.Attempt.objects.filter(batch="upload-1")} == set(results)

    def test_the_upload_is_gone_when_it_is_done_and_doing_it_again_does_nothing(
        self, postman: Postman, landing: Path
    ) -> None:
        write_csv(landing / "lines.csv", [seats()])
        self._import(postman)
        assert not landing.exists()
        assert self._import(postman) == ()

    def test_progress_of_an_earlier_run_is_no_file_of_the_upload(self, postman: Postman, landing: Path) -> None:
        write_csv(landing / "lines.csv", [seats()])
        progress_beside(landing, since=NOW)(1, 2)
        assert [result.path for result in self._import(postman)] == ["lines.csv"]


class TestProgress:
    def test_rows_add_up_over_files_and_never_exceed_the_whole(self, tmp_path: Path) -> None:
        from saldo.charges.formats.recognise import recognise

        files = [write_csv(tmp_path / f"{name}.csv", [seats(seats=name)] * 50) for name in (1, 2)]
        told: list[tuple[int, int]] = []
        progress = Progress(files, tell=lambda done, of: told.append((done, of)))
        for delivery in recognise(files, folder=tmp_path / "scratch"):
            with progress.reading(delivery) as tell:
                tell(20)
                tell(50)
        assert [done for done, _ in told] == [20, 50, 70, 100]
        assert all(done <= of for done, of in told)

    def test_the_page_reads_whole_numbers_and_the_beginning(self, tmp_path: Path) -> None:
        progress_beside(tmp_path, since=NOW)(5, 10)
        told = json.loads((tmp_path / "progress.json").read_text())
        assert told == {"rows": 5, "of": 10, "since": NOW.isoformat()}


class TestLeftovers:
    def _store(self, postman: Postman) -> Path:
        return postman.folder.parent / "store"

    def _files(self, postman: Postman) -> set[str]:
        return {path.name for path in (self._store(postman) / str(postman.company)).iterdir()}

    def test_scratch_is_gone_after_an_import(self, postman: Postman) -> None:
        postman.bring(seats())
        assert list((self._store(postman) / "scratch").iterdir()) == []

    def test_the_next_import_removes_files_no_catalogue_speaks_of_and_keeps_the_others(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        kept = self._files(postman)
        for name in ("half.4711.tmp", "orphan-nce-reconciliation.parquet"):
            (self._store(postman) / str(postman.company) / name).write_bytes(b"PAR1")
        (self._store(postman) / "scratch" / "left").mkdir()
        postman.bring(seats(seats=11))
        assert kept < self._files(postman)
        assert len(self._files(postman)) == 2
        assert list((self._store(postman) / "scratch").iterdir()) == []

    def test_a_refused_file_leaves_nothing_after_the_next_sweep(self, postman: Postman) -> None:
        postman.bring(seats(Subtotal="360.005"))
        sweep_store(company=postman.company, store=self._store(postman))
        assert self._files(postman) == set()

    def test_superseded_versions_keep_their_files(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        postman.bring(seats(seats=11))
        assert sweep_store(company=postman.company, store=self._store(postman)) == 0
        assert len(self._files(postman)) == 2

    def test_nothing_is_swept_while_another_import_writes(self, postman: Postman) -> None:
        postman.bring(seats())
        orphan = self._store(postman) / str(postman.company) / "being-written.parquet"
        orphan.write_bytes(b"PAR1")
        with psycopg.connect(**_login(), autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock_shared(%s)", [0x5A1D05])
            assert sweep_store(company=postman.company, store=self._store(postman)) == 0
            assert orphan.exists()
            other.execute("SELECT pg_advisory_unlock_shared(%s)", [0x5A1D05])
        assert sweep_store(company=postman.company, store=self._store(postman)) == 1


def _login() -> dict[str, Any]:
    settings = connection.settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {ours: settings[theirs] for theirs, ours in names.items() if settings[theirs]}

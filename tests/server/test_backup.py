"""A backup of a running installation comes back whole, in another home, or not at all."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from saldo.server.archive import UnableToRestore, check_members, opened_archive
from saldo.server.backup import list_tables
from saldo.server.installation import Installation, describe, keep_key, start_database
from saldo.server.postgres import Embedded

SALDO = [sys.executable, "-m", "saldo.server.entry"]


def saldo(home: Path, *words: str) -> tuple[int, Any]:
    """Run one command with --json in a home; its status and document."""
    done = subprocess.run(
        [*SALDO, *words, "--json"],
        env={**os.environ, "SALDO_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def all_rows(installation: Installation) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the superuser sees them."""
    assert installation.superuser is not None
    start_database(installation)
    login = {**installation.superuser.as_psycopg(), "dbname": "saldo"}
    with psycopg.connect(**login) as connection:
        return {
            table.name: sorted(connection.execute(f'SELECT * FROM "{table.name}"').fetchall(), key=repr)
            for table in list_tables(connection)
        }


@pytest.fixture(scope="module")
def homes() -> Iterator[Path]:
    """A folder for homes, whose databases are stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="saldo-backup-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
        for home in Path(folder).iterdir():
            if (home / "postgres").exists():
                Embedded(home).stop()


@pytest.fixture(scope="module")
def lived_in(homes: Path) -> Path:
    """An installation with two companies and a partner's imported files."""
    home, files = homes / "one", homes / "files"
    assert saldo(home, "init", "--company", "Fjordlys", "--country", "SE", "--currency", "SEK")[0] == 0
    assert saldo(home, "init", "--company", "Nordlys", "--country", "NO", "--currency", "NOK")[0] == 0
    assert saldo(home, "generate", "--out", str(files), "--customers", "3", "--months", "2", "--seed", "4")[0] == 0
    assert saldo(home, "outbox", "--open", "mail", "--company", "Fjordlys")[0] == 0
    paths = [str(path) for path in files.iterdir() if path.name != "truth.json"]
    assert saldo(home, "import", *paths, "--company", "Fjordlys")[0] == 0
    return home


@pytest.fixture(scope="module")
def backup(lived_in: Path, homes: Path) -> Path:
    """Its backup."""
    status, document = saldo(lived_in, "backup", str(homes / "backup.tar"), "--company", "Fjordlys")
    assert status == 0
    assert document["rows"] > 100
    assert document["files"] > 0
    return homes / "backup.tar"


class TestBackup:
    def test_comes_back_whole_in_another_home(self, lived_in: Path, backup: Path, homes: Path) -> None:
        before = all_rows(describe(lived_in))
        status, document = saldo(homes / "two", "restore", str(backup))
        assert status == 0
        after = all_rows(describe(homes / "two"))
        noted = [row for row in before["audit_entry"] if row not in after["audit_entry"]]
        assert {row[4] for row in noted} == {"server.backup.taken"}  # written down once the backup was there
        own = ("audit_entry", "django_migrations", "outbox_channel")
        assert {name: rows for name, rows in after.items() if name not in own} == {
            name: rows for name, rows in before.items() if name not in own
        }
        told = [row for row in after["audit_entry"] if row not in before["audit_entry"]]
        assert [row[4] for row in told] == ["server.restore.noted"] * 2
        assert document["rows"] == sum(map(len, after.values())) - len(after["django_migrations"]) - len(told)
        customer = after["parties_customer"][0]
        asked = ["bill", "--customer", str(customer[2]), "--month", "2026-01", "--company", "Fjordlys"]
        assert saldo(homes / "two", *asked) == saldo(lived_in, *asked)
        assert saldo(homes / "two", "doctor")[0] == 0
        # what was sent after the backup still waits in it, and would be sent again
        ways = [saldo(home, "outbox", "--company", "Fjordlys")[1]["channels"] for home in (lived_in, homes / "two")]
        assert [one["open"] for channels in ways for one in channels if one["channel"] == "mail"] == [True, False]

    def test_goes_into_no_home_that_is_lived_in(self, lived_in: Path, backup: Path) -> None:
        before = all_rows(describe(lived_in))
        status, document = saldo(lived_in, "restore", str(backup))
        assert (status, document["error"]["code"]) == (1, "server.restore.not-empty")
        assert all_rows(describe(lived_in)) == before

    def test_needs_a_folder_that_is_there(self, lived_in: Path, homes: Path) -> None:
        asked = ["backup", str(homes / "nowhere" / "backup.tar"), "--company", "Fjordlys"]
        status, document = saldo(lived_in, *asked)
        assert (status, document["error"]["code"]) == (1, "server.backup.no-place")

    def test_into_a_place_that_takes_nothing_is_refused_with_its_reason(self, lived_in: Path) -> None:
        status, document = saldo(lived_in, "backup", "/proc/backup.tar", "--company", "Fjordlys")
        assert (status, document["error"]["code"]) == (1, "server.backup.cannot-write")

    def test_may_be_read_by_its_owner_alone(self, backup: Path) -> None:
        assert backup.stat().st_mode & 0o777 == 0o600


class TestDamage:
    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_of_one_byte_is_found_before_anything_is_written(
        self, backup: Path, homes: Path, tmp_path: Path, share: float
    ) -> None:
        data = bytearray(backup.read_bytes())
        with tarfile.open(backup) as tar:
            middle = [m for m in tar.getmembers() if m.size > 64 and m.name != "manifest.json"]
            member = middle[int(len(middle) * share)]
        data[member.offset_data + member.size // 2] ^= 0x20
        broken = tmp_path / "broken.tar"
        broken.write_bytes(data)
        status, document = saldo(homes / "three", "restore", str(broken))
        assert (status, document["error"]["code"]) == (1, "server.restore.damaged")
        assert document["error"]["facts"]["member"] == member.name
        assert not (homes / "three").exists()

    @pytest.mark.parametrize("share", [0, 0.5])
    def test_of_a_file_that_was_cut_off_is_found(self, backup: Path, tmp_path: Path, share: float) -> None:
        cut = tmp_path / "cut.tar"
        cut.write_bytes(backup.read_bytes()[: int(backup.stat().st_size * share)])
        with pytest.raises(UnableToRestore), opened_archive(cut) as (manifest, tar):
            check_members(tar, manifest)


class TestHostileBackup:
    """Whoever writes a backup by hand can make every digest right; it still writes nowhere else, and nothing else."""

    @pytest.mark.parametrize(
        ("twist", "member"),
        [
            (lambda said: said["tables"]["parties_company"]["columns"].append("id; DROP"), ""),
            (lambda said: said["tables"].update(strange={"columns": ["x"], "rows": 0}), "manifest.json"),
            (lambda said: said["sequences"].update({'x"; DROP TABLE y': 1}), "manifest.json"),
            (lambda said: said.update(tables=[]), "manifest.json"),
            (lambda said: said["members"].pop("key.json"), "manifest.json"),
            (lambda said: said["members"].update({"documents/../../out": said["members"]["key.json"]}), "../../out"),
        ],
    )
    def test_is_refused(self, backup: Path, homes: Path, tmp_path: Path, twist: Any, member: str) -> None:
        made = rewritten(backup, tmp_path / "hostile.tar", twist)
        status, document = saldo(homes / "hostile", "restore", str(made))
        assert (status, document["error"]["code"]) == (1, f"server.restore.{'damaged' if member else 'other-version'}")
        assert document["error"]["facts"].get("member", "") == member
        assert not (homes / "out").exists()
        assert not (homes / "hostile" / "made").exists()

    def test_afterwards_a_good_one_comes_back_with_its_own_key(self, lived_in: Path, backup: Path, homes: Path) -> None:
        keep_key(homes / "keyed", "another")  # an earlier try, with a backup of somebody else
        assert saldo(homes / "keyed", "restore", str(backup))[0] == 0
        assert describe(homes / "keyed").key == describe(lived_in).key


def rewritten(backup: Path, target: Path, twist: Any) -> Path:
    """The same backup with another manifest; a member that is only named there gets the bytes of the key."""
    with tarfile.open(backup) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            stream = old.extractfile(member)
            assert stream is not None
            data = stream.read()
            if member.name == "manifest.json":
                said = json.loads(data)
                twist(said)
                data = json.dumps(said).encode()
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
            if member.name == "key.json":
                member.name = "documents/../../out"
                new.addfile(member, io.BytesIO(data))
    return target


class TestPowerCuts:
    @pytest.mark.parametrize("after", [0.4, 0.8, 1.2])
    def test_in_the_middle_of_a_backup_leave_the_older_one(
        self, lived_in: Path, backup: Path, homes: Path, after: float
    ) -> None:
        target = homes / "again.tar"
        target.write_bytes(backup.read_bytes())
        _kill(lived_in, ["backup", str(target), "--company", "Fjordlys"], after=after)
        with opened_archive(target) as (manifest, tar):
            check_members(tar, manifest)
        assert saldo(lived_in, "backup", str(target), "--company", "Fjordlys")[0] == 0

    @pytest.mark.parametrize("after", [1.5, 3])
    def test_in_the_middle_of_a_restore_leave_no_installation_and_it_can_be_done_again(
        self, lived_in: Path, backup: Path, homes: Path, after: float
    ) -> None:
        home = homes / f"cut-{after}"
        if _kill(home, ["restore", str(backup)], after=after):
            status, document = saldo(home, "explain", "--customer", "x", "--from", "2026-01", "--to", "2026-02")
            assert (status, document["error"]["code"]) == (1, "server.no-installation")
            assert saldo(home, "restore", str(backup))[0] == 0
        assert len(all_rows(describe(home))["charges_line"]) == len(all_rows(describe(lived_in))["charges_line"])


def _kill(home: Path, words: list[str], *, after: float) -> bool:
    """Start a command and kill it; False when it was done before."""
    running = subprocess.Popen(
        [*SALDO, *words],
        env={**os.environ, "SALDO_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after)
    if running.poll() is not None:
        return False
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    return True

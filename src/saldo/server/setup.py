"""Making an installation: database, roles, tables, first company. Doing it again changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
from psycopg import sql

from saldo.server.installation import Installation, Login, UnableToOpen, describe, start_database


def make_installation(home: Path) -> Installation:
    """Make or finish the installation of this home: secrets, database, roles, tables.

    Refuses (UnableToOpen): server.database-will-not-start, server.database-refuses.
    """
    installation = describe(home)
    start_database(installation)
    try:
        _make_database(installation)
    except psycopg.Error as said:
        raise UnableToOpen(code="server.database-refuses", facts={"said": str(said).strip()}) from said
    start_django(home)
    migrate()
    for folder in (installation.landing, installation.line_store, installation.document_store):
        folder.mkdir(mode=0o700, exist_ok=True)
    (home / "made").touch()
    return installation


def start_django(home: Path) -> None:
    """Load Django for this home."""
    os.environ["SALDO_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saldo.server.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables up to date, as their owner."""
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False)


def _make_database(installation: Installation) -> None:
    superuser = installation.superuser
    if superuser is not None:
        with psycopg.connect(**superuser.as_psycopg(), autocommit=True) as connection:
            ensure_role(connection, installation.owner)
            ensure_database(connection, installation.owner)
    with psycopg.connect(**(superuser or installation.owner).as_psycopg(), autocommit=True) as connection:
        ensure_role(connection, installation.app)
    with psycopg.connect(**installation.owner.as_psycopg(), autocommit=True) as connection:
        let_app_in(connection, owner=installation.owner, app=installation.app)


def ensure_role(connection: psycopg.Connection, login: Login) -> None:
    """A role that may sign in and nothing else: no superuser, no BYPASSRLS (row-level security holds for it)."""
    known = connection.execute("select 1 from pg_roles where rolname = %s", (login.role,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}")
    if known:  # only a superuser may name those attributes, and an external owner need not be one
        statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(verb, sql.Identifier(login.role), sql.Literal(login.password)))


def ensure_database(connection: psycopg.Connection, owner: Login) -> None:
    """The database of this name, owned by the role that migrates."""
    if not connection.execute("select 1 from pg_database where datname = %s", (owner.database,)).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(owner.database), sql.Identifier(owner.role))
        )


def let_app_in(connection: psycopg.Connection, *, owner: Login, app: Login) -> None:
    """The app reads and writes rows of tables that the owner makes; it makes, changes and empties none."""
    owner_role, app_role = sql.Identifier(owner.role), sql.Identifier(app.role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(owner=owner_role, app=app_role))

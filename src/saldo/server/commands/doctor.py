"""``saldo doctor``: is everything here and well? Each line says what it looked at and what to do."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.server.drafts import list_places, sweep_drafts
from saldo.server.installation import Installation, find_installation, home_folder, start_database

Health = Literal["well", "note", "ill"]
_MARKS = {"well": "ok  ", "note": "note", "ill": "ILL "}
_LOW_DISK_BYTES = 2 * 1024**3
_PACKAGE = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    health: Health
    says: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Looking is all, unless asked to bring the tables up to date."""
    parser.add_argument("--migrate", action="store_true", help="bring the tables up to date first")


def run(args: argparse.Namespace, out: Output) -> int:
    """Look at everything; 1 when something is ill."""
    installation = find_installation(home_folder())
    findings = [_python(), _words(), _page_files(), _browser(), _disk(), *_backups()]
    findings += _database(installation, migrate=args.migrate) if installation else [_no_installation()]
    out.document({"findings": [{"what": f.what, "health": f.health, "says": f.says} for f in findings]})
    for finding in findings:
        out.say(f"{_MARKS[finding.health]}  {finding.what:<22} {finding.says}")
    return int(any(finding.health == "ill" for finding in findings))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "well" if sys.version_info >= (3, 11) else "ill", version)


def _words() -> Finding:
    found = len(list((_PACKAGE / "locale").glob("*/LC_MESSAGES/django.mo")))
    return Finding("words", "well" if found == 5 else "ill", f"{found} of 5 languages compiled (make words)")


def _page_files() -> Finding:
    is_there = (_PACKAGE / "desk" / "static" / "vendor").is_dir()
    return Finding("page files", "well" if is_there else "ill", "from npm, by make setup" if is_there else "make setup")


def _browser() -> Finding:
    found = shutil.which("chromium")
    return Finding("browser for tests", "well" if found else "note", found or "make setup-browser installs it")


def _disk() -> Finding:
    home = home_folder()
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    return Finding("disk", "well" if free > _LOW_DISK_BYTES else "ill", f"{free / 1024**3:,.0f} GiB free")


def _backups() -> list[Finding]:
    """What killed backups left where backups went to; it is removed here."""
    swept = {place: sweep_drafts(place) for place in list_places(home_folder()) if place.is_dir()}
    return [
        Finding("backups", "note", f"removed {count} unfinished in {place}, of a backup that was stopped")
        for place, count in swept.items()
        if count
    ]


def _no_installation() -> Finding:
    return Finding("installation", "note", f"none in {home_folder()} yet; saldo init makes one")


def _database(installation: Installation, *, migrate: bool) -> list[Finding]:
    from saldo.server.setup import start_django

    start_database(installation)
    start_django(installation.home)
    if migrate:
        from saldo.server.setup import migrate as bring_up_to_date

        bring_up_to_date()
    looks: tuple[Callable[[Installation], Finding], ...] = (_server, _role, _tables, _companies)
    return [look(installation) for look in looks] + _seals()


def _server(installation: Installation) -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10000
    kind = "embedded" if installation.superuser else "external"
    return Finding("PostgreSQL", "well" if version >= 15 else "ill", f"{kind}, version {version}, 15 or newer needed")


def _role(installation: Installation) -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, is_exempt = cursor.fetchone()
    said = "may see other companies' rows" if is_exempt else "held by row-level security"
    return Finding("database role", "ill" if is_exempt else "well", f"{name}, {said}")


def _tables(installation: Installation) -> Finding:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(
        "tables",
        "ill" if missing else "well",
        f"{missing} steps behind (saldo doctor --migrate)" if missing else "up to date",
    )


def _companies(installation: Installation) -> Finding:
    from saldo.parties.queries import list_companies

    names = [company.name for company in list_companies()]
    return Finding("companies", "well" if names else "note", ", ".join(names) or "none yet; saldo init makes one")


def _seals() -> list[Finding]:
    """Log and books of each company against their seals; none while the tables are behind."""
    from django.db import ProgrammingError

    from saldo.parties.company import company_context
    from saldo.parties.queries import list_companies

    findings = []
    for company in list_companies():
        try:
            with company_context(company.id):
                looks = (_log_seals, _book_seals, _kept_sums)
                findings += [look(company.id, company.name) for look in looks]
        except ProgrammingError:
            findings.append(Finding("seals", "note", f"{company.name}: not looked at, the tables are behind"))
    return findings


def _log_seals(company: CompanyId, name: str) -> Finding:
    from saldo.audit.queries import check_chain

    chain = check_chain(company=company)
    if chain.state == "broken":
        return Finding("log", "ill", f"{name}: acts of {chain.broken_on} are not what was sealed")
    until = f"sealed until {chain.sealed_until}" if chain.sealed_until else "no day sealed yet"
    return Finding("log", "well", f"{name}: {until}")


def _book_seals(company: CompanyId, name: str) -> Finding:
    from saldo.ledger.seals import find_items_out_of_step, verify_seals

    books = verify_seals(company=company)
    if books.state == "broken":
        which = f", {books.changed} for one" if books.changed else ""
        return Finding("books", "ill", f"{name}: postings of {books.broken_on} are not as they were posted{which}")
    strays = find_items_out_of_step(company=company)
    if strays:
        return Finding("books", "ill", f"{name}: allocations do not leave what is open of {', '.join(strays)}")
    until = f"sealed until {books.sealed_until}" if books.sealed_until else "no day sealed yet"
    return Finding("books", "well", f"{name}: {until}")


def _kept_sums(company: CompanyId, name: str) -> Finding:
    from saldo.charges.kept_sums import find_totals_out_of_step
    from saldo.invoicing.margin_pages import find_margins_out_of_step

    strays = (*find_totals_out_of_step(company=company), *find_margins_out_of_step(company=company))
    if strays:
        return Finding("sums", "ill", f"{name}: what is kept is not what the lines come to, {', '.join(strays)}")
    return Finding("sums", "well", f"{name}: every total equals its lines")

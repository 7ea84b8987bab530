"""The demo of ``saldo run --demo``: a partner that nobody is, five people to sign in as, half a year of bills.

Months are closed, most customers have paid, the newest month waits for review and Microsoft for money (`demo_money`).

Everything comes from the generator and goes in through the same import as a person's own files. Two files stay outside
for the person to try: the next month's charges, and the whole of a usage file that was imported with its end missing,
so that one check fails until the whole file takes its place.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.server.demo_money import give_money
from saldo.server.installation import Installation

COMPANY, COUNTRY, CURRENCY, ZONE = "Fjällbyte Partner AB", "SE", "SEK", "Europe/Stockholm"
CUSTOMERS, MONTHS, USAGE_ROWS, SEED = 40, 6, 12_000, 20
BATCH = "demo"
_KEPT_BACK = "to-try"
_SHARE_KEPT = 0.97  # of the usage file that arrives cut off
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One of the five, one for each role."""

    name: str
    email: str
    role: str


PEOPLE = (
    DemoPerson(name="Karin Lind", email="karin@fjallbyte.example", role="global-admin"),
    DemoPerson(name="Björn Ek", email="bjorn@fjallbyte.example", role="billing-admin"),
    DemoPerson(name="Li Na", email="lina@fjallbyte.example", role="helpdesk-agent"),
    DemoPerson(name="Rafael Souza", email="rafael@fjallbyte.example", role="sales-agent"),
    DemoPerson(name="Lucía Romero", email="lucia@fjallbyte.example", role="user-management-admin"),
)


def ensure_demo_partner(installation: Installation, out: Output) -> None:
    """Fill an empty installation with the demo, or finish one that was interrupted; leave any other as it is."""
    from saldo.audit.log import person
    from saldo.parties.queries import list_companies
    from saldo.server.wiring import real_world

    folder = installation.home / "demo"
    is_empty = not list_companies()
    if not is_empty and (not folder.exists() or (folder / "done").exists()):
        return
    out.say(f"Making a demo partner: {CUSTOMERS} customers, {MONTHS} months …")
    folder.mkdir(mode=0o700, exist_ok=True)
    company = _found_company() if is_empty else list_companies()[0].id
    seats = _seat_people(company, folder)
    delivered = _write_files(folder)
    _land(delivered, installation.landing / BATCH)
    shutil.rmtree(folder / "files")
    _import(company)
    _give_customers(company, to=seats["sales-agent"])
    today = real_world().clock.now().date()
    both = (person(seats["billing-admin"]), person(seats["global-admin"]))
    last = Month.of(today).plus(-2)
    give_money(company=company, folder=folder, people=both, last=last, months=MONTHS, today=today)
    (folder / "done").touch()


def find_demo_sign_ins(home: Path) -> list[dict[str, str]]:
    """Role, address and password of the demo's people; nothing for an installation of one's own."""
    try:
        found: list[dict[str, str]] = json.loads((home / "demo" / "sign-ins.json").read_text())
    except FileNotFoundError:
        return []
    return found


def find_demo_files(home: Path) -> Path | None:
    """The folder of the two files that a person may try the import with; None for an installation of one's own."""
    folder = home / "demo" / _KEPT_BACK
    return folder if folder.is_dir() else None


def _found_company() -> CompanyId:
    from saldo.audit.log import COMMAND
    from saldo.parties.actions import found_company
    from saldo.server.wiring import real_world

    now = real_world().clock.now()
    return found_company(
        name=COMPANY, country=COUNTRY, currency=CURRENCY, cloud="global", actor=COMMAND, at=now, zone=ZONE
    )


def _seat_people(company: CompanyId, folder: Path) -> dict[str, int]:
    """Make the five with one new password and note it for the greeting; gives their numbers by role."""
    from saldo.audit.log import COMMAND
    from saldo.parties.company import company_context
    from saldo.parties.people import add_person
    from saldo.server.wiring import real_world

    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    now = real_world().clock.now()
    numbers = {}
    with company_context(company):
        for person in PEOPLE:
            numbers[person.role] = add_person(
                company=company,
                email=person.email,
                name=person.name,
                role=person.role,
                password=password,
                actor=COMMAND,
                at=now,
            )
    sign_ins = [{"role": p.role, "email": p.email, "password": password} for p in PEOPLE]
    with open(folder / "sign-ins.json", "w", opener=_only_for_us) as file:
        json.dump(sign_ins, file)
    return numbers


def _only_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write_files(folder: Path) -> list[Path]:
    """What arrives, its last usage file cut short; next month's charges and the whole file are put aside."""
    from saldo.generator.generation import generate
    from saldo.server.wiring import real_world

    written, kept_back = folder / "files", folder / _KEPT_BACK
    first = Month.of(real_world().clock.now().date()).plus(-MONTHS - 1)
    made = generate(
        folder=written,
        customers=CUSTOMERS,
        months=MONTHS + 1,
        seed=SEED,
        start=first,
        currency=CURRENCY,
        usage_rows=USAGE_ROWS,
    )
    kept_back.mkdir(exist_ok=True)
    last, following = first.plus(MONTHS - 1), first.plus(MONTHS)
    bills = [path for path in made.files if path.name != "truth.json" and not path.name.startswith(str(following))]
    usage = max(path for path in bills if path.match(f"{last}-G*-daily-usage.csv"))
    shutil.copy(usage, kept_back)
    _cut(usage)
    news = (path for path in made.files if path.match(f"{following}-G*-reconciliation.csv"))
    shutil.copy(max(news, key=lambda path: path.stat().st_size), kept_back)
    return bills


def _cut(path: Path) -> None:
    """Leave the end away, as a download that was broken off between two rows."""
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rows[: int(len(rows) * _SHARE_KEPT)]))


def _land(files: list[Path], batch: Path) -> None:
    shutil.rmtree(batch, ignore_errors=True)
    batch.mkdir(mode=0o700, parents=True)
    for file in files:
        file.rename(batch / file.name)


def _import(company: CompanyId) -> None:
    from saldo.audit.log import COMMAND
    from saldo.flows.import_files import import_batch
    from saldo.server.wiring import real_world

    import_batch(company=company, batch=BATCH, actor=COMMAND, world=real_world())


def _give_customers(company: CompanyId, *, to: int) -> None:
    """Every third customer becomes the sales agent's own, so that own and other customers can be seen apart."""
    from saldo.audit.log import COMMAND
    from saldo.parties.actions import assign_customers
    from saldo.parties.company import company_context
    from saldo.parties.queries import list_customers
    from saldo.server.wiring import real_world

    with company_context(company):
        keys = [customer.key for customer in list_customers(company=company)][::3]
        assign_customers(company=company, customers=keys, to=to, actor=COMMAND, at=real_world().clock.now())

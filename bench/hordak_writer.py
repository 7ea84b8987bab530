"""Balanced postings by django-hordak 2, one per commit, in a database of its own on the same server.

Runs in a Python that has Hordak, not in ours: `bench.postings` starts it with the login, the number of postings and of
writers, and reads {"one", "four"} in postings a second. Three legs each, as ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

DATABASE = "hordak_bench"


def enter(login: dict[str, Any]) -> None:
    """Django with Hordak alone."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": DATABASE,
                "HOST": login.get("host", ""),
                "PORT": login.get("port", ""),
                "USER": login["user"],
                "PASSWORD": login["password"],
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="only for a measurement",
        USE_TZ=True,
        CURRENCIES=["SEK"],
        DEFAULT_CURRENCY="SEK",
        HORDAK_CURRENCIES=["SEK"],
    )
    django.setup()


def accounts() -> list[Any]:
    """Receivable, sales and tax."""
    from hordak.models import Account

    names = {"Receivable": "AS", "Sales": "IN", "Tax": "LI"}
    return [
        Account.objects.get_or_create(name=name, defaults={"type": kind, "currencies": ["SEK"], "code": str(number)})[0]
        for number, (name, kind) in enumerate(names.items(), start=1)
    ]


def write(count: int) -> float:
    """Postings a second, each in its own transaction."""
    from django.db import transaction
    from hordak.models import Leg, Transaction
    from moneyed import Money

    receivable, sales, tax = accounts()
    began = time.perf_counter()
    for number in range(count):
        net = 4 + number % 997
        with transaction.atomic():
            made = Transaction.objects.create(description=f"invoice {number}")
            Leg.objects.bulk_create(
                [
                    Leg(transaction=made, account=receivable, debit=Money(net * 125, "SEK") / 100),
                    Leg(transaction=made, account=sales, credit=Money(net, "SEK")),
                    Leg(transaction=made, account=tax, credit=Money(net * 25, "SEK") / 100),
                ]
            )
    return count / (time.perf_counter() - began)


def four(count: int, writers: int) -> float:
    """The same of several writers together."""
    from django.db import connection

    connection.close()
    go_read, go_write = os.pipe()
    children = []
    for _ in range(writers):
        child = os.fork()
        if child == 0:
            os.close(go_write)
            accounts()
            os.read(go_read, 1)
            write(count // writers)
            os._exit(0)
        children.append(child)
    os.close(go_read)
    time.sleep(2)
    began = time.perf_counter()
    os.write(go_write, b"g" * writers)
    ends = [os.waitpid(child, 0)[1] for child in children]
    assert not any(ends)
    return count // writers * writers / (time.perf_counter() - began)


def main() -> None:
    """Make the database once, then measure."""
    import psycopg

    login, count, writers = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    superuser = json.loads(os.environ.get("SALDO_BENCH_SUPERUSER", "null")) or login
    with psycopg.connect(**superuser, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {login['user']}")
    enter(login)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    print(json.dumps({"one": write(count), "four": four(count, writers)}))


if len(sys.argv) == 4:  # started as a program by `bench.postings`; no measurement of its own
    main()

"""A process that closes a month and may be killed: ``python closing_child.py DATABASE COMPANY MONTH CHUNK``."""

from __future__ import annotations

import os
import sys


def main(database: str, company: str, month: str, chunk: str) -> None:
    """Close and issue in small chunks; says so when it begins, and after every chunk."""
    import django
    from django.db import connections

    os.environ["DJANGO_SETTINGS_MODULE"] = "saldo.server.settings"
    django.setup()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = database

    from saldo.core.identity import CompanyId
    from saldo.core.periods import Month
    from saldo.flows import issue_wave, month_close
    from tests.invoicing.months import TODAY
    from tests.rooms.importing import A_WORLD

    month_close.CHUNK = issue_wave.CHUNK = int(chunk)
    say("begins")
    month_close.close_month(
        company=CompanyId(int(company)),
        month=Month.parse(month),
        issue=True,
        by="user:1",
        world=A_WORLD,
        today=TODAY,
        tell=lambda done, of: say(f"{done}"),
    )


def say(text: str) -> None:
    """One line on the output, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``saldo restore FILE``: an installation from a backup, in a home where there is none."""

from __future__ import annotations

import argparse
from pathlib import Path

from saldo.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `saldo backup` wrote")


def run(args: argparse.Namespace, out: Output) -> int:
    """Take it back: all of it, or nothing."""
    from saldo.server.installation import home_folder
    from saldo.server.messages import message_of
    from saldo.server.restore import restore_backup

    home = home_folder()
    done = restore_backup(args.file.expanduser().absolute(), home)
    _note()
    out.document({"home": str(home), **done})
    facts = {"home": str(home), "rows": f"{done['rows']:,}", "files": f"{done['files']:,}"}
    out.say(message_of(code="server.restore.done", facts=facts))
    return 0


def _note() -> None:
    """Write down for every company that its rows came back, and that its ways out are closed."""
    from saldo.audit import log
    from saldo.parties.company import company_context
    from saldo.parties.queries import list_companies
    from saldo.server.wiring import real_world

    at = real_world().clock.now()
    for company in list_companies():
        with company_context(company.id):
            log.record(
                company=company.id, code="server.restore.noted", actor=log.COMMAND, subject="installation", at=at
            )

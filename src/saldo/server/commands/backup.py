"""``saldo backup FILE``: everything of the installation in one file, while everybody goes on working."""

from __future__ import annotations

import argparse
from pathlib import Path

from saldo.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; an older one is replaced")


def run(args: argparse.Namespace, out: Output) -> int:
    """Take it, and write down for every company that it was taken."""
    from saldo.audit import log
    from saldo.parties.company import company_context
    from saldo.parties.queries import list_companies
    from saldo.server.backup import take_backup, taken_document
    from saldo.server.installation import describe

    at = args.world.clock.now()
    taken = take_backup(describe(args.home), args.file.expanduser().absolute(), at=at)
    facts = {"sha256": taken.sha256, "bytes": taken.size}
    for company in list_companies():
        with company_context(company.id):
            log.record(
                company=company.id,
                code="server.backup.taken",
                actor=log.COMMAND,
                subject="installation",
                at=at,
                facts=facts,
            )
    out.document(taken_document(taken))
    words = args.words(
        code="server.backup.done",
        facts={"file": str(taken.file), "rows": f"{taken.rows:,}", "files": f"{taken.files:,}"},
    )
    out.say(words)
    return 0

"""``saldo export invoice``: an issued document as PDF or as e-invoice, the bytes that are kept for ever."""

from __future__ import annotations

import argparse
import sys

from saldo.cli.output import Output

FORMS = ("pdf", "ubl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which document, in which form."""
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--format", required=True, choices=FORMS)


def run(args: argparse.Namespace, out: Output) -> int:
    """Write the document's bytes to stdout, rendered first where that has not happened yet."""
    from saldo.audit.log import COMMAND
    from saldo.flows.render_papers import paper_of

    data = paper_of(company=args.company_id, number=args.number, form=args.format, world=args.world, by=COMMAND)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0

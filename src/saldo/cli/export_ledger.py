"""``saldo export ledger``: every posting of the books, streamed."""

from __future__ import annotations

import argparse
import sys

from saldo.cli.output import Output

FORMATS = ("hledger", "beancount", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For which program."""
    parser.add_argument("--format", required=True, choices=FORMATS)


def run(args: argparse.Namespace, out: Output) -> int:
    """Write the whole ledger of the company."""
    from saldo.ledger.rules.export import write_beancount, write_csv, write_hledger
    from saldo.ledger.seals import read_postings
    from saldo.parties.company import company_context

    write = {"hledger": write_hledger, "beancount": write_beancount, "csv": write_csv}[args.format]
    with company_context(args.company_id):
        read = read_postings(company=args.company_id, after=0, until=None)
        sys.stdout.writelines(write(sealed.posting for sealed in read))
    return 0

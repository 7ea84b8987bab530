"""``saldo export``: what stands here, as other programs read it. The bytes are the result; ``--json`` changes nothing.

Each part is a module with ``add_arguments(parser)`` and ``run(args, out)``.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from saldo.cli.output import Output

PARTS = (
    ("invoice", "saldo.cli.export_invoice", "an issued document as PDF or e-invoice"),
    ("ledger", "saldo.cli.export_ledger", "the whole ledger for hledger, beancount or as CSV"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to export; the rest is each part's own."""
    parts = parser.add_subparsers(dest="part", metavar="WHAT", required=True)
    for name, module, help_text in PARTS:
        part = parts.add_parser(name, help=help_text, description=help_text)
        # as before the part's name: who writes it behind means the same
        part.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        part.add_argument("--company", metavar="NAME", default=argparse.SUPPRESS, help="the company")
        import_module(module).add_arguments(part)


def run(args: argparse.Namespace, out: Output) -> int:
    """Write the part asked for to stdout."""
    module = next(module for name, module, _ in PARTS if name == args.part)
    return int(import_module(module).run(args, out))

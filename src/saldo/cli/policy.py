"""``saldo policy``: check a collections policy, replay events through it, or run it over history."""

from __future__ import annotations

import argparse
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from saldo.cli.output import Output
from saldo.core.problems import as_seen

_KINDS = {
    "check": "prove a policy sound, or show by examples where it is not",
    "simulate": "replay events on an empty book and show what the policy does",
    "backtest": "run policies over history and compare what they would have done",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked of the policy, each with its own arguments."""
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", required=True)
    for kind, help_text in _KINDS.items():
        if find_spec(_module_name(kind)) is None:
            continue
        sub = kinds.add_parser(kind, help=help_text, description=help_text)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document")
        sub.add_argument("--company", metavar="NAME", type=as_seen, default=argparse.SUPPRESS, help="the company")
        _module(kind).add_arguments(sub)


def needs(args: argparse.Namespace) -> str:
    """Nothing, unless the kind asks for the installation's own books."""
    ask = getattr(_module(args.kind), "needs", None)
    return "nothing" if ask is None else str(ask(args))


def run(args: argparse.Namespace, out: Output) -> int:
    """Run what was asked for."""
    return int(_module(args.kind).run(args, out))


def _module_name(kind: str) -> str:
    return f"saldo.cli.policy_{kind}"


def _module(kind: str) -> ModuleType:
    return import_module(_module_name(kind))

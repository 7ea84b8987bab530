"""The table of commands: name, module, one line of help, and what must be ready before it runs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Literal

from saldo.core.problems import as_seen

Needs = Literal["nothing", "installation", "installation-or-new"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its module is imported only when it is asked for, so that ``--help`` is quick."""

    name: str
    module: str
    help: str
    needs: Needs

    def load(self) -> ModuleType:
        """The module with ``add_arguments(parser)`` and ``run(args, out)``."""
        return import_module(self.module)

    def needed_by(self, args: argparse.Namespace) -> Needs:
        """What these arguments need; a command whose kinds differ says so itself, with ``needs(args)``."""
        ask = getattr(self.load(), "needs", None)
        needed: Needs = self.needs if ask is None else ask(args)
        return needed


COMMANDS = (
    Command("init", "saldo.server.commands.init", "make the installation and its first company", "nothing"),
    Command("run", "saldo.server.commands.run", "serve the desk on this machine", "nothing"),
    Command("demo", "saldo.cli.demo", "tell the story: what was charged, who moved, why, what is owed", "nothing"),
    Command("import", "saldo.cli.import_", "read Microsoft's files", "installation-or-new"),
    Command("settings", "saldo.cli.settings", "take over debtors, terms or prices from a sheet", "installation"),
    Command("opening", "saldo.cli.opening", "take over the open items of the old book", "installation"),
    Command("shadow", "saldo.cli.shadow", "compare a month with what the old tool billed", "installation"),
    Command("bill", "saldo.cli.bill", "show a customer's bill of a month", "installation"),
    Command("close", "saldo.cli.close", "draft, or issue, the customers' invoices of a month", "installation"),
    Command("explain", "saldo.cli.explain", "explain why a customer's bill changed", "installation"),
    Command("receive", "saldo.cli.receive", "read a bank's files and match what came in", "installation-or-new"),
    Command("statement", "saldo.cli.statement", "show what a customer owes on a day", "installation"),
    Command("payables", "saldo.cli.payables", "show what is owed to Microsoft, and by when", "installation"),
    Command("export", "saldo.cli.export", "write what stands here for other programs", "installation"),
    Command("outbox", "saldo.cli.outbox", "show what is sent, waits, or came back", "installation"),
    Command("round", "saldo.cli.round", "carry the collections policy out for a day", "installation"),
    Command("policy", "saldo.cli.policy", "prove a collections policy, or try it out", "nothing"),
    Command("generate", "saldo.cli.generate", "write the files of a synthetic partner", "nothing"),
    Command("person", "saldo.server.commands.person", "add a person who may sign in, with a role", "installation"),
    Command("backup", "saldo.server.commands.backup", "write everything into one file", "installation"),
    Command("restore", "saldo.server.commands.restore", "make an installation from a backup", "nothing"),
    Command("doctor", "saldo.server.commands.doctor", "check machine, database and files", "nothing"),
)


def parser(argv: list[str]) -> argparse.ArgumentParser:
    """The whole command line; only the command that ``argv`` names gets its arguments."""
    top = argparse.ArgumentParser(prog="saldo", description="From Microsoft's bill to the customer's last cent.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in argv if not word.startswith("-")), None)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        sub.add_argument("--json", action="store_true", help="print exactly one JSON document")
        sub.add_argument("--company", metavar="NAME", type=as_seen, help="the company; optional while there is one")
        if command.name == asked:
            command.load().add_arguments(sub)
    return top


def command_named(name: str) -> Command:
    """The command of this name."""
    return next(command for command in COMMANDS if command.name == name)

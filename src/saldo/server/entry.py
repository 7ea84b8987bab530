"""The program ``saldo``: reads the words, readies what the command needs, runs it; bad input shows no traceback."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from saldo.cli.commands import Needs, command_named, parser
from saldo.cli.output import Output
from saldo.core.problems import Refused
from saldo.server.clock import MachineClock
from saldo.server.messages import message_of

if TYPE_CHECKING:
    from saldo.server.installation import Installation

DEFAULT_COMPANY = ("My company", "SE", "SEK")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 refused, 2 wrong usage."""
    words = sys.argv[1:] if argv is None else argv
    args = parser(words).parse_args(words)
    command = command_named(args.command)
    out = Output(is_json=args.json)
    args.words, args.clock = message_of, MachineClock()
    try:
        if (needed := command.needed_by(args)) != "nothing":
            _ready(needed, args, out)
        return int(command.load().run(args, out))
    except Refused as refusal:
        return out.fail(refusal.code, _message(refusal), refusal.facts)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        out.note("Stopped.")
        return 130


def _ready(needed: Needs, args: argparse.Namespace, out: Output) -> None:
    """Open the installation, load Django, find the company; put world, words, home and company into the arguments."""
    from saldo.server import installation

    home = installation.home_folder()
    found = installation.find_installation(home)
    if found is None and needed == "installation":
        raise installation.UnableToOpen(code="server.no-installation", facts={"home": str(home)})
    if found is not None:
        from saldo.server.setup import start_django

        installation.start_database(found)
        start_django(home)
    if needed == "installation-or-new" and not _has_company(found):
        _make_with_defaults(args, out)
    from saldo.parties.queries import get_company
    from saldo.server.wiring import real_world

    args.home = home
    args.world = real_world()
    args.company_id = get_company(name=args.company).id


def _has_company(found: Installation | None) -> bool:
    """Whether there is anything to import into; `saldo run` makes an installation without a company."""
    if found is None:
        return False
    from saldo.parties.queries import list_companies

    return bool(list_companies())


def _make_with_defaults(args: argparse.Namespace, out: Output) -> None:
    from saldo.server.commands.init import make

    name, country, currency = DEFAULT_COMPANY
    made = make(name=args.company or name, country=country, currency=currency, cloud="global")
    out.note(
        f"No company was here yet: made “{args.company or name}”, {country}, {currency}, in {made.home}. "
        "`saldo init` makes one with your own words."
    )


def _message(refusal: Refused) -> str:
    """The refusal in words; the bare code where Django, and with it the languages, is not loaded yet."""
    return message_of(code=refusal.code, facts=refusal.facts)


if __name__ == "__main__":
    sys.exit(main())

"""``saldo init``: make the installation and its first company."""

from __future__ import annotations

import argparse

from saldo.cli.output import Output
from saldo.server.installation import Installation, home_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The company's own facts."""
    parser.add_argument("--country", required=True, metavar="SE", help="country of the company, ISO 3166")
    parser.add_argument("--currency", required=True, metavar="SEK", help="its currency, ISO 4217")
    parser.add_argument("--cloud", default="global", choices=("global", "us-gov", "cn-21vianet"))


def run(args: argparse.Namespace, out: Output) -> int:
    """Make it; a second company of another name joins the installation that is there."""
    if not args.company:
        return out.fail("parties.company.no-name", "Give the company's name: --company NAME")
    made = make(name=args.company, country=args.country, currency=args.currency, cloud=args.cloud)
    out.document({"home": str(made.home), "company": args.company})
    out.say(f"{args.company} is ready in {made.home}.")
    return 0


def make(*, name: str, country: str, currency: str, cloud: str) -> Installation:
    """The installation of this home with a company of this name in it. Refuses what `found_company` refuses."""
    from saldo.server.setup import make_installation

    installation = make_installation(home_folder())
    from saldo.audit.log import COMMAND
    from saldo.parties.actions import found_company
    from saldo.server.clock import MachineClock

    found_company(name=name, country=country, currency=currency, cloud=cloud, actor=COMMAND, at=MachineClock().now())
    return installation

"""``saldo person add``: the first person who may sign in, and later ones for those who like the command line."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime

from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.parties.rules.roles import Role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, and which role."""
    parser.add_argument("act", choices=("add",))
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument(
        "--forget-second-factor", action="store_true", help="for who lost their authenticator and recovery codes"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Make the person, or give a further role to one who is there."""
    from saldo.audit.log import COMMAND
    from saldo.parties.company import company_context
    from saldo.parties.people import add_person

    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else getpass.getpass("Password: ")
    with company_context(args.company_id):
        person = add_person(
            company=args.company_id,
            email=args.email,
            name=args.name,
            role=args.role,
            password=password,
            actor=COMMAND,
            at=args.world.clock.now(),
        )
        if args.forget_second_factor:
            _forget_second_factor(args.company_id, person, args.world.clock.now())
    out.document({"email": args.email, "role": args.role})
    out.say(f"{args.email} may sign in as {args.role}.")
    return 0


def _forget_second_factor(company: CompanyId, user: int, at: datetime) -> None:
    """Take off authenticator and recovery codes, and write that down where there were any."""
    from allauth.mfa.models import Authenticator

    from saldo.audit.log import COMMAND, person, record

    if Authenticator.objects.filter(user_id=user).delete()[0]:
        record(company=company, code="doors.second-factor.off", actor=COMMAND, subject=person(user), at=at)

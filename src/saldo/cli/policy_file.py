"""The policy that `simulate` and `backtest` run: read from its file, with the working days of its country."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from saldo.cli.policy_check import read_text
from saldo.core.problems import Refused, as_seen

if TYPE_CHECKING:
    from saldo.core.workdays import Closed
    from saldo.dunning.rules.policy import Policy


class UnableToReadPolicy(Refused):
    """The file is no policy; the first fault with its line and column."""


def read_policy_file(path: Path, *, command: str) -> tuple[Policy, str]:
    """The policy of a file and the hash of its text; wrong usage (exit 2) where the file cannot be read.

    Refuses (UnableToReadPolicy): dunning.text.*.
    """
    from saldo.dunning.formats.policy_text import read_policy
    from saldo.dunning.rules.policy import Policy, hash_of

    text = read_text(path, command=command)
    read = read_policy(text)
    if isinstance(read, Policy):
        return read, hash_of(text)
    first = read[0]
    facts = {"line": first.line, "column": first.column, "seen": as_seen(first.seen), "faults": len(read)}
    raise UnableToReadPolicy(code=first.code, facts=facts)


def country_argument(text: str) -> str:
    """A country's two letters; refuses (ArgumentTypeError) anything else."""
    if not (text.isascii() and text.isalpha() and len(text) == 2):
        raise argparse.ArgumentTypeError(f"not a country of two letters: {as_seen(text)!r}")
    return text.upper()


def working_days_of(policy: Policy, country: str) -> Closed:
    """The holidays of the country asked for, else of the policy's jurisdiction; without either weekends alone."""
    from saldo.parties.calendars import calendar_of

    return calendar_of(country or policy.jurisdiction)

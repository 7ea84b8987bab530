"""``saldo demo``: the story in the terminal, in an installation of its own that is gone afterwards."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from saldo.cli.output import Output
from saldo.core.identity import LANGUAGES
from saldo.core.problems import Refused


class UnableToTell(Refused):
    """A command of the story was refused; the facts say which, and what it said."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The language of the reasons."""
    parser.add_argument("--lang", default="en", choices=LANGUAGES, help="language of the reasons and figures")


def run(args: argparse.Namespace, out: Output) -> int:
    """Tell it; every command of the story is run as a person would run it."""
    from saldo.demo.story import tell

    with tempfile.TemporaryDirectory(prefix="saldo-demo-", ignore_cleanup_errors=True) as place:
        home = Path(place) / "home"
        _program(home, ["init", "--company", "Fjällbyte Partner AB", "--country", "SE", "--currency", "SEK"])
        told = tell(
            folder=Path(place) / "files",
            program=lambda words: _program(home, words),
            say=out.say,
            lang=args.lang,
        )
    out.document(asdict(told))
    out.say("\nNow your own: `saldo import` with your files, then `saldo run` and a browser.")
    return 0


def _program(home: Path, words: Sequence[str]) -> Mapping[str, Any]:
    """One command in a process of its own with this home; refuses (UnableToTell) what that command refused."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "saldo.server.entry", *words, "--json"],
        env=environment | {"SALDO_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        document: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError as fault:
        facts = {"command": words[0], "said": (done.stderr or done.stdout)[-2000:]}
        raise UnableToTell(code="demo.command-refused", facts=facts) from fault
    if "error" in document:
        facts = {"command": words[0], "said": document["error"]["message"]}
        raise UnableToTell(code="demo.command-refused", facts=facts)
    return document

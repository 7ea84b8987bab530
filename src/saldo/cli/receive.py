"""``saldo receive``: read a bank's files, book what came in and say of each file what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import day_argument
from saldo.cli.output import Output
from saldo.cli.table import lay_out

if TYPE_CHECKING:
    from saldo.core.problems import Problem
    from saldo.flows.receive_files import ReceivedFile

    Words = Callable[..., str]

_MOST_SHOWN = 5
_FIGURES = ("entries", "booked", "duplicates", "matched", "unallocated")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and the day on which they are matched."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a file from a bank")
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="the day of matching")


def run(args: argparse.Namespace, out: Output) -> int:
    """Take them all; 1 when one was refused, and the others are kept."""
    from saldo.audit.log import COMMAND
    from saldo.flows.receive_files import receive_paths

    received = receive_paths(
        company=args.company_id,
        paths=args.files,
        actor=COMMAND,
        world=args.world,
        today=args.today,
        tell=lambda done, of: out.progress(done=done, of=of, what=f"{done:,} / {of:,}"),
    )
    out.document({"files": [as_document(file, words=args.words) for file in received]})
    if not out.is_json:
        _say(received, out, args.words)
    return int(any(file.state == "refused" for file in received))


def as_document(file: ReceivedFile, *, words: Words) -> dict[str, Any]:
    """One file as interface.md has it; a refused file has its reason as its last problem."""
    return {
        "path": file.path,
        "format": file.format or None,
        "entries": file.entries,
        "booked": file.booked,
        "duplicates": file.duplicates,
        "matched": file.matched,
        "unallocated": file.unallocated,
        "problems": [_problem(problem, words) for problem in file.problems],
    }


def _problem(problem: Problem, words: Words) -> dict[str, Any]:
    return {
        "code": problem.code,
        "row": problem.place.row,
        "column": problem.place.column,
        "seen": problem.seen,
        "facts": dict(problem.facts),
        "message": words(code=problem.code, facts=_facts(problem)),
    }


def _facts(problem: Problem) -> dict[str, Any]:
    place = {"row": problem.place.row, "column": problem.place.column, "seen": problem.seen}
    return {**place, **problem.facts}


def _say(received: Sequence[ReceivedFile], out: Output, words: Words) -> None:
    from saldo.doors.words import say

    head = tuple(say(f"cli.receive.{name}") for name in ("path", "format", *_FIGURES))
    body = [(file.path, file.format or "-", *(f"{getattr(file, name):,}" for name in _FIGURES)) for file in received]
    for line in lay_out(rows=[head, *body], figures=(False, False, *(True for _ in _FIGURES))):
        out.say(line)
    for file in received:
        for problem in (*file.problems[: _MOST_SHOWN - 1], *file.problems[_MOST_SHOWN - 1 :][-1:]):
            out.say(f"{file.path}: {words(code=problem.code, facts=_facts(problem))}")
        if len(file.problems) > _MOST_SHOWN:
            out.say(f"{file.path}: " + say("cli.receive.more", count=len(file.problems) - _MOST_SHOWN))

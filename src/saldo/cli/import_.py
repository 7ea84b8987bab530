"""``saldo import``: read Microsoft's files and say of each what became of it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.output import Output

if TYPE_CHECKING:
    from saldo.charges.outcomes import FileOutcome
    from saldo.flows.import_files import FileResult

    Words = Callable[..., str]

_MOST_SHOWN = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files and folders."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a file or folder of Microsoft's")


def run(args: argparse.Namespace, out: Output) -> int:
    """Import them all; 1 when one was refused, and the others are kept."""
    from saldo.audit.log import COMMAND
    from saldo.flows.import_files import import_paths

    results = import_paths(
        company=args.company_id,
        paths=args.paths,
        actor=COMMAND,
        world=args.world,
        tell=lambda done, of: out.progress(done=done, of=of, what=f"{done:,} rows"),
    )
    out.document({"files": [as_document(result, words=args.words) for result in results]})
    if not out.is_json:
        _say(results, out, args.words)
    return int(any(result.state == "refused" for result in results))


def as_document(result: FileResult, *, words: Words) -> dict[str, Any]:
    """One file as JSON; a refused one has no figures, and its refusal as its only problem."""
    if result.outcome is None:
        return _refused(result, words)
    outcome = result.outcome
    return {
        "path": result.path,
        "sha256": result.sha256,
        "kind": outcome.kind,
        "invoice": outcome.document or None,
        "month": str(outcome.month) if outcome.month else None,
        "currency": outcome.currency or None,
        "rows": outcome.rows,
        "lines": outcome.lines,
        "total": _total(outcome),
        "state": result.state,
        "problems": [
            {"code": one.code, "row": one.row, "column": one.column, "seen": one.seen} for one in outcome.problems
        ],
        "checks": [
            {"code": one.code, "passed": one.passed, "tolerated": one.tolerated, "failed": one.failed}
            for one in outcome.checks
        ],
    }


def _refused(result: FileResult, words: Words) -> dict[str, Any]:
    facts = dict(result.facts or {})
    problem = {
        "code": result.code,
        "row": facts.get("row", 0),
        "column": facts.get("column", ""),
        "seen": str(facts.get("seen", "")),
        "message": words(code=result.code, facts=facts),
    }
    return {
        "path": result.path,
        "sha256": result.sha256 or None,
        "kind": result.kind or None,
        "invoice": None,
        "month": None,
        "currency": None,
        "rows": 0,
        "lines": 0,
        "total": None,
        "state": result.state,
        "problems": [problem],
        "checks": [],
    }


def _total(outcome: FileOutcome) -> str | None:
    from saldo.core.money import amount_text, round_half_up

    if outcome.total is None:
        return None
    return amount_text(round_half_up(outcome.total, outcome.currency), outcome.currency)


def _say(results: Sequence[FileResult], out: Output, words: Words) -> None:
    """A table for people, then what is wrong, then one line that sums it up."""
    rows = [_row(result) for result in results]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    for row in rows:
        cells = (
            text.rjust(width) if place in {3, 4} else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        out.say("  ".join(cells).rstrip())
    for result in results:
        _say_faults(result, out, words)
    states = Counter(result.state for result in results)
    out.say(", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "No files there.")


def _row(result: FileResult) -> tuple[str, ...]:
    if result.outcome is None:
        return (result.state, result.kind or "-", "-", "", "", result.path)
    outcome = result.outcome
    total = _total(outcome)
    return (
        result.state,
        outcome.kind,
        str(outcome.month or "-"),
        f"{outcome.rows:,} rows",
        f"{total} {outcome.currency}".strip() if total is not None else "",
        result.path,
    )


def _say_faults(result: FileResult, out: Output, words: Words) -> None:
    if result.outcome is None:
        out.say(words(code=result.code, facts=result.facts or {}))
        return
    for check in result.outcome.checks:
        if check.failed:
            out.say(f"{result.path}: check {check.code} failed {check.failed:,} times, passed {check.passed:,}.")
    for problem in result.outcome.problems[:_MOST_SHOWN]:
        out.say(f"{result.path}: row {problem.row}, {problem.column}: {problem.code}, seen “{problem.seen}”.")
    more = len(result.outcome.problems) - _MOST_SHOWN
    if more > 0:
        out.say(f"{result.path}: {more:,} problems more.")

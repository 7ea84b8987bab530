"""``saldo settings``: take over debtors, terms or prices from a sheet; without ``--confirm``, only show it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.output import Output
from saldo.cli.table import lay_out
from saldo.core.identity import LANGUAGES

if TYPE_CHECKING:
    from saldo.agreements.sheets import Preview, RowPreview
    from saldo.core.problems import Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sheet, and the fingerprint of the preview that is confirmed."""
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV or XLSX with a head of column names")
    parser.add_argument("--confirm", metavar="FINGERPRINT", default="", help="write what the preview showed")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of words, figures and days")


def run(args: argparse.Namespace, out: Output) -> int:
    """Show what the sheet changes, or write it; 1 where a row has a fault."""
    from django.utils import translation

    from saldo.agreements.sheets import preview_sheet, take_sheet
    from saldo.audit.log import COMMAND
    from saldo.doors.words import say
    from saldo.parties.company import company_context

    with translation.override(args.lang.lower()):
        try:
            data = args.file.read_bytes()
        except OSError:
            facts = {"path": str(args.file)}
            return out.fail("cli.settings.no-file", say("cli.settings.no-file", **facts), facts)
        asked = {"company": args.company_id, "data": data, "by": COMMAND, "at": args.world.clock.now()}
        with company_context(args.company_id):
            preview = take_sheet(fingerprint=args.confirm, **asked) if args.confirm else preview_sheet(**asked)
        out.document(_document(preview, args))
        for line in _told(preview, args):
            out.say(line)
    return int(preview.count("fault") > 0)


def _document(preview: Preview, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "kind": preview.kind,
        "fingerprint": preview.fingerprint,
        "written": bool(args.confirm),
        "rows": [
            {
                "row": row.row,
                "key": row.key,
                "state": row.state,
                "cells": [{"column": one.column, "before": one.before, "after": one.after} for one in row.cells],
                "problems": [_problem(one, args) for one in row.problems],
            }
            for row in preview.rows
        ],
    }


def _problem(problem: Problem, args: argparse.Namespace) -> dict[str, Any]:
    told = {"code": problem.code, "row": problem.place.row, "column": problem.place.column, "seen": problem.seen}
    return told | {"message": args.words(code=problem.code, facts=problem.facts)}


def _told(preview: Preview, args: argparse.Namespace) -> Iterator[str]:
    from saldo.doors.words import say

    head = tuple(say(f"cli.settings.{column}") for column in ("row", "subject", "cell", "before", "after"))
    body = [line for row in preview.rows for line in _lines(row, args)]
    if body:
        yield from lay_out(rows=[head, *body], figures=(True, False, False, False, False))
        yield ""
    yield say("cli.settings.counts", **{state: preview.count(state) for state in ("new", "changed", "same", "fault")})
    if args.confirm:
        yield say("cli.settings.written")
    elif not preview.count("fault"):
        yield say("cli.settings.confirm", fingerprint=preview.fingerprint)


def _lines(row: RowPreview, args: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    """Only the cells that change; a fault with its words and what was seen."""
    for cell in row.cells:
        yield (str(row.row), row.key, cell.column, cell.before, cell.after)
    for problem in row.problems:
        said = args.words(code=problem.code, facts=problem.facts, language=args.lang.replace("-", "_"))
        yield (str(row.row), row.key, problem.place.column, problem.seen, said)

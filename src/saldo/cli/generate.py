"""``saldo generate``: write the files of a synthetic partner in Microsoft's formats, and the truth about them."""

from __future__ import annotations

import argparse
from pathlib import Path

from saldo.cli.asked import month_argument
from saldo.cli.output import Output, wrong_usage
from saldo.core.periods import Month

_LAST_YEAR = 9990  # a term of three years must find its end in the calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, how much, and the seed that decides everything."""
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the files")
    parser.add_argument("--customers", required=True, type=int, metavar="N")
    parser.add_argument("--months", required=True, type=int, metavar="M")
    parser.add_argument("--seed", required=True, type=int, metavar="S", help="the same seed writes the same bytes")
    parser.add_argument("--usage-rows", type=int, metavar="K", help="exactly so many rows of daily usage in all")
    parser.add_argument(
        "--start", type=month_argument, default=Month(2026, 1), metavar="YYYY-MM", help="first month (2026-01)"
    )
    parser.add_argument("--currency", default="SEK", metavar="SEK", help="billing currency; Azure is priced in USD")


def run(args: argparse.Namespace, out: Output) -> int:
    """Write the files; refused where the folder cannot be written or the partner cannot be made."""
    from saldo.generator.generation import generate
    from saldo.generator.partner import UnableToGenerate

    if (args.usage_rows or 0) < 0:
        wrong_usage("saldo generate: --usage-rows cannot be negative")
    if args.start.plus(args.months).year >= _LAST_YEAR:
        wrong_usage(
            f"saldo generate: terms of {args.months} months from {args.start} reach beyond the year {_LAST_YEAR}"
        )
    try:
        made = generate(
            folder=args.out,
            customers=args.customers,
            months=args.months,
            seed=args.seed,
            start=args.start,
            currency=args.currency.upper(),
            usage_rows=args.usage_rows,
            progress=lambda done, of: out.progress(done=done, of=of, what="months written"),
        )
    except OSError as fault:
        facts = {"folder": str(args.out), "said": fault.strerror or ""}
        raise UnableToGenerate(code="generator.folder.unwritable", facts=facts) from fault
    files = [str(path) for path in made.files]
    out.document({"folder": str(args.out), "files": files, "rows": made.rows, "usage_rows": made.usage_rows})
    out.say(f"{len(files)} files in {args.out}: {made.rows:,} charges, {made.usage_rows:,} rows of daily usage.")
    return 0

"""The story that `saldo demo` tells: import, does it add up, who moved, why; then invoices and money (`money`).

It speaks to Saldo only as a person would, with commands and their JSON, so that nothing can be shown that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from saldo.core.periods import Month
from saldo.core.written import write_amount
from saldo.demo.money import Program, Setting, ToldMoney, tell_money
from saldo.generator.generation import generate

CUSTOMERS = 3
MONTHS = 4
SEED = 11
START = Month(2026, 3)
CURRENCY = "SEK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the story found, as the command's JSON document says it."""

    files: int
    rows: int
    passed: int
    tolerated: int
    failed: int
    movers: tuple[Mapping[str, str], ...]
    reasons: tuple[Mapping[str, Any], ...]
    unexplained: str
    money: ToldMoney


def tell(*, folder: Path, program: Program, say: Callable[[str], None], lang: str = "en") -> Told:
    """Make a partner in ``folder``, let Saldo read its files and explain its last month; say each step at once."""
    say(f"A partner with {CUSTOMERS} customers and {MONTHS} months, in Microsoft's own formats (seed {SEED}).")
    made = generate(folder=folder, customers=CUSTOMERS, months=MONTHS, seed=SEED, start=START, currency=CURRENCY)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    delivered = [str(path) for path in made.files if path.name != "truth.json"]
    say("\n1. Import")
    files = program(["import", *delivered])["files"]
    _say_files(files, say, lang)
    say("\n2. Does it add up?")
    passed, tolerated, failed = _say_checks(files, say)
    say("\n3. Who moved?")
    before, after = str(START.plus(MONTHS - 2)), str(START.plus(MONTHS - 1))
    movers = _say_movers(truth, before, after, program, say, lang)
    say(f"\n4. Why? {movers[0]['customer']}, {before} to {after}")
    answer = _explain(program, movers[0]["id"], before, after, lang)
    _say_reasons(answer, say, lang)
    setting = Setting(
        folder=folder,
        currency=CURRENCY,
        before=START.plus(MONTHS - 2),
        after=START.plus(MONTHS - 1),
        lang=lang,
        program=program,
        say=say,
    )
    money = tell_money(setting=setting, movers=movers)
    return Told(
        files=len(files),
        rows=sum(file["rows"] for file in files),
        passed=passed,
        tolerated=tolerated,
        failed=failed,
        movers=movers,
        reasons=tuple(answer["reasons"]),
        unexplained=answer["unexplained"],
        money=money,
    )


def _say_files(files: Sequence[Mapping[str, Any]], say: Callable[[str], None], lang: str) -> None:
    for file in files:
        name = Path(file["path"]).name
        if file["kind"] == "invoice-header":
            continue
        total = write_amount(Decimal(file["total"]), file["currency"] or CURRENCY, lang)
        say(f"   {file['state']:<9} {name:<44} {file['rows']:>5} rows {total:>18}")


def _say_checks(files: Sequence[Mapping[str, Any]], say: Callable[[str], None]) -> tuple[int, int, int]:
    sums: dict[str, list[int]] = {}
    for file in files:
        for check in file["checks"]:
            counted = sums.setdefault(check["code"], [0, 0, 0])
            for place, verdict in enumerate(("passed", "tolerated", "failed")):
                counted[place] += check[verdict]
    for code, (passed, tolerated, failed) in sums.items():
        mark = "wrong" if failed else "right"
        say(f"   {mark}  {code:<44} {passed:>6} passed {tolerated:>5} within tolerance {failed:>5} failed")
    totals = [sum(counted[place] for counted in sums.values()) for place in range(3)]
    return totals[0], totals[1], totals[2]


def _say_movers(
    truth: Mapping[str, Any], before: str, after: str, program: Program, say: Callable[[str], None], lang: str
) -> tuple[Mapping[str, str], ...]:
    """Customers by how far their bill moved, the furthest first."""
    movers = []
    for customer in truth["customers"]:
        answer = _explain(program, customer["id"], before, after, lang)
        movers.append(
            {
                "id": customer["id"],
                "customer": customer["name"],
                "before": answer["before"]["total"],
                "after": answer["after"]["total"],
                "change": answer["change"],
            }
        )
    movers.sort(key=lambda mover: -abs(Decimal(mover["change"])))
    for mover in movers:
        figures = [write_amount(Decimal(mover[name]), CURRENCY, lang) for name in ("before", "after")]
        change = write_amount(Decimal(mover["change"]), CURRENCY, lang, signed=True)
        say(f"   {change:>16}   {mover['customer']} ({figures[0]} to {figures[1]})")
    return tuple(movers)


def _say_reasons(answer: Mapping[str, Any], say: Callable[[str], None], lang: str) -> None:
    for reason in sorted(answer["reasons"], key=lambda reason: -abs(Decimal(reason["amount"]))):
        amount = write_amount(Decimal(reason["amount"]), answer["currency"], lang, signed=True)
        say(f"   {amount:>16}   {reason['text']}")
    change = write_amount(Decimal(answer["change"]), answer["currency"], lang, signed=True)
    rest = write_amount(Decimal(answer["unexplained"]), answer["currency"], lang, signed=True)
    say(f"   {change:>16}   in all; unexplained: {rest}")


def _explain(program: Program, customer: str, before: str, after: str, lang: str) -> Mapping[str, Any]:
    return program(["explain", "--customer", customer, "--from", before, "--to", after, "--lang", lang])

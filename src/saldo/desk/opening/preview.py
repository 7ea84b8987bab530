"""What a file of the old book would take over, as its page draws it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from saldo.core.problems import Problem
from saldo.desk import figures
from saldo.desk.fields import read_figure
from saldo.desk.import_detail import say_code
from saldo.doors.visitor import Visitor
from saldo.doors.world import get_world
from saldo.ledger.rules.opening import ControlLine
from saldo.ledger.sheets import OpeningPreview, OpeningRow

SHOWN = 300
MARKS = {"new": "ok", "same": "plain", "fault": "bad"}
_CONTROL = re.compile(r"([A-Za-z]{3})\s*[=:]?\s*([-\u2212+]?\d[\d.,\u00a0\u202f ]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """One row of the file: whose item it is, what is open, what the old tool knew, what is wrong."""

    row: str
    number: str
    debtor: str
    is_new_debtor: bool
    kind: str
    due: str
    open: Decimal | None
    currency: str
    known: str
    mark: str
    state: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlShown:
    """One currency: the sum of the file, its control total, and what lies between them."""

    currency: str
    found: Decimal
    control: Decimal | None
    difference: Decimal
    mark: str
    words: str


def today_of(visitor: Visitor) -> date:
    """The day it is where the company is."""
    return get_world().clock.now().astimezone(ZoneInfo(visitor.company.zone)).date()


def read_controls(text: str) -> dict[str, Decimal] | None:
    """``SEK 123 456,78; EUR 1000``: control totals by currency; None where something else stands there."""
    found: dict[str, Decimal] = {}
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        told = _CONTROL.fullmatch(part.strip())
        value = read_figure(told[2]) if told else None
        if told is None or value is None or told[1].upper() in found:
            return None
        found[told[1].upper()] = value
    return found


def show_preview(seen: OpeningPreview) -> dict[str, Any]:
    """Faults first, then what is new, then what stands here already."""
    rows = [row for state in ("fault", "new", "same") for row in seen.rows if row.state == state]
    return {
        "rows": [_row(row) for row in rows[:SHOWN]],
        "more": max(len(rows) - SHOWN, 0),
        "controls": [_control(line) for line in seen.controls],
        "new_rows": seen.count("new"),
        "same_rows": seen.count("same"),
        "fault_rows": seen.count("fault"),
        "may_take": seen.may_be_taken and seen.count("new") > 0,
        "all_known": seen.may_be_taken and not seen.count("new"),
    }


def say_known(*, dispute: Decimal | None, promise: Decimal | None, until: date | None, step: str, currency: str) -> str:
    """Dispute, promise and step in a few words."""
    told = []
    if dispute is not None:
        told.append(figures.say("pages.opening.disputed", amount=figures.amount(dispute, currency)))
    if promise is not None and until is not None:
        amount = figures.amount(promise, currency)
        told.append(figures.say("pages.opening.promised", amount=amount, until=figures.day(until)))
    if step:
        told.append(figures.say("pages.opening.at-step", step=step))
    return " · ".join(told)


def _row(row: OpeningRow) -> RowShown:
    item = row.item
    return RowShown(
        row=figures.number(row.row),
        number=row.number,
        debtor=row.debtor_name,
        is_new_debtor=row.is_new_debtor,
        kind=figures.say(f"pages.opening.kind.{item.kind}") if item else "",
        due=figures.day(item.due_on) if item else "",
        open=item.open if item else None,
        currency=item.currency if item else "",
        known=say_known(
            dispute=item.dispute.amount if item.dispute else None,
            promise=item.promise.amount if item.promise else None,
            until=item.promise.until if item.promise else None,
            step=item.step,
            currency=item.currency,
        )
        if item
        else "",
        mark=MARKS[row.state],
        state=figures.say(f"pages.opening.row.{row.state}"),
        faults=tuple(say_problem(problem) for problem in row.problems),
    )


def say_problem(problem: Problem) -> str:
    """A fault with its column and what was seen there."""
    facts: Mapping[str, Any] = {"seen": problem.seen} | dict(problem.facts)
    if "as_of" in facts:
        facts = {**facts, "as_of": figures.day(date.fromisoformat(facts["as_of"]))}
    column = figures.say("pages.prices.row-column", column=problem.place.column) if problem.place.column else ""
    seen = figures.say("pages.prices.seen", seen=problem.seen) if problem.seen else ""
    return " ".join(filter(None, (column, say_code(problem.code, facts), seen)))


def _control(line: ControlLine) -> ControlShown:
    state = "holds" if line.holds else "missing" if line.control is None else "differs"
    return ControlShown(
        currency=line.currency,
        found=line.found,
        control=line.control,
        difference=line.difference,
        mark={"holds": "ok", "missing": "wait", "differs": "bad"}[state],
        words=figures.say(f"pages.opening.control.{state}"),
    )

"""One delivery opened: does it add up, what failed and where, the ways out, its versions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse

from saldo.charges.history import CheckSeen, DeliveryOpened, DeliverySeen
from saldo.desk import figures
from saldo.desk.row_words import name_file
from saldo.doors.visitor import Visitor

_ICONS = {
    "failed": ("alert-square-rounded", "ic-bad"),
    "tolerated": ("circle-dashed-check", "ic-ok"),
    "passed": ("circle-check", "ic-ok"),
    "not-run": ("minus", "dim3"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """One failed place of a check; figures only where cost is shown."""

    words: str
    href: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckShown:
    """One check, written."""

    words: str
    state_words: str
    figure: str
    icon: str
    icon_class: str
    is_failed: bool
    rules: str
    places: tuple[PlaceShown, ...]


def open_delivery(*, opened: DeliveryOpened, visitor: Visitor, names: Mapping[str, str]) -> dict[str, Any]:
    """Everything the card shows; ``names`` are the people behind actors."""
    seen = opened.seen
    checks = [show_check(check, visitor.sees_cost) for check in opened.checks]
    checks.sort(key=lambda check: not check.is_failed)
    is_open = seen.state == "counts" and not seen.accepted_because
    can_decide = visitor.may_everywhere("buy.file.decide") and is_open and any(check.is_failed for check in checks)
    return {
        "title": name_file(seen.kind, seen.month, is_estimated=seen.is_estimated),
        "rows_words": figures.say(
            "pages.imports.rows-add-up",
            rows=figures.number(seen.rows),
            lines=figures.number(seen.lines),
            problems=figures.number(seen.rows - seen.lines),
        ),
        "badges": _badges(opened.checks),
        "note": _note(opened, names),
        "checks": checks,
        "can_decide": can_decide,
        "can_take_out": visitor.may_everywhere("buy.file.decide") and seen.state == "counts",
        "accept_href": reverse("desk:import-accept", args=[seen.id]),
        "refuse_href": reverse("desk:import-refuse", args=[seen.id]),
        "refuse_means": figures.say(
            "pages.imports.refuse-means",
            lines=figures.number(seen.lines),
            month=figures.month(seen.month) if seen.month else "—",
        ),
        "refuse_now": figures.say("pages.imports.refuse-now", lines=figures.number(seen.lines)),
        "problems": [_problem(problem, visitor.sees_cost) for problem in opened.problems],
        "problem_count": opened.problem_rows,
        "more_problems": max(opened.problem_rows - len({(p.file, p.row) for p in opened.problems}), 0),
        "facts": _facts(opened, names),
    } | _versions(opened.versions, seen, visitor.sees_cost)


def show_check(check: CheckSeen, with_cost: bool) -> CheckShown:
    """A check in words: what it says, how it went, where it failed."""
    asked = check.passed + check.tolerated + check.failed
    state = "failed" if check.failed else "tolerated" if check.tolerated else "passed" if check.passed else "not-run"
    icon, icon_class = _ICONS[state]
    if state == "failed":
        figure = figures.say("pages.imports.check.of", failed=figures.number(check.failed), all=figures.number(asked))
    elif state == "not-run":
        figure = figures.say("pages.imports.check.not-run")
    else:
        figure = figures.say_many("pages.imports.check.all", asked)
    return CheckShown(
        words=say_code(check.code, {}),
        state_words=figures.say(f"pages.imports.check.{state}"),
        figure=figure,
        icon=icon,
        icon_class=icon_class,
        is_failed=state == "failed",
        rules=check.code,
        places=tuple(_place(sample, with_cost) for sample in check.samples) if state == "failed" else (),
    )


def say_code(code: str, facts: Mapping[str, Any]) -> str:
    """Words of a code from another room; the code itself where nobody wrote any, or facts are missing."""
    try:
        return figures.say(code, **facts) if facts else figures.say(code)
    except (KeyError, ValueError, TypeError):
        return figures.say(code)


def written(value: object) -> str:
    """A figure out of a check's sample, as the reader writes it; other things as they are."""
    try:
        return figures.number(Decimal(str(value)))
    except InvalidOperation:
        return "" if value is None else str(value)


def _place(sample: Mapping[str, Any], with_cost: bool) -> PlaceShown:
    said = sample.get("row")
    row = said if isinstance(said, int) and said > 0 else 0
    words = figures.say("pages.row.number", row=figures.number(row)) if row else _group(sample.get("group", ""))
    href = reverse("desk:import-row", args=[sample["file"], row]) if row and with_cost and sample.get("file") else ""
    return PlaceShown(
        words=words,
        href=href,
        expected=written(sample.get("expected")) if with_cost else "",
        seen=written(sample.get("seen")) if with_cost else "",
    )


def _group(group: object) -> str:
    if isinstance(group, Mapping):
        return ", ".join(f"{value}" for value in group.values() if value)
    if isinstance(group, (list, tuple)):
        return ", ".join(str(part) for part in group if part)
    return str(group)


def _badges(checks: Sequence[CheckSeen]) -> list[dict[str, str]]:
    failed = sum(1 for check in checks if check.failed)
    tolerated = sum(1 for check in checks if not check.failed and check.tolerated)
    passed = sum(1 for check in checks if check.passed and not check.failed and not check.tolerated)
    found = (("bad", "failed", failed), ("ok", "passed", passed), ("plain", "tolerated", tolerated))
    return [
        {"kind": kind, "words": figures.say_many(f"pages.imports.badge.{name}", count)}
        for kind, name, count in found
        if count
    ]


def _note(opened: DeliveryOpened, names: Mapping[str, str]) -> dict[str, str] | None:
    seen = opened.seen
    what, following, kind, icon = "", "", "idle", "info-circle"
    if seen.state == "withdrawn":
        what = figures.say("pages.imports.state.taken-out")
        following = seen.accepted_because
    elif seen.state == "superseded":
        newer = next((one for one in opened.versions if one.id == seen.superseded_by), None)
        billed = seen.is_estimated and (newer is None or not newer.is_estimated)
        what = figures.say("pages.imports.superseded-what" if billed else "pages.imports.replaced-what")
        following = figures.say("pages.imports.replaced-next")
    elif seen.accepted_because:
        what = figures.say("pages.imports.state.accepted-open")
        following, kind, icon = seen.accepted_because, "warn", "alert-triangle"
    elif seen.is_estimated:
        what = figures.say("pages.imports.estimate-what")
    return {"what": what, "next": following, "kind": kind, "icon": icon} if what else None


def _problem(problem: Any, with_cost: bool) -> dict[str, Any]:
    facts = {"row": problem.row, "column": problem.column, "seen": problem.seen}
    return {
        "words": say_code(problem.code, facts),
        "part": problem.part,
        "row": problem.row,
        "column": problem.column,
        "seen": problem.seen if with_cost else "",
        "href": reverse("desk:import-row", args=[problem.file, problem.row]) if with_cost and problem.row else "",
    }


def _facts(opened: DeliveryOpened, names: Mapping[str, str]) -> list[tuple[str, str]]:
    seen = opened.seen
    facts = [
        (figures.say("pages.imports.fact.document"), seen.document or "—"),
        (figures.say("pages.imports.fact.kind"), seen.kind),
        (figures.say("pages.imports.arrived"), figures.minute(seen.received_at)),
        (figures.say("pages.imports.fact.by"), names.get(seen.received_by, seen.received_by)),
        (figures.say("pages.imports.fact.rules"), ", ".join(check.code for check in opened.checks) or "—"),
    ]
    for part in opened.parts[:20]:
        facts += [
            (figures.say("pages.imports.fact.name"), part.name),
            (figures.say("pages.imports.fact.fingerprint"), part.file),
        ]
    return facts


def _versions(versions: Sequence[DeliverySeen], here: DeliverySeen, with_cost: bool) -> dict[str, Any]:
    if len(versions) < 2:
        return {"versions": (), "version_lines": ()}
    shown = list(versions[-4:])
    first = len(versions) - len(shown) + 1
    heads = [
        {
            "text": figures.say("pages.imports.version-number", number=first + index),
            "href": "" if one.id == here.id else f"{reverse('desk:imports')}?delivery={one.id}",
        }
        for index, one in enumerate(shown)
    ]
    lines = [
        {"head": figures.say("pages.imports.arrived"), "cells": [figures.minute(one.received_at) for one in shown]},
        {"head": figures.say("pages.imports.result"), "cells": [say_state(one)[1] for one in shown]},
        {"head": figures.say("pages.rows"), "cells": [figures.number(one.rows) for one in shown]},
        {"head": figures.say("pages.imports.lines"), "cells": [figures.number(one.lines) for one in shown]},
    ]
    if with_cost:
        lines.append(
            {"head": figures.say("pages.total"), "cells": [_total(one) for one in shown]},
        )
    return {"versions": heads, "version_lines": lines}


def _total(one: DeliverySeen) -> str:
    return f"{figures.rounded(one.total, one.currency)} {one.currency}" if one.currency else "—"


def is_failing(seen: DeliverySeen) -> bool:
    """Whether a check failed in something that counts and nobody decided about it yet."""
    return bool(seen.failed_checks) and seen.state == "counts" and not seen.accepted_because


def say_state(seen: DeliverySeen) -> tuple[str, str]:
    """Mark and words of a delivery; one badge a row."""
    if seen.state == "withdrawn":
        return "plain", figures.say("pages.imports.state.taken-out")
    if seen.state == "superseded":
        code = "pages.imports.state.superseded" if seen.is_estimated else "pages.imports.state.replaced"
        return "plain", figures.say(code)
    if seen.accepted_because:
        return "warn", figures.say("pages.imports.state.accepted-open")
    if seen.failed_checks:
        return "bad", figures.say_many("pages.imports.state.checks-failed", seen.failed_checks)
    if seen.rows > seen.lines:
        return "warn", figures.say_many("pages.imports.state.with-problems", seen.rows - seen.lines)
    return "ok", figures.say("pages.imports.state.accepted")

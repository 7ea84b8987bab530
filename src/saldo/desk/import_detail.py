"""One delivery opened: does it add up, what failed and where, the ways out, its versions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from saldo.charges.history import DeliveryOpened, DeliverySeen
from saldo.desk import figures
from saldo.desk.check_shown import badges, show_checks
from saldo.desk.row_words import name_file
from saldo.doors.visitor import Visitor


def open_delivery(*, opened: DeliveryOpened, visitor: Visitor, names: Mapping[str, str]) -> dict[str, Any]:
    """Everything the card shows; ``names`` are the people behind actors."""
    seen = opened.seen
    checks = show_checks(opened=opened, company=visitor.company.id, with_cost=visitor.sees_all_cost)
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
        "badges": badges(opened.checks),
        "note": _note(opened, names),
        "checks": checks,
        "can_decide": can_decide,
        "can_take_back": visitor.may_everywhere("buy.file.decide") and _can_come_back(opened),
        "take_back_href": reverse("desk:import-take-back", args=[seen.id]),
        "take_back_means": figures.say(
            "pages.imports.take-back-means",
            lines=figures.number(seen.lines),
            month=figures.month(seen.month) if seen.month else "—",
        ),
        "accept_href": reverse("desk:import-accept", args=[seen.id]),
        "refuse_href": reverse("desk:import-refuse", args=[seen.id]),
        "refuse_means": figures.say(
            "pages.imports.refuse-means",
            lines=figures.number(seen.lines),
            month=figures.month(seen.month) if seen.month else "—",
        ),
        "refuse_now": figures.say("pages.imports.refuse-now", lines=figures.number(seen.lines)),
        "problems": [_problem(problem, visitor.sees_all_cost) for problem in opened.problems],
        "problem_count": opened.problem_rows,
        "more_problems": max(opened.problem_rows - len({(p.file, p.row) for p in opened.problems}), 0),
        "facts": _facts(opened, names),
    } | _versions(opened.versions, seen, visitor.sees_all_cost)


def _can_come_back(opened: DeliveryOpened) -> bool:
    """Whether it was taken out and no newer version counts instead."""
    newer = (one for one in opened.versions if one.id > opened.seen.id)
    return opened.seen.state == "withdrawn" and not any(one.state == "counts" for one in newer)


def say_code(code: str, facts: Mapping[str, Any]) -> str:
    """Words of a code from another room; the code itself where nobody wrote any, or facts are missing."""
    try:
        return figures.say(code, **facts) if facts else figures.say(code)
    except (KeyError, ValueError, TypeError):
        return figures.say(code)


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

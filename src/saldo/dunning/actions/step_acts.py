"""What a step does when it begins: letters and mails are ordered, tasks opened, suspensions proposed.

Nothing leaves the house here: `flows.send_notices` renders and hands over what these rows order, after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.kept_text import as_json
from saldo.dunning.looking import Look, Seen
from saldo.dunning.rules.ladder import owed_on
from saldo.dunning.rules.policy import LETTERS, Act, Step
from saldo.parties.zones import zone_of

_ZERO = Decimal(0)
_TASKS = {
    "call": "call",
    "external-collection": "external-collection",
    "propose-write-off": "write-off",
}
_BATCH = 1000
# One statement a batch, its rows as one JSON text: a round orders tens of thousands.
_ORDER = """
INSERT INTO dunning_notice (company_id, key, debtor, currency, policy, version, step, letter, language, "on", owed,
    items, told, channels, proof, state, proved_by, evidence, ordered_at, ordered_by)
SELECT %(company)s, key, debtor, currency, policy, version, step, letter, '', "on", owed, items, '{}', channels, proof,
    'ordered', '', '', %(at)s, %(by)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(key text, debtor text, currency text, policy text, version int,
    step text, letter text, "on" date, owed numeric, items jsonb, channels jsonb, proof text)
"""


class _Group(NamedTuple):
    """Items of one debtor, currency and step that begin together: they share one letter (lessons A 9)."""

    debtor: str
    currency: str
    step: str
    on: date


def carry_out_steps(*, look: Look, seen: Sequence[Seen], by: str) -> dict[str, str]:
    """Order everything that the steps of these items do; gives the key of each item's notice, where it has one."""
    groups: dict[_Group, list[Seen]] = {}
    for one in seen:
        group = _Group(one.item.debtor, one.item.currency, one.decision.step, one.today)
        groups.setdefault(group, []).append(one)
    notices = _order_notices(look, groups, by)
    _open_tasks(look, groups)
    _propose_suspensions(look, groups, by)
    return notices


def _order_notices(look: Look, groups: Mapping[_Group, list[Seen]], by: str) -> dict[str, str]:
    telling = {group: members for group, members in groups.items() if _step(members).tells}
    counts = _known(look.company, telling)
    rows, keys = [], {}
    for group, members in telling.items():
        key = f"notice:{group.debtor}:{group.step}:{group.currency}:{group.on.isoformat()}"
        key = f"{key}:{counts[key] + 1}" if counts.get(key) else key
        rows.append(_notice(group, members, key))
        keys.update({one.item.item: key for one in members})
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_ORDER, {"company": look.company, "at": look.at, "by": by, "rows": as_json(rows)})
    return keys


def _known(company: CompanyId, groups: Iterable[_Group]) -> dict[str, int]:
    """How many notices of a debtor, step and day there are already: an item seen later that day gets one of its own."""
    asked = list(groups)
    rows = models.Notice.objects.filter(
        company_id=company,
        debtor__in={group.debtor for group in asked},
        on__in={group.on for group in asked},
    ).values_list("debtor", "step", "currency", "on")
    counts: dict[str, int] = {}
    for debtor, step, currency, on in rows:
        key = f"notice:{debtor}:{step}:{currency}:{on.isoformat()}"
        counts[key] = counts.get(key, 0) + 1
    return counts


def _notice(group: _Group, members: Sequence[Seen], key: str) -> dict[str, Any]:
    step = _step(members)
    acts = [act for act in step.acts if act.letter is not None]
    items = sorted(members, key=lambda one: (one.item.due_on, one.item.item))
    owed = [owed_on(one.facts, one.today) for one in items]
    return {
        "key": key,
        "debtor": group.debtor,
        "currency": group.currency,
        "policy": members[0].pin[0],
        "version": members[0].pin[1],
        "step": group.step,
        "letter": max((act.letter for act in acts if act.letter), key=LETTERS.index),
        "on": group.on,
        "owed": sum(owed, _ZERO),
        "items": [
            {"item": one.item.item, "due_on": one.item.due_on, "open": one.item.open, "owed": part}
            for one, part in zip(items, owed, strict=True)
        ],
        "channels": [{"channel": act.kind, "state": "ordered"} for act in acts],
        "proof": step.proof,
    }


def _open_tasks(look: Look, groups: Mapping[_Group, list[Seen]]) -> None:
    rows = [
        models.Task(
            company_id=look.company,
            key=f"{kind}:{group.debtor}:{group.step}:{group.currency}:{group.on.isoformat()}",
            kind=kind,
            debtor=group.debtor,
            items=[one.item.item for one in members],
            facts={"step": group.step, "currency": group.currency, "owed": _owed_text(members)},
            due_on=group.on,
            opened_at=look.at,
        )
        for group, members in groups.items()
        for kind in dict.fromkeys(_TASKS[act.kind] for act in _step(members).acts if act.kind in _TASKS)
    ]
    models.Task.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def _propose_suspensions(look: Look, groups: Mapping[_Group, list[Seen]], by: str) -> None:
    """One open proposal a debtor, currency and act: items that come later join it (the unique constraint holds it)."""
    for group, members in groups.items():
        for act in _step(members).acts:
            if act.kind in ("propose-suspension", "end-of-term"):
                _propose(look, group, members, act, by)


def _propose(look: Look, group: _Group, members: Sequence[Seen], act: Act, by: str) -> None:
    items = [one.item.item for one in members]
    owed = sum((owed_on(one.facts, one.today) for one in members), _ZERO)
    standing = models.SuspensionProposal.objects.filter(
        company_id=look.company, debtor=group.debtor, currency=group.currency, act=act.kind, state="proposed"
    ).first()
    if standing is not None:
        standing.items = list(dict.fromkeys([*standing.items, *items]))
        standing.owed += owed
        standing.save(update_fields=["items", "owed"])
        return
    first = members[0]
    models.SuspensionProposal.objects.create(
        company_id=look.company,
        debtor=group.debtor,
        currency=group.currency,
        items=items,
        classes=list(act.classes),
        act=act.kind,
        step=group.step,
        proposed_on=group.on,
        not_before=_local(look, first, first.policy.access.opens),
        owed=owed,
        made_at=look.at,
        made_by=by,
    )


def _local(look: Look, one: Seen, at: time) -> datetime:
    """An hour of the debtor's own day, as an instant."""
    zone = zone_of(country=one.item.country, own=one.item.zone, house=look.zone)
    return datetime.combine(one.today, at, tzinfo=ZoneInfo(zone))


def _step(members: Sequence[Seen]) -> Step:
    step = members[0].decision.enters
    assert step is not None  # only items that enter a step are carried out
    return step


def _owed_text(members: Sequence[Seen]) -> str:
    return f"{sum((owed_on(one.facts, one.today) for one in members), _ZERO):f}"

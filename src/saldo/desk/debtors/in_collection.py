"""What happened to a debtor in collection, on its own timeline."""

from __future__ import annotations

from datetime import date

from saldo.desk.collections.chosen import Chosen
from saldo.desk.debtors.account import Happened


def with_collection(timeline: list[Happened], chosen: Chosen, *, since: date, until: date) -> list[Happened]:
    """The debtor's own timeline with what happened in collection; what comes stands in the card beside it."""
    past = [
        Happened(on=point.on, state=point.state, words=point.words, detail=" · ".join(point.detail))
        for point in chosen.line
        if point.state in ("done", "bad") and point.is_of_collection and since <= point.on <= until
    ]
    happened = [one for one in timeline if one.state not in ("now", "future")]
    now = [one for one in timeline if one.state == "now"]
    coming = [one for one in timeline if one.state == "future"]
    return [*sorted([*happened, *past], key=lambda one: one.on), *now, *coming]

"""Page: two policies beside each other. Steps, settings and a sample's days; whom a change would touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.desk import figures
from saldo.desk.policies.checking import sample_days, sample_of
from saldo.desk.policies.choices import Choice, list_choices
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.dunning.publications import count_held, count_running, list_chosen
from saldo.dunning.rules.policy import Policy
from saldo.dunning.step_words import SaidStep
from saldo.dunning.wording import SaidPolicy, say_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPair:
    """The same step on both sides; None where a side has none."""

    code: str
    first: SaidStep | None
    second: SaidStep | None
    first_day: str
    second_day: str
    by: int | None  # days that the second side is later, on the sample

    @property
    def is_same(self) -> bool:
        """Whether nothing of it differs."""
        return self.first == self.second and self.by == 0

    @property
    def sooner(self) -> int:
        """Days that the second side is sooner."""
        return -(self.by or 0)


@gate_everywhere("dunning.read")
def compare(request: HttpRequest) -> HttpResponse:
    """Choose two; what differs is marked."""
    visitor = get_visitor(request)
    choices = list_choices(company=visitor.company.id)
    keys = list(choices)
    first = choices.get(request.GET.get("first", ""), choices[keys[0]])
    second = choices.get(request.GET.get("second", ""), choices[keys[1]])
    page: dict[str, Any] = {
        "choices": list(choices.values()),
        "first": first,
        "second": second,
    } | _compared(visitor, first, second)
    return render(request, "desk/policies/compare.html", {"page": page})


def _compared(visitor: Visitor, first: Choice, second: Choice) -> dict[str, Any]:
    policies = (first.policy, second.policy)
    if policies[0] is None or policies[1] is None:
        return {"unreadable": first.words if policies[0] is None else second.words}
    a, b = policies[0], policies[1]
    said = (say_policy(a, figures.language()), say_policy(b, figures.language()))
    sample = sample_of({}, visitor)
    days = [{one.step: one.on for one in sample_days(policy, sample, visitor)} for policy in (a, b)]
    pairs = [_pair(code, said, days) for code in _codes(a, b)]
    chosen = list_chosen(company=visitor.company.id, on=visitor.today)
    held = count_held(company=visitor.company.id, chosen=chosen, on=visitor.today)
    running = count_running(company=visitor.company.id)
    on_first = [one for pin, one in running.items() if pin[0] == first.code and first.version in (None, pin[1])]
    return {
        "due": figures.day(sample.due_on),
        "pairs": pairs,
        "changed": sum(not one.is_same for one in pairs),
        "rules": _rules(*said),
        "classes": [
            {"name": x.name, "first": x.sentences, "second": y.sentences, "is_same": x.sentences == y.sentences}
            for x, y in zip(said[0].classes, said[1].classes, strict=True)
        ],
        "held": held.get(first.code, 0) if first.key.startswith("version") else 0,
        "items": sum(one.items for one in on_first) if first.key.startswith("version") else 0,
        "debtors": sum(one.debtors for one in on_first) if first.key.startswith("version") else 0,
    }


def _codes(first: Policy, second: Policy) -> list[str]:
    """Steps of both in one order: those of the first, each step that only the second has after its forerunner."""
    codes = [step.code for step in first.steps]
    place = 0
    for step in second.steps:
        if step.code in codes:
            place = codes.index(step.code) + 1
        else:
            codes.insert(place, step.code)
            place += 1
    return codes


def _pair(code: str, said: Sequence[SaidPolicy], days: Sequence[dict[str, date]]) -> StepPair:
    first, second = (next((step for step in one.steps if step.code == code), None) for one in said)
    on, later = days[0].get(code), days[1].get(code)
    return StepPair(
        code=code,
        first=first,
        second=second,
        first_day=figures.day(on),
        second_day=figures.day(later),
        by=(later - on).days if on and later else (0 if on == later else None),
    )


def _rules(first: SaidPolicy, second: SaidPolicy) -> list[dict[str, str]]:
    """What holds for all steps, where it is said differently: both sides of one matter beside each other."""
    sides = [dict((*one.rules, *one.objecting)) for one in (first, second)]
    codes = dict.fromkeys([*sides[0], *sides[1]])
    pairs = [{"first": sides[0].get(code, ""), "second": sides[1].get(code, "")} for code in codes]
    return [pair for pair in pairs if pair["first"] != pair["second"]]

"""Page: the time machine. One policy or two over the past, counts side by side, and who would have fared otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, say_refusal
from saldo.desk.paging import address
from saldo.desk.policies.choices import Choice, list_choices
from saldo.desk.running import read_progress
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.rules.policy import Policy
from saldo.dunning.rules.tally import Assumption
from saldo.dunning.step_words import title_of
from saldo.flows.backtest_policies import folder_of, read_backtest, start_backtest
from saldo.parties.debtors import name_debtors

_SHOWN = 25
_ROWS = ("touched", "suspensions", "suspensions_paid_soon", "calls", "letters", "releases")


@gate_everywhere("dunning.policy.edit")
def machine(request: HttpRequest) -> HttpResponse:
    """The form, and under it the run that was asked for; an address can be kept and sent."""
    visitor = get_visitor(request)
    run = request.GET.get("run", "")
    page: dict[str, Any] = {
        "choices": list(list_choices(company=visitor.company.id).values()),
        "result": None,
        "running": None,
    }
    keys = [one.key for one in page["choices"]]
    page |= {"first": keys[0], "second": keys[1]}
    if run:
        page |= _run(visitor, run)
    if getattr(request, "htmx", False) and page["running"] is not None:
        return render(request, "desk/policies/_machine_running.html", {"page": page})
    answer = render(request, "desk/policies/machine.html", {"page": page})
    if getattr(request, "htmx", False) and page["result"] is not None:
        answer["HX-Refresh"] = "true"
    return answer


@gate_everywhere("dunning.policy.edit")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Run the chosen policies over our own books or the file that was brought."""
    visitor, asked = get_visitor(request), Asked(request.POST)
    choices = list_choices(company=visitor.company.id)
    keys = dict.fromkeys(key for key in (asked.text("first"), asked.text("second")) if key in choices)
    chosen: list[Choice] = [choices[key] for key in keys]
    file = request.FILES.get("file")
    try:
        if not chosen:
            raise Refused(code="pages.policies.machine.none-chosen")
        run = start_backtest(
            company=visitor.company.id,
            texts=[one.text for one in chosen],
            names=[one.words for one in chosen],
            keys=[one.key for one in chosen],
            data=file.read() if file is not None and asked.text("source") == "file" else None,
            currency=visitor.company.currency,
            country=visitor.company.country,
            today=visitor.today,
            assumption=Assumption(answer_days=_days(asked.text("answer_days"))),
            world=get_world(),
        )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:policy-machine")
    return redirect(address(reverse("desk:policy-machine"), {"run": run}))


def _days(said: str) -> int:
    return min(int(said), 365) if said.isascii() and said.isdigit() and len(said) < 5 else Assumption().answer_days


def _run(visitor: Visitor, run: str) -> dict[str, Any]:
    found = read_backtest(company=visitor.company.id, run=run)
    if found is None:
        raise Http404(figures.say("pages.policies.machine.no-run"))
    asked, result = found
    if result is None:
        told = read_progress(folder_of(company=visitor.company.id, run=run))
        done, of = told[:2] if told is not None else (0, 0)
        words = figures.say("pages.policies.machine.so-far", done=figures.number(done), of=figures.number(of))
        href = address(reverse("desk:policy-machine"), {"run": run})
        return {"running": {"percent": done * 100 // of if of else None, "words": words if of else "", "href": href}}
    return {"result": _result(visitor, asked, result)} | dict(
        zip(("first", "second"), asked.get("keys", ()), strict=False)
    )


def _result(visitor: Visitor, asked: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    policies = [policy for text in asked["texts"] if isinstance(policy := read_policy(text), Policy)]
    sides = result["policies"]
    numbers = [one["customer"] for one in result["differing"]]
    names = name_debtors(company=visitor.company.id, numbers=numbers) if numbers else {}
    return {
        "names": asked["names"],
        "span": figures.say(
            "pages.policies.machine.span",
            first=figures.day(date.fromisoformat(result["first"])),
            last=figures.day(date.fromisoformat(result["until"])),
            receivables=figures.number(result["receivables"]),
            customers=figures.number(result["customers"]),
        ),
        "bad_rows": result["bad_rows"],
        "steps": _steps(policies, sides),
        "counts": [
            {"words": figures.say(f"pages.policies.machine.count.{row}"), "values": [side[row] for side in sides]}
            for row in _ROWS
        ],
        "cash": _cash(sides, asked),
        "chart": _chart(asked, result),
        "shown": _SHOWN,
        "differing": [
            {"name": names.get(one["customer"], one["customer"]), "steps": _told(policies, one["steps"])}
            for one in result["differing"]
        ],
        "differing_count": result["differing_count"],
        "is_pair": len(sides) > 1,
    }


def _steps(policies: list[Policy], sides: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Notices by step: steps of both policies that write, in the order of the first."""
    titles = {step.code: title_of(step) for policy in reversed(policies) for step in policy.steps if step.tells}
    codes = dict.fromkeys(step.code for policy in policies for step in policy.steps if step.tells)
    rows = [{"words": titles[code], "values": [side["notices"].get(code, 0) for side in sides]} for code in codes]
    total = [sum(side["notices"].values()) for side in sides]
    return [*rows, {"words": figures.say("pages.policies.machine.all-letters"), "values": total, "is_total": True}]


def _cash(sides: list[Mapping[str, Any]], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Money that would come earlier, and by how many days in the mean, under each assumption."""
    rows = []
    for kind in ("assumed", "by_habit"):
        words = figures.say(f"pages.policies.machine.{kind.replace('_', '-')}", days=asked["answer_days"])
        rows.append({"words": words, "values": [_earlier(side[kind]) for side in sides]})
    return rows


def _earlier(saved: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for currency, text in sorted(saved["earlier"].items()):
        value = Decimal(text)
        mean = Decimal(saved["money_days"].get(currency, "0")) / value if value else Decimal(0)
        mean = mean.quantize(Decimal("0.1"))
        found.append(
            {
                "value": f"{figures.amount(round_half_up(value, currency), currency)} {currency}",
                "days": figures.say("pages.policies.machine.days-earlier", days=figures.number(mean)),
            }
        )
    return found


def _chart(asked: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Letters a month under each policy."""
    series = result["months"]
    months = [Month.parse(one) for one in series["months"]]
    return {
        "lang": figures.language(),
        "labels": [figures.month(one) for one in months],
        "sets": [
            {"label": name, "data": counts, "words": [figures.number(one) for one in counts]}
            for name, counts in zip(asked["names"], series["counts"], strict=True)
        ],
    }


def _told(policies: list[Policy], steps: list[Mapping[str, int]]) -> list[str]:
    told = []
    for policy, counts in zip(policies, steps, strict=True):
        parts = [f"{title_of(step)} {counts[step.code]}" for step in policy.steps if counts.get(step.code)]
        told.append(" · ".join(parts) or figures.say("pages.policies.machine.nothing"))
    return told

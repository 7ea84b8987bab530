"""Page: one price rule, its versions as a strip in time and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.queries import list_price_rules
from saldo.agreements.rules.prices import PriceRule
from saldo.desk import figures
from saldo.desk.prices.wording import Sight, group_of, name_targets, say_method, say_scope, say_target, sight_of
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version in the strip; ``place`` is past, now or later."""

    number: int
    place: str
    when: str
    method: str
    reaches: str


@gate("price-list.read")
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: what it prices now, what it priced before, what comes."""
    visitor = get_visitor(request)
    versions, sight = get_versions(visitor, code)
    last = versions[-1]
    names = name_targets(visitor.company.id, [last])
    may_edit = visitor.may_everywhere("price-list.edit")
    page = {
        "code": code,
        "target": say_target(last, names),
        "scope": say_scope(last),
        "group": figures.say(f"pages.prices.group.{group_of(last)}"),
        "strip": strip_of(versions, visitor.today, sight),
        "debtor_href": reverse("desk:price-debtor", args=[last.target]) if last.level == "debtor" else "",
        "change_href": reverse("desk:price-change", args=[code]) if may_edit else "",
        "end_href": reverse("desk:price-end", args=[code]) if may_edit and last.method != "end" else "",
        "hides_cost": not sight.with_cost,
    }
    return render(request, "desk/prices/rule.html", {"page": page})


def get_versions(visitor: Visitor, code: str) -> tuple[tuple[PriceRule, ...], Sight]:
    """A rule's versions, oldest first; one that is not there, or not for this person, is 404 in words."""
    versions = list_price_rules(company=visitor.company.id, code=code)
    sight = sight_of(visitor)
    if not versions or not sight.sees(versions[-1]):
        raise Http404(figures.say("pages.prices.no-rule", rule=code[:80]))
    return versions, sight


def strip_of(versions: tuple[PriceRule, ...], today: date, sight: Sight) -> list[Version]:
    """The versions as a strip in time; what holds today is marked."""
    begun = [version.version for version in versions if version.starts_on <= today]
    held = begun[-1] if begun else 0
    return [
        Version(
            number=version.version,
            place="now" if version.version == held else "past" if version.version < held else "later",
            when=figures.day(version.starts_on),
            method=say_method(version, with_cost=sight.with_cost),
            reaches=figures.say(f"pages.prices.reach.{version.reaches}"),
        )
        for version in versions
    ]

"""What the pages of collections stand on: whose debtors may be shown, in which currency, by which policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.said import say_sentences
from saldo.desk.paging import address
from saldo.doors.visitor import Visitor
from saldo.doors.world import get_world
from saldo.dunning.looking import Look
from saldo.dunning.policies import PolicyShelf
from saldo.dunning.rules.policy import Policy
from saldo.dunning.standings import RoundSeen, count_by_currency, list_rounds
from saldo.flows.dunning_look import look_of
from saldo.parties.debtors import list_own_debtors

READ = "dunning.read"
RELEASE = "dunning.release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One look at the book for one reader: ``reach`` None is everybody, ``counts`` are debtors by currency."""

    visitor: Visitor
    look: Look
    reach: frozenset[str] | None
    currency: str
    counts: dict[str, int]

    @property
    def shelf(self) -> PolicyShelf:
        """The published policies."""
        return self.look.shelf

    @property
    def currencies(self) -> list[str]:
        """Ours first."""
        usual = self.visitor.company.currency
        return sorted({*self.counts, usual}, key=lambda code: (code != usual, code))

    def policy_of(self, code: str, version: int) -> Policy | None:
        """The policy of a pin, or the one of the company."""
        return self.shelf.of((code, version)) or self.usual_policy

    @property
    def usual_policy(self) -> Policy | None:
        """The policy that holds where nothing else was chosen."""
        return self.shelf.of(self.shelf.holding(item="", debtor="", segment=""))


def read_ground(request: HttpRequest, visitor: Visitor) -> Ground:
    """What a page of all debtors needs; an odd currency is our own."""
    reach = reach_of(visitor)
    counts = count_by_currency(company=visitor.company.id, reach=reach)
    asked = request.GET.get("currency", "")[:3].upper()
    usual = visitor.company.currency
    fallback = usual if usual in counts or not counts else max(counts, key=lambda code: counts[code])
    return Ground(
        visitor=visitor,
        look=look_of(company=visitor.company.id, world=get_world()),
        reach=reach,
        currency=asked if asked in counts or asked == usual else fallback,
        counts=counts,
    )


def ground_of_one(visitor: Visitor) -> Ground:
    """What the page of one debtor needs, whom the gate let through: nothing is counted."""
    look = look_of(company=visitor.company.id, world=get_world())
    return Ground(visitor=visitor, look=look, reach=None, currency=visitor.company.currency, counts={})


def reach_of(visitor: Visitor) -> frozenset[str] | None:
    """Whose rows may be shown; None is everybody's."""
    owner = visitor.owner_to_show(READ)
    return None if owner is None else list_own_debtors(company=visitor.company.id, owner=owner)


def name_policy(policy: Policy | None) -> str:
    """``Standard, version 3``, in the reader's language."""
    if policy is None:
        return ""
    name = policy.names.get(figures.language()) or policy.names.get("en") or policy.code
    return figures.say("pages.collections.policy", name=name, version=figures.number(policy.version))


def say_head(ground: Ground) -> str:
    """How many customers by which policy, and what the newest round did."""
    count = ground.counts.get(ground.currency, 0)
    told = [figures.say_many("pages.collections.in-collection", count)]
    if ground.usual_policy is not None:
        told.append(figures.say("pages.collections.by-policy", policy=name_policy(ground.usual_policy)))
    rounds = list_rounds(company=ground.visitor.company.id, limit=1)
    told.append(say_round(rounds[0]) if rounds else figures.say("pages.collections.no-round"))
    return say_sentences(*told)


def say_round(one: RoundSeen) -> str:
    """What a round did, in a sentence."""
    moved = sum(one.moved.values())
    words = figures.say_many("pages.collections.round-moved", moved, at=figures.minute(one.ran_at))
    return words


def tabs(ground: Ground, here: str, *, calls: int) -> list[dict[str, Any]]:
    """The views of collections, this one marked."""
    usual = ground.visitor.company.currency
    facts = {"currency": None if ground.currency == usual else ground.currency}
    pages = [("board", "collections"), ("list", "collections-list"), ("calls", "collections-calls")]
    if ground.visitor.may_everywhere(RELEASE):
        pages.append(("round", "collections-round"))
    pages.append(("people", "collections-people"))
    return [
        {
            "words": figures.say(f"pages.collections.tab.{name}"),
            "href": address(reverse(f"desk:{page}"), facts if name in ("board", "list") else {}),
            "is_here": name == here,
            "count": calls if name == "calls" else 0,
        }
        for name, page in pages
    ]

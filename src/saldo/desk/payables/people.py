"""Whose names stand beside a decision, and who may say yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from saldo.audit.log import person
from saldo.desk import figures
from saldo.doors.visitor import Visitor
from saldo.parties.queries import list_names, list_people
from saldo.parties.rules.roles import Reach, may

_PERSON = "user:"


def name_actors(actors: Iterable[str]) -> Mapping[str, str]:
    """The names behind these actors of the log; what is no person is the system."""
    asked = set(actors)
    numbers = {actor: int(actor.removeprefix(_PERSON)) for actor in asked if actor.startswith(_PERSON)}
    names = list_names(users=numbers.values())
    system = figures.say("pages.payables.by-system")
    return {actor: names.get(numbers[actor], actor) if actor in numbers else system for actor in asked}


def list_approvers(visitor: Visitor, *, but: Iterable[str], capability: str = "buy.payable.approve") -> list[str]:
    """The names of those who could still say yes, without the visitor and without ``but``."""
    left_out = {*but, visitor.actor}
    people = list_people(company=visitor.company.id)
    return [
        one.name or one.email
        for one in people
        if one.is_active
        and not one.is_invited
        and person(one.id) not in left_out
        and may(grants=one.grants, capability=capability, company=visitor.company.id, today=visitor.today).reach
        is Reach.ALL
    ]

"""The signed-in person as every page sees them: who, in which company, on which day, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.http import HttpRequest

from saldo.audit.log import person
from saldo.parties.queries import Company
from saldo.parties.rules.roles import Answer, Grant, Reach, Role, may

COST = "buy.line.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person at the desk. ``today`` is the day in the company's own time zone; ``companies`` are theirs to choose."""

    user: int
    name: str
    email: str
    company: Company
    companies: tuple[Company, ...]
    grants: tuple[Grant, ...]
    today: date

    def answer(self, capability: str, *, is_own_customer: bool | None = None) -> Answer:
        """The rules' whole answer; see `saldo.parties.rules.roles.may`."""
        return may(
            grants=self.grants,
            capability=capability,
            company=self.company.id,
            today=self.today,
            is_own_customer=is_own_customer,
        )

    def may(self, capability: str) -> bool:
        """Whether they may at all, with any customer."""
        return self.answer(capability).is_allowed

    def may_everywhere(self, capability: str) -> bool:
        """Whether they may with every customer, and so with what concerns all of them at once."""
        return self.reach(capability) in {Reach.ALL, Reach.OWN_AREA}

    def reach(self, capability: str) -> Reach:
        """Whose rows to show them."""
        return self.answer(capability).reach

    def owner_to_show(self, capability: str) -> int | None:
        """What lists of customers are narrowed to: None is everybody, a number is one owner's own.

        A reach that opens no customer by itself (requests handed over) gives 0, which owns nobody.
        """
        reach = self.reach(capability)
        if reach is Reach.OWN_CUSTOMERS:
            return self.user
        return None if reach in {Reach.ALL, Reach.OWN_AREA} else 0

    @property
    def sees_all_cost(self) -> bool:
        """Whether what Microsoft charges may be shown for everybody; without it: quantities, dates and causes only."""
        return self.may_everywhere(COST)

    def sees_cost_in_list(self, capability: str) -> bool:
        """Whether a list narrowed by this capability may show amounts: only where cost reaches all of its customers.

        Somebody may answer for everybody in one role, and see the cost of their own customers alone in another.
        """
        return self.sees_all_cost or (
            self.reach(COST) is Reach.OWN_CUSTOMERS and self.reach(capability) is Reach.OWN_CUSTOMERS
        )

    @property
    def roles(self) -> tuple[Role, ...]:
        """Their roles in this company today, in the table's order."""
        held = {g.role for g in self.grants if g.company == self.company.id and self._is_current(g)}
        return tuple(role for role in Role if role in held)

    @property
    def is_global_admin(self) -> bool:
        """Whether everything they do deserves a second look."""
        return Role.GLOBAL_ADMIN in self.roles

    @property
    def initials(self) -> str:
        """Two letters for the top bar."""
        words = (self.name or self.email.partition("@")[0].replace(".", " ")).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def actor(self) -> str:
        """How the audit log calls them."""
        return person(self.user)

    def _is_current(self, grant: Grant) -> bool:
        return grant.ends_before is None or self.today < grant.ends_before


def find_visitor(request: HttpRequest) -> Visitor | None:
    """The person behind a request; None before sign-in, and for a person without any role in any company."""
    return cast("Visitor | None", getattr(request, "visitor", None))


def get_visitor(request: HttpRequest) -> Visitor:
    """The person behind a request that passed the gate."""
    visitor = find_visitor(request)
    if visitor is None:
        raise LookupError("only pages behind the gate have a visitor")
    return visitor

"""Who may do what: five roles as one table, and one function that answers.

The table follows the split of buying from selling: what Microsoft charges us (``buy.``, ``margin.``) stays with the
Billing admin and the Global admin; everybody else answers customers from what the customer is charged and from
explanations without cost. A cell of the table says how far a role reaches with a capability; a missing cell is a no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from saldo.core.identity import CompanyId


class Role(StrEnum):
    """The five roles, named as in Partner Center."""

    GLOBAL_ADMIN = "global-admin"
    USER_MANAGEMENT_ADMIN = "user-management-admin"
    HELPDESK_AGENT = "helpdesk-agent"
    BILLING_ADMIN = "billing-admin"
    SALES_AGENT = "sales-agent"


class Scope(StrEnum):
    """Over what a role is given; a last day may be set with each of them."""

    ALL = "all"
    OWN_CUSTOMERS = "own-customers"
    HANDED_OVER = "handed-over"
    READ_ONLY = "read-only"


class Reach(StrEnum):
    """How far an answer goes, widest first."""

    ALL = "all"
    OWN_AREA = "own-area"
    OWN_CUSTOMERS = "own-customers"
    HANDED_OVER = "handed-over"
    NONE = "none"


WIDEST_FIRST = tuple(Reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role of one person in one company. ``ends_before`` is the first day on which it is gone."""

    company: CompanyId
    role: Role
    scope: Scope = Scope.ALL
    scope_of: str = ""
    ends_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Yes or no, how far, and why; ``needs_second_person`` when one person alone may never finish the act."""

    is_allowed: bool
    because: str
    reach: Reach = Reach.NONE
    providers: frozenset[str] = frozenset()
    needs_second_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One capability: does it change anything, who holds it, and how far."""

    changes: bool
    holders: Mapping[Role, Reach]
    needs_second_person: bool = False


_G, _U, _H, _B, _S = Role
_ALL, _OWN = Reach.ALL, Reach.OWN_CUSTOMERS


def _row(*roles: Role, changes: bool, own: Iterable[Role] = (), area: Iterable[Role] = (), second: bool = False) -> Row:
    holders = dict.fromkeys(roles, _ALL) | dict.fromkeys(own, _OWN) | dict.fromkeys(area, Reach.OWN_AREA)
    return Row(changes=changes, holders=holders, needs_second_person=second)


def _reads(*roles: Role, own: Iterable[Role] = (), area: Iterable[Role] = ()) -> Row:
    return _row(*roles, changes=False, own=own, area=area)


def _changes(*roles: Role, own: Iterable[Role] = (), second: bool = False) -> Row:
    return _row(*roles, changes=True, own=own, second=second)


TABLE: Mapping[str, Row] = {
    # what Microsoft charges us
    "buy.invoice.read": _reads(_G, _B),
    "buy.line.read": _reads(_G, _B),
    "buy.file.import": _changes(_G, _B),
    "buy.file.decide": _changes(_G, _B),
    "margin.read": _reads(_G, _B),
    "buy.payable.approve": _changes(_G, _B, second=True),
    "buy.payment.record": _changes(_G, _B),
    "cash.read": _reads(_G, _B),
    # what the customer is charged
    "sell.invoice.read": _reads(_G, _H, _B, own=[_S]),
    "explanation.read": _reads(_G, _U, _H, _B, own=[_S]),
    "sell.invoice.propose": _changes(_G, _H, _B),
    "sell.invoice.issue": _changes(_G, _B),
    "credit-note.propose": _changes(_G, _H, _B),
    "credit-note.issue": _changes(_G, _B),
    "price-list.read": _reads(_G, _B, _S),
    "price-list.edit": _changes(_G, _B),
    "line.decide": _changes(_G, _B),
    "charge.add": _changes(_G, _B),
    # money that came in, and the books
    "receipt.read": _reads(_G, _B),
    "receipt.match": _changes(_G, _B),
    "refund.approve": _changes(_G, _B, second=True),
    "ledger.read": _reads(_G, _B),
    "ledger.close": _changes(_G, _B),
    "opening.take-over": _changes(_G, _B),
    # customers
    "customer.read": _reads(_G, _H, _B, own=[_S]),
    "contact.edit": _changes(_G, _H, _B, own=[_S]),
    "customer.billing-profile.propose": _changes(_G, _B, own=[_S]),
    "customer.billing-profile.edit": _changes(_G, _B),
    # collections and access
    "dunning.read": _reads(_G, _H, _B, own=[_S]),
    "dunning.policy.edit": _changes(_G, _B),
    "dunning.release": _changes(_G, _B),
    "dunning.call": _changes(_G, _H, _B, own=[_S]),
    "dunning.mark": _changes(_G, _B),
    "dunning.mark.sign": _changes(_G),
    "dunning.hold": _changes(_G, _H, _B, own=[_S]),
    "dunning.promise": _changes(_G, _H, _B, own=[_S]),
    "dunning.dispute": _changes(_G, _H, _B, own=[_S]),
    "subscription.suspend.request": _changes(_G, _H, _B, own=[_S]),
    "subscription.suspend.approve": _changes(_G, _B, second=True),
    "subscription.reactivate": _changes(_G, _H, _B),
    "azure.subscription.cancel.request": _changes(_G, _B),
    "azure.subscription.cancel": _changes(_G, second=True),
    # support
    "case.read": _reads(_G, _U, _H, _B, own=[_S]),
    "case.create": _changes(_G, _U, _H, _B),
    "case.resolve": _changes(_G, _H, _B),
    "case.escalate": _changes(_G, _H, _B),
    "support-offer.publish": _changes(_G, _B),
    "opportunity.create": _changes(_G, _H, _S),
    "opportunity.edit": _changes(_G, _S),
    # the house itself
    "company.settings": _changes(_G, _B),
    "bank-account.propose": _changes(_G, _B),
    "bank-account.approve": _changes(_G, _B, second=True),
    "channel.open": _changes(_G),
    "channel.first-run": _changes(_G, _B, second=True),
    "outbox.read": _reads(_G, _B),
    "people.manage": _changes(_G, _U),
    "audit.read": _reads(_G, _B, area=[_U]),
}
"""Every capability once; the questions a gate may ask."""

APPROVALS = tuple(capability for capability, row in TABLE.items() if row.needs_second_person)
"""What one person alone may never finish."""


def may(
    *, grants: Iterable[Grant], capability: str, company: CompanyId, today: date, is_own_customer: bool | None = None
) -> Answer:
    """May a person with these grants do this in this company today?

    ``is_own_customer`` says whether the customer asked about is the person's own; None asks in general: the answer's
    reach then says whose rows to show. A grant that is read-only changes nothing; one that has ended gives nothing; one
    for requests handed over opens customers only through a request, so it never answers yes about a customer here.
    Unknown capabilities are a KeyError: a gate that asks what nobody decided must never open.
    """
    row = TABLE[capability]
    here = [grant for grant in grants if grant.company == company]
    if not here:
        return Answer(is_allowed=False, because="no-role-in-company")
    current = [grant for grant in here if grant.ends_before is None or today < grant.ends_before]
    if not current:
        return Answer(is_allowed=False, because="role-has-ended")
    holding = [grant for grant in current if grant.role in row.holders]
    if not holding:
        return Answer(is_allowed=False, because="role-may-not")
    fitting = [grant for grant in holding if not (row.changes and grant.scope is Scope.READ_ONLY)]
    if not fitting:
        return Answer(is_allowed=False, because="read-only")
    return _reaching(row, fitting, is_own_customer)


def _reaching(row: Row, grants: list[Grant], is_own_customer: bool | None) -> Answer:
    reach = min((_reach(row, grant) for grant in grants), key=WIDEST_FIRST.index)
    if is_own_customer is not None:
        if reach is Reach.OWN_CUSTOMERS and not is_own_customer:
            return Answer(is_allowed=False, because="not-own-customer")
        if reach is Reach.HANDED_OVER:
            return Answer(is_allowed=False, because="not-handed-over")
    return Answer(
        is_allowed=True,
        because="role-may",
        reach=reach,
        providers=frozenset(grant.scope_of for grant in grants if grant.scope is Scope.HANDED_OVER),
        needs_second_person=row.needs_second_person,
    )


def _reach(row: Row, grant: Grant) -> Reach:
    """The narrower of what the role reaches and what it was given over."""
    by_role = row.holders[grant.role]
    by_scope = {Scope.OWN_CUSTOMERS: Reach.OWN_CUSTOMERS, Scope.HANDED_OVER: Reach.HANDED_OVER}.get(grant.scope, _ALL)
    return max(by_role, by_scope, key=WIDEST_FIRST.index)


def count_approvers(*, grants: Iterable[tuple[int, Grant]], company: CompanyId, today: date) -> int:
    """How many different people may approve something that needs two; fewer than two is an alarm.

    ``grants`` are (person, grant); counted are those whom every role's day and scope still let approve.
    """
    by_person: dict[int, list[Grant]] = {}
    for person, grant in grants:
        by_person.setdefault(person, []).append(grant)
    return sum(
        any(
            may(grants=held, capability=capability, company=company, today=today).is_allowed for capability in APPROVALS
        )
        for held in by_person.values()
    )

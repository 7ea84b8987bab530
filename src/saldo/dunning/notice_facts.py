"""What a notice will say, read anew when it is written: only what is still open, still asked for, still on its step.

Between the round and the letter money may have come, a hold been placed, a document been cancelled: what is gone is
left out, what is kept back waits, and the amounts are those of this moment (lessons A 2, 9, 18).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from saldo.dunning import models
from saldo.dunning.forecasts import forecasts_of
from saldo.dunning.looking import Look, Seen, look_at_books
from saldo.dunning.products import products_of
from saldo.dunning.rules.calendar import earliest_after_notice
from saldo.dunning.rules.costs import Agreed, Claim, Costs, NotCharged, costs_of
from saldo.dunning.rules.forecast import Ahead
from saldo.dunning.rules.ladder import owed_on
from saldo.dunning.rules.law import LawRow, law_of
from saldo.dunning.rules.letter import LetterFacts, LetterItem, tell_ahead
from saldo.dunning.rules.policy import CLEAR, TOUCHES_ACCESS, Policy, Step
from saldo.dunning.rules.reach import Reach, reach
from saldo.invoicing.rules.paper import Account, Side
from saldo.ledger.queries import OpenItem, find_items
from saldo.parties.calendars import calendar_of
from saldo.parties.debtors import (
    Debtor,
    Particulars,
    get_particulars,
    list_bank_accounts,
    list_debtors_numbered,
    list_tenants,
)

Outcome = Literal["tell", "gone", "wait"]
KEEPS_BACK = frozenset(
    {
        *("policy-changed", "insolvency", "on-hold", "disputed", "payment-pending"),
        *("promise-holds", "money-unallocated"),
    }
)
NO_TENANT = "dunning.notice.no-tenant"
_NOBODY, _NO_COSTS = Reach(), Costs()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """A notice as it can be told now. ``outcome``: tell it; gone: nothing of it is left; wait: all is kept back.

    ``kept``: items that wait while the others are told. ``zone`` and ``hours`` say when a mail may leave.
    """

    key: str
    outcome: Outcome
    letter: LetterFacts | None = None
    reach: Reach = _NOBODY
    costs: Costs = _NO_COSTS
    policy: Policy | None = None
    law: LawRow | None = None
    country: str = ""
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What all notices of a look share."""

    look: Look
    seen: Mapping[str, Seen]
    ahead: Mapping[str, tuple[Ahead, ...]]
    debtors: Mapping[str, Debtor]
    items: Mapping[str, OpenItem]
    own: Particulars


def read_unwritten(*, look: Look, limit: int, after: int = 0) -> tuple[list[ToTell], int | None]:
    """The next notices that a round ordered and nobody has written yet, oldest first, after the row named.

    Gives the last row too; None: there are no more.
    """
    rows = models.Notice.objects.filter(company_id=look.company, state="ordered", told={}, id__gt=after)
    found = list(rows.order_by("id")[:limit])
    return read_notices(look=look, notices=found), (found[-1].pk if found else None)


def read_notices(*, look: Look, notices: Sequence[models.Notice]) -> list[ToTell]:
    """What these notices say now, each in the language of its debtor."""
    debtors = sorted({notice.debtor for notice in notices})
    keys = [one["item"] for notice in notices for one in notice.items]
    house = _House(
        look=look,
        seen={seen.item.item: seen for seen in look_at_books(look, debtors)},
        ahead=forecasts_of(look=look, debtors=debtors),
        debtors=list_debtors_numbered(company=look.company, numbers=debtors),
        items=find_items(company=look.company, keys=keys),
        own=get_particulars(company=look.company),
    )
    return [_read(house, notice) for notice in notices]


def _read(house: _House, notice: models.Notice) -> ToTell:
    mine = [house.seen.get(one["item"]) for one in notice.items]
    here = [seen for seen in mine if seen is not None and _stands(seen, notice)]
    telling = [seen for seen in here if seen.decision.because not in KEEPS_BACK]
    if not here:
        return ToTell(key=notice.key, outcome="gone")
    policy = here[0].policy
    step = policy.step_by_code.get(notice.step)
    debtor = house.debtors.get(notice.debtor)
    if not telling or step is None or debtor is None or house.look.bank_is_old(policy):
        return ToTell(key=notice.key, outcome="wait")
    law = _law(house, policy, telling[0].today)
    costs = _costs(house, notice, step, telling, law)
    kept = tuple(seen.item.item for seen in here if seen not in telling)
    return ToTell(
        key=notice.key,
        outcome="tell",
        letter=_letter(house, notice, step, debtor, telling, costs),
        reach=_reach(house, notice, debtor),
        costs=costs,
        policy=policy,
        law=law,
        country=debtor.country or house.look.country,
        kept=kept,
    )


def _stands(seen: Seen, notice: models.Notice) -> bool:
    """Whether an item is still there for this notice: on its step, not cleared; a letter before due only before."""
    if seen.standing.step != notice.step or seen.decision.step == CLEAR:
        return False
    return notice.letter != "before-due" or seen.facts.due_on >= seen.today


def _letter(
    house: _House, notice: models.Notice, step: Step, debtor: Debtor, telling: Sequence[Seen], costs: Costs
) -> LetterFacts:
    today = telling[0].today
    keys = frozenset(seen.item.item for seen in telling)
    ahead = house.ahead.get(notice.debtor, ())
    touches = any(act.kind in TOUCHES_ACCESS for one in ahead for act in one.step.acts)
    products = products_of(company=house.look.company, debtor=notice.debtor) if touches else ()
    later = [one for one in ahead if one.step.code != step.code]
    facts = LetterFacts(
        key=notice.key,
        letter=notice.letter,  # type: ignore[arg-type]  # the round wrote one of LETTERS
        language=debtor.language or house.own.language,
        currency=notice.currency,
        on=today,
        written_at=house.look.at,
        zone=debtor.local_zone,
        seller=_seller(house.own),
        buyer=_buyer(debtor),
        account=_account(house, notice.currency, today),
        items=tuple(_item(seen, house.items[seen.item.item]) for seen in telling),
        pay_by=_pay_by(house, notice, step, telling, debtor),
        ahead=tell_ahead(later, keys, products),
        interest=costs.interest,
        interest_percent=costs.interest_percent,
        interest_until=costs.ends_on,
        fee=costs.fee,
        law=costs.law,
        stops_new_orders=any(act.kind == "stop-new-orders" for act in step.acts),
    )
    return facts if not facts.ahead else replace(facts, pay_by=min(facts.pay_by, facts.ahead[0].on - _DAY))


def _pay_by(house: _House, notice: models.Notice, step: Step, telling: Sequence[Seen], debtor: Debtor) -> date:
    """The last day of the notice that begins today; before the due day, the due day itself."""
    if notice.letter == "before-due":
        return min(seen.facts.due_on for seen in telling)
    closed = calendar_of(debtor.country or house.look.country)
    return earliest_after_notice(step.notice, proved_on=telling[0].today, closed=closed) - _DAY


def _item(seen: Seen, item: OpenItem) -> LetterItem:
    return LetterItem(
        item=item.key,
        document=item.document or item.key.partition(":")[2],
        reference=item.reference,
        due_on=seen.facts.due_on,
        days_late=(seen.today - seen.facts.due_on).days,
        open=seen.facts.open,
        owed=owed_on(seen.facts, seen.today),
    )


def _reach(house: _House, notice: models.Notice, debtor: Debtor) -> Reach:
    return reach(
        notice.letter,  # type: ignore[arg-type]  # the round wrote one of LETTERS
        [one["channel"] for one in notice.channels],
        addresses=[address for _, address in debtor.emails],
        domains=[tenant.domain for tenant in list_tenants(company=house.look.company, debtor=debtor.number)],
        street=debtor.street,
        city=debtor.city,
    )


def _law(house: _House, policy: Policy, on: date) -> LawRow | None:
    return law_of(policy.jurisdiction or house.look.country, on)


def _costs(house: _House, notice: models.Notice, step: Step, telling: Sequence[Seen], law: LawRow | None) -> Costs:
    acts = [act.kind for act in step.acts if act.kind in ("fee", "interest")]
    if not acts:
        return _NO_COSTS
    if not list_tenants(company=house.look.company, debtor=notice.debtor):  # nothing that an invoice could be about
        return Costs(not_charged=tuple(NotCharged(kind, NO_TENANT) for kind in acts))
    before = _charged_before(house.look.company, notice)
    claims = [_claim(seen, house.items[seen.item.item], before) for seen in telling]
    agreed = _agreed(house.look.company, notice.debtor, telling[0].today)
    return costs_of(step, claims, law=law, currency=notice.currency, on=telling[0].today, agreed=agreed)


def _claim(seen: Seen, item: OpenItem, before: Sequence[Mapping[str, Any]]) -> Claim:
    mine = [told for told in before if item.key in told["items"]]
    return Claim(
        item=item.key,
        issued_on=item.issued_on,
        due_on=seen.facts.due_on,
        owed=owed_on(seen.facts, seen.today),
        is_fee=seen.facts.is_fee,
        charged_until=max((told["interest_until"] for told in mine if told["interest_until"]), default=None),
        fees=frozenset(told["fee_kind"] for told in mine if told["fee_kind"]),
    )


def _charged_before(company: int, notice: models.Notice) -> list[dict[str, Any]]:
    """What earlier notices to this debtor have charged or will once they are gone, and for which items."""
    rows = models.Notice.objects.filter(company_id=company, debtor=notice.debtor, currency=notice.currency)
    rows = rows.exclude(state__in=["recalled", "failed"], told__charged__done=False).exclude(key=notice.key)
    found = []
    for told in rows.exclude(told={}).values_list("told", flat=True):
        charged = told.get("charged") or {}
        until = charged.get("interest_until")
        found.append(
            {
                "items": frozenset(charged.get("items", ())),
                "fee_kind": charged.get("fee_kind", ""),
                "interest_until": date.fromisoformat(until) if until else None,
            }
        )
    return found


def _agreed(company: int, debtor: str, on: date) -> Agreed:
    """Since when each is agreed: the first of the clauses that are in force today."""
    rows = models.Clause.objects.filter(company_id=company, debtor=debtor, agreed_on__lte=on)
    since: dict[str, date] = {}
    for row in rows.filter(allows__in=["fee", "interest"]).order_by("agreed_on"):
        if row.ended_on is None or row.ended_on > on:
            since.setdefault(row.allows, row.agreed_on)
    return Agreed(fee=since.get("fee"), interest=since.get("interest"))


def _seller(own: Particulars) -> Side:
    same = ("country", "street", "postcode", "city", "region", "vat_id", "registration", "electronic_address")
    texts = {name: getattr(own, name) for name in (*same, "email", "phone", "website", "has_f_tax")}
    return Side(name=own.legal_name, **texts)


def _buyer(debtor: Debtor) -> Side:
    same = ("name", "number", "country", "street", "postcode", "city", "region", "vat_id", "registration")
    return Side(**{name: getattr(debtor, name) for name in same})


def _account(house: _House, currency: str, on: date) -> Account:
    """Where to pay: the account in the letter's currency, else one with an IBAN."""
    usable = list_bank_accounts(company=house.look.company, usable_on=on)
    chosen = [one for one in usable if one.currency == currency] or [one for one in usable if one.iban]
    return Account(**{name: getattr(chosen[0], name) for name in Account.__slots__}) if chosen else Account()

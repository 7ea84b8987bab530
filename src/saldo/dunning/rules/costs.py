"""The fee and the interest of one notice: asked for only when the law of the day and the debtor's own terms allow it.

What is not asked for keeps its reason. Interest runs on what is open now, from the day after the due day or after the
last day that was charged before, so that no day is charged twice and nothing is asked on what was paid meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from saldo.core.money import ZERO, add_up
from saldo.dunning.rules.interest import OwedSince, interest_of
from saldo.dunning.rules.law import LawRow, fee_rule_for, half_year_of, refusal_of_fee, refusal_of_interest
from saldo.dunning.rules.policy import Act, Step

CLAUSE_MISSING = "dunning.law.clause-missing"
CLAUSE_LATER = "dunning.law.clause-later"
ASKED_ALREADY = "dunning.law.fee-asked-already"
_DAY = timedelta(days=1)
_HALF_YEAR = timedelta(days=184)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One item of a notice: what is asked for of it, and what was charged for its lateness before.

    ``fees``: kinds of fee that it has carried. A fee's own item bears neither fee nor interest.
    """

    item: str
    issued_on: date
    due_on: date
    owed: Decimal
    is_fee: bool = False
    charged_until: date | None = None
    fees: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NotCharged:
    """An act of a step that costs the debtor nothing, and why: a public code."""

    act: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a notice charges. ``interest_of``: by item; ``starts_on`` to ``ends_on`` are the days it is for."""

    fee: Decimal = ZERO
    fee_kind: str = ""
    interest: Decimal = ZERO
    interest_percent: Decimal = ZERO
    interest_of: dict[str, Decimal] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    law: str = ""
    not_charged: tuple[NotCharged, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Since when the debtor's own terms record a late fee and interest; None: they do not."""

    fee: date | None = None
    interest: date | None = None


def costs_of(
    step: Step, claims: Sequence[Claim], *, law: LawRow | None, currency: str, on: date, agreed: Agreed
) -> Costs:
    """What a step's fee and interest come to for these claims on a day; most steps have neither."""
    fees = [act for act in step.acts if act.kind == "fee" and currency in act.net]
    interests = [act for act in step.acts if act.kind == "interest"]
    bearing = [claim for claim in claims if not claim.is_fee and claim.owed > 0]
    refused: list[NotCharged] = []
    fee, kind = _fee(step, fees, bearing, law, currency, agreed, refused)
    charged, percent = _interest(interests, bearing, law, currency, on, agreed, refused)
    begun = [_begins(claim) for claim in bearing if claim.item in charged]
    has_any = bool(fee or charged)
    return Costs(
        fee=fee,
        fee_kind=kind,
        interest=add_up(charged.values()),
        interest_percent=percent if charged else ZERO,
        interest_of=charged,
        starts_on=min(begun, default=None),
        ends_on=on if charged else None,
        law=law.source if law is not None and has_any else "",
        not_charged=tuple(refused),
    )


def _fee(
    step: Step,
    fees: Sequence[Act],
    claims: Sequence[Claim],
    law: LawRow | None,
    currency: str,
    agreed: Agreed,
    refused: list[NotCharged],
) -> tuple[Decimal, str]:
    if not fees or not claims:
        return ZERO, ""
    net = fees[0].net[currency]
    letters = frozenset(act.letter for act in step.acts if act.letter)
    claimed = add_up(claim.owed for claim in claims)
    code = refusal_of_fee(
        law, letters=letters, currency=currency, net=net, claim=claimed, has_clause=agreed.fee is not None
    )
    rule = fee_rule_for(law, letters=letters, currency=currency)
    kind = rule.kind if rule is not None else ""
    code = code or _not_agreed(agreed.fee, claims)
    if code is None and any(kind in claim.fees for claim in claims):
        code = ASKED_ALREADY
    if code is not None:
        refused.append(NotCharged("fee", code))
        return ZERO, ""
    return net, kind


def _interest(
    acts: Sequence[Act],
    claims: Sequence[Claim],
    law: LawRow | None,
    currency: str,
    on: date,
    agreed: Agreed,
    refused: list[NotCharged],
) -> tuple[dict[str, Decimal], Decimal]:
    if not acts or not claims or acts[0].yearly_percent is None:
        return {}, ZERO
    percent = acts[0].yearly_percent
    running = [claim for claim in claims if _begins(claim) <= on]
    code = _not_agreed(agreed.interest, running)
    for day in _days_to_ask(running, on):
        code = code or refusal_of_interest(law, percent=percent, on=day, has_clause=agreed.interest is not None)
    if code is not None or law is None:
        refused.append(NotCharged("interest", code or "dunning.law.no-interest"))
        return {}, ZERO
    found = {
        claim.item: interest_of(
            [OwedSince(since=_begins(claim), amount=claim.owed)],
            currency=currency,
            until=on,
            percent=percent,
            day_count=law.day_count,
        ).total
        for claim in running
    }
    return {item: value for item, value in found.items() if value}, percent


def _not_agreed(agreed_on: date | None, claims: Sequence[Claim]) -> str | None:
    """Terms count from the day they were agreed: they cover no debt that is older (practice 24)."""
    if agreed_on is None:
        return CLAUSE_MISSING
    return CLAUSE_LATER if any(claim.issued_on < agreed_on for claim in claims) else None


def _begins(claim: Claim) -> date:
    return max(claim.due_on, claim.charged_until or claim.due_on) + _DAY


def _days_to_ask(claims: Sequence[Claim], on: date) -> list[date]:
    """A day of every half-year in which interest would run: reference rates hold for that long."""
    first = min((_begins(claim) for claim in claims), default=on)
    days = [on]
    while half_year_of(first) < half_year_of(on):
        days.append(first)
        first = half_year_of(half_year_of(first) + _HALF_YEAR)
    return sorted(days)

"""A whole policy in words: what the public page, the desk's preview and the letters say of it, from the policy alone.

Nothing is told that `ladder.decide` does not do: each sentence is made from the step, the act or the setting itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import translation

from saldo.core.workdays import Closed
from saldo.core.written import write_day
from saldo.dunning.rules.book import Book, BookItem
from saldo.dunning.rules.forecast import forecast
from saldo.dunning.rules.policy import CANNOT_STOP, PRODUCT_CLASSES, Hours, Policy, ProductClass, Step
from saldo.dunning.step_words import (
    SaidStep,
    listed,
    say,
    say_amounts,
    say_count,
    say_step,
    title_of,
    weekday_name,
)

_LEAST_SAMPLE = Decimal(1000)
_SAMPLE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidClass:
    """What happens to one class of products; ``can_stop`` is whether any step of this policy stops it."""

    code: ProductClass
    name: str
    sentences: tuple[str, ...]
    can_stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPolicy:
    """A policy in one language; ``rules`` are what holds for all steps, ``objecting`` how to object, each sentence with
    the code of what it is about."""

    name: str
    language: str
    steps: tuple[SaidStep, ...]
    classes: tuple[SaidClass, ...]
    rules: tuple[tuple[str, str], ...]
    objecting: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDay:
    """One day of a sample invoice that nobody pays: the step, its title, and the day it was to be but for a holiday."""

    on: date
    on_text: str
    step: str
    title: str
    does: tuple[str, ...]
    planned_text: str
    touches_access: bool
    needs_person: bool


def say_policy(policy: Policy, language: str) -> SaidPolicy:
    """A policy in sentences, in one of our five languages."""
    with translation.override(language.lower()):
        return SaidPolicy(
            name=name_of(policy, language),
            language=language,
            steps=tuple(say_step(policy, step, lang=language) for step in policy.steps),
            classes=tuple(_say_class(policy, one) for one in PRODUCT_CLASSES),
            rules=tuple(_rules(policy, language)),
            objecting=(("how", say("object.how")), *_promises(policy, language)),
        )


def name_of(policy: Policy, language: str) -> str:
    """What the policy is called in a language; its code where it has no name."""
    return policy.names.get(language) or policy.names.get("en") or policy.code


def sample_amount(policy: Policy) -> Decimal:
    """An amount that no condition of the policy finds too small: a round thousand, or more where one asks for more."""
    asked = [
        one.constant
        for step in policy.steps
        for one in step.when
        if isinstance(one.constant, Decimal) and one.comparison in (">", ">=", "=")
    ]
    floors = list(policy.floor.values())
    highest = max((*asked, *floors), default=_LEAST_SAMPLE)
    return _LEAST_SAMPLE if highest < _LEAST_SAMPLE else highest * 2


def sample_book(policy: Policy, *, due_on: date, currency: str, amount: Decimal | None = None) -> Book:
    """A book with one open invoice and nothing else."""
    owed = sample_amount(policy) if amount is None else amount
    item = BookItem(key=_SAMPLE, due_on=due_on, currency=currency, open=owed, original=owed)
    return Book(items={_SAMPLE: item})


def say_sample(policy: Policy, language: str, *, book: Book, today: date, closed: Closed) -> tuple[SampleDay, ...]:
    """What happens to a sample book on which day if nobody pays: by the same forecast that a debtor is told."""
    with translation.override(language.lower()):
        return tuple(
            SampleDay(
                on=ahead.on,
                on_text=write_day(ahead.on, language),
                step=ahead.step.code,
                title=title_of(ahead.step),
                does=say_step(policy, ahead.step, lang=language).does,
                planned_text=write_day(ahead.planned_on, language) if ahead.planned_on else "",
                touches_access=ahead.step.touches_access,
                needs_person=ahead.needs_person,
            )
            for ahead in forecast(policy, book, {}, today=today, closed=closed)
        )


def _say_class(policy: Policy, one: ProductClass) -> SaidClass:
    stopping = [step for step in policy.steps if any(one in act.classes for act in step.acts)]
    if one in CANNOT_STOP:
        sentences = (say("product.cannot"), *_instead(policy, has_term=one != "software"))
    elif stopping:
        code = "product.stops-azure" if one == "azure" else "product.stops"
        sentences = (say(code, step=title_of(stopping[0])), *_after_term(policy))
    else:
        sentences = (say("product.stays"), *_after_term(policy))
    return SaidClass(code=one, name=say(f"class.{one}"), sentences=sentences, can_stop=bool(stopping))


def _instead(policy: Policy, *, has_term: bool) -> tuple[str, ...]:
    """What is done where a product cannot stop (practice 25)."""
    kinds = _kinds(policy)
    told = []
    if "stop-new-orders" in kinds:
        told.append(say("product.instead-orders"))
    if has_term and "end-of-term" in kinds:
        told.append(say("product.instead-term"))
    if "external-collection" in kinds:
        told.append(say("product.instead-external"))
    return tuple(told) or (say("product.instead-letters"),)


def _after_term(policy: Policy) -> tuple[str, ...]:
    return (say("product.instead-term"),) if "end-of-term" in _kinds(policy) else ()


def _kinds(policy: Policy) -> frozenset[str]:
    return frozenset(act.kind for step in policy.steps for act in step.acts)


def _rules(policy: Policy, language: str) -> Iterator[tuple[str, str]]:
    yield "order", say("rule.order")
    yield "paid", say("rule.paid")
    floors = {one: value for one, value in policy.floor.items() if value}
    yield "floor", say("rule.floor", amounts=say_amounts(floors, language)) if floors else say("rule.floor-none")
    yield from _costs(policy)
    yield "sending", say("rule.sending", **_hours(policy.sending, language))
    if _touching(policy):
        yield "access", say("rule.access", **_hours(policy.access, language))
        yield "notice-holds", say_count("rule.notice-holds", policy.notice_holds_days, language)
        yield "restore", say("rule.restore")
    else:
        yield "access", say("rule.access-never")
    yield "protected", say("rule.protected")
    yield "bank", say_count("rule.bank", policy.bank_hours, language)
    yield "triage", say_count("rule.triage", policy.triage_days, language)


def _costs(policy: Policy) -> Iterator[tuple[str, str]]:
    if not _kinds(policy) & {"fee", "interest"}:
        yield "costs", say("rule.costs-none")
        return
    yield "costs", say("rule.fees-collect" if policy.fees_alone else "rule.fees-leave")


def _promises(policy: Policy, language: str) -> Iterator[tuple[str, str]]:
    yield "promise", say_count("rule.promise", policy.promise_days, language)
    yield "promises", say_count("rule.promises", policy.promises_per_item, language)


def _hours(hours: Hours, language: str) -> dict[str, object]:
    return {
        "days": listed((weekday_name(day, language) for day in hours.weekdays), language),
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
    }


def _touching(policy: Policy) -> tuple[Step, ...]:
    return tuple(step for step in policy.steps if any(act.kind == "propose-suspension" for act in step.acts))

"""Collections in words: steps, reasons, letters, what keeps a debtor back; codes of a policy get its reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from saldo.desk import figures
from saldo.dunning.forecasts import Foreseen
from saldo.dunning.of_debtor import Circumstance, ItemStanding
from saldo.dunning.rules.policy import CLEAR, Act, Condition, Policy, Step
from saldo.dunning.standings import ON_HOLD, OUTSIDE, Standing

_LANES = {ON_HOLD: "on-hold", OUTSIDE: "outside"}
_SIGNS = {">=": "≥", "<=": "≤"}
_PLAIN = frozenset({"", "days-late", "not-yet", "not-due", "notice-period", "last-step"})
_LEAST = frozenset({">=", ">"})
_OWN_DAY = frozenset({"not-the-day", "notice-period", "promise-holds", "on-hold"})


def say_step(code: str) -> str:
    """What a step or a lane is called; a code that nobody named is written as words."""
    named = f"pages.collections.step.{_LANES.get(code, code)}"
    if figures.has_words(named):
        return figures.say(named)
    return code.replace("-", " ").capitalize()


def mark_of(code: str, policy: Policy | None) -> str:
    """The kind of mark a step is drawn with: the closer to access, the louder."""
    if code in _LANES:
        return "hold" if code == ON_HOLD else "idle"
    step = policy.step_by_code.get(code) if policy else None
    if step is None:
        return "idle"
    if step.touches_access or step.names_access:
        return "bad"
    return "wait" if any(act.letter == "before-due" for act in step.acts) else "warn"


def say_because(because: str) -> str:
    """Why an item stands where it does; nothing where nobody has looked yet."""
    code = f"dunning.because.{because}"
    return figures.say(code) if because and figures.has_words(code) else ""


def say_sentences(*told: str) -> str:
    """Sentences one after the other, as the reader's language parts them."""
    return ("" if figures.language() == "zh-Hans" else " ").join(one for one in told if one)


def say_keeps(because: str) -> str:
    """What keeps a ladder from going on as planned; nothing where only its days have not come."""
    return "" if because in _PLAIN else say_because(because)


def say_reason(because: str, facts: Mapping[str, Any]) -> str:
    """The reason with the day until which it holds, where it names one."""
    words = say_because(because)
    until = read_day(facts.get("until") or facts.get("on")) if because in _OWN_DAY else None
    if until is None:
        return words
    return say_sentences(words, figures.say("pages.collections.until-day", day=figures.day(until)))


def say_next(one: Standing, foreseen: Foreseen | None) -> str:
    """What comes next for a debtor, in a line of its tile."""
    if one.failed:
        return figures.say("pages.collections.hint.failed")
    if one.proposed:
        return figures.say("pages.collections.hint.release", step=say_step(one.proposed))
    if one.because == "proof-missing":
        return figures.say("pages.collections.hint.proof")
    first = next((step for step in foreseen.ahead if one.lead in step.items), None) if foreseen else None
    if one.lane in _LANES or first is None:
        return _say_kept(one, foreseen)
    day = figures.day(first.on, "short")
    return figures.say("pages.collections.hint.next", step=say_step(first.step.code), day=day)


def _say_kept(one: Standing, foreseen: Foreseen | None) -> str:
    """What keeps it, as it is decided now; what is kept of the last round may be older than what arrived since."""
    seen = foreseen.seen.get(one.lead) if foreseen else None
    because, facts = (seen.decision.because, seen.decision.facts) if seen else (one.because, one.facts)
    until = read_day(facts.get("until"))
    code = f"pages.collections.kept.{because}"
    if not figures.has_words(code):
        return say_reason(because, facts)
    words = figures.say(code)
    if until is not None and until < date.max:
        return figures.say("pages.collections.hint.kept-until", what=words, day=figures.day(until, "short"))
    return words


def say_conditions(step: Step, currency: str) -> str:
    """When a step begins: ``30 days late and owed ≥ 500.00``."""
    told = (_say_condition(condition, currency) for condition in step.when)
    return figures.say("pages.collections.and").join(filter(None, told))


def _say_condition(condition: Condition, currency: str) -> str:
    constant = condition.constant
    if condition.fact == "days-late" and isinstance(constant, int):
        if constant < 0:
            return (
                figures.say_many("pages.collections.days-before", -constant) if condition.comparison in _LEAST else ""
            )
        return figures.say_many("pages.collections.days-late", constant)
    shown = str(constant)
    if isinstance(constant, Decimal):
        shown = figures.amount(constant, currency)
    elif isinstance(constant, int):
        shown = figures.number(constant)
    sign = _SIGNS.get(condition.comparison, condition.comparison)
    return figures.say(f"pages.collections.fact.{condition.fact}", sign=sign, value=shown)


def say_acts(step: Step) -> str:
    """What a step does, each act once."""
    return figures.say("pages.collections.comma").join(dict.fromkeys(map(_say_act, step.acts)))


def _say_act(act: Act) -> str:
    return figures.say(f"pages.collections.act.{act.kind}")


def say_classes(step: Step) -> str:
    """The classes of products that a step proposes to stop."""
    classes = [one for act in step.acts for one in act.classes]
    return figures.say("pages.collections.comma").join(figures.say(f"pages.collections.class.{one}") for one in classes)


def say_letter(letter: str) -> str:
    """What a letter is called."""
    return figures.say(f"pages.collections.letter.{letter}")


def say_document(kind: str, document: str, item: str) -> str:
    """``Invoice 2026-0412``."""
    code = f"pages.debtors.move.{kind}"
    name = document or item.partition(":")[2]
    return figures.say(code, document=name) if figures.has_words(code) else name


def say_items(items: Iterable[ItemStanding]) -> str:
    """Items with their amounts: ``2026-0301 21,560.30 and 2026-0352 18,274.40``; more than three are counted."""
    listed = list(items)
    if len(listed) > 3:
        return figures.say_many("pages.collections.items", len(listed))
    told = [f"{one.document or one.item} {figures.amount(one.open, one.currency)}" for one in listed]
    return figures.say("pages.collections.and").join(told)


def say_circumstance(one: Circumstance, currency: str) -> str:
    """A hold, promise, dispute, mark or payment on its way as a sentence."""
    amount = figures.amount(one.value, one.currency or currency) if one.value is not None else ""
    kind = f"mark-{one.facts['mark']}" if one.kind == "mark" else one.kind
    facts: dict[str, Any] = {"amount": amount, "currency": one.currency or currency, "day": figures.day(one.on)}
    if one.kind == "promise":
        facts["day"] = figures.day(one.until)
    if one.kind == "hold":
        kind = "hold" if one.until else "hold-endless"
        facts["day"] = figures.day(one.until) if one.until else ""
    return figures.say(f"pages.collections.is.{kind}", **facts)


def step_is_clear(code: str) -> bool:
    """Whether it is no step at all."""
    return code == CLEAR


def read_day(said: Any) -> date | None:
    """A day as kept facts write it, or None."""
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def read_amount(said: Any) -> Decimal | None:
    """An amount as kept facts write it, or None."""
    try:
        return Decimal(str(said)) if said not in (None, "") else None
    except InvalidOperation:
        return None

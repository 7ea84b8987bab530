"""One step of a policy in words: when it can come, what it does, and what must have passed before the next.

The sentences are those of ``dunning.said.*``, written in the language that is current; `dunning.wording` chooses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from django.utils.translation import gettext, ngettext

from saldo.core.written import end_once, write_amount, write_number
from saldo.dunning.rules.conditions import NEVER_TOO_EARLY, NEVER_TOO_LATE, days_between
from saldo.dunning.rules.policy import CLEAR, LETTERS, Act, ActKind, Condition, Policy, Step

_WEIGHT: tuple[ActKind, ...] = (
    *("interest", "fee", "stop-new-orders", "call", "letter", "mail"),
    *("propose-write-off", "external-collection", "end-of-term", "propose-suspension"),
)
_COMPARED: Mapping[str, str] = {"<": "lt", "<=": "le", "=": "eq", ">=": "ge", ">": "gt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidStep:
    """A step in sentences: ``when`` it can come, what it ``does``, what holds ``then`` before the next one."""

    code: str
    title: str
    when: tuple[str, ...]
    does: tuple[str, ...]
    then: tuple[str, ...]
    touches_access: bool


def say(code: str, **facts: object) -> str:
    """The words of a code of ``dunning.said`` with its facts."""
    words = gettext(f"dunning.said.{code}")
    return end_once(words, facts) % facts if facts else words


def say_count(code: str, count: int, lang: str) -> str:
    """The words of a code that counts something."""
    key = f"dunning.said.{code}"
    return ngettext(key, key, count) % {"count": write_number(count, lang)}


def say_step(policy: Policy, step: Step, *, lang: str) -> SaidStep:
    """A step in the language that is current, which ``lang`` names."""
    return SaidStep(
        code=step.code,
        title=title_of(step),
        when=tuple(_when(policy, step, lang)),
        does=tuple(say_act(act, lang=lang) for act in step.acts) or (say("title.nothing"),),
        then=tuple(_then(step, lang)),
        touches_access=step.touches_access,
    )


def title_of(step: Step) -> str:
    """What a step is called: by the weightiest thing that it does, a letter by its kind."""
    letters = [act.letter for act in step.acts if act.letter is not None]
    heaviest = max((act.kind for act in step.acts), key=_WEIGHT.index, default=None)
    if heaviest == "propose-suspension" and {one for act in step.acts for one in act.classes} == {"azure"}:
        return say("title.azure")
    if heaviest in ("mail", "letter"):
        return say(f"title.{max(letters, key=LETTERS.index)}")
    return say(f"title.{heaviest or 'nothing'}")


def say_act(act: Act, *, lang: str) -> str:
    """One act as a sentence."""
    if act.letter is not None:
        return say(f"does.{act.kind}-{act.letter}")
    if act.kind == "fee":
        return say("does.fee", amounts=say_amounts(act.net, lang))
    if act.kind == "interest":
        return say("does.interest", percent=_percent(act.yearly_percent or Decimal(0), lang))
    if act.kind == "propose-suspension":
        return say("does.propose-suspension", classes=listed((_short(one) for one in act.classes), lang))
    return say(f"does.{act.kind}")


def say_condition(condition: Condition, *, lang: str) -> str:
    """A condition on an amount, a number or a name; those on days are said together, as a span."""
    code = f"{condition.fact}.{_COMPARED[condition.comparison]}"
    if isinstance(condition.constant, str):
        return say(code, value=condition.constant)
    return say(code, amount=write_number(condition.constant, lang))


def say_amounts(amounts: Mapping[str, Decimal], lang: str) -> str:
    """Amounts by currency, each with its code."""
    return listed((f"{write_amount(amounts[one], one, lang)} {one}" for one in sorted(amounts)), lang)


def listed(texts: Iterable[str], lang: str) -> str:
    """Several things in one sentence, in their order."""
    return ("、" if lang == "zh-Hans" else ", ").join(texts)


def weekday_name(day: int, lang: str) -> str:
    """A day of the week, Monday being 0."""
    name: str = Locale.parse(lang, sep="-").days["format"]["wide"][day]
    return name


def _short(product_class: str) -> str:
    return say(f"class-short.{product_class}")


def _percent(value: Decimal, lang: str) -> str:
    apart = "\u00a0" if lang in ("sv", "es") else ""
    return f"{write_number(value.normalize(), lang)}{apart}%"


def _when(policy: Policy, step: Step, lang: str) -> Iterator[str]:
    first, last = days_between(step)
    if first > last:
        yield say("when.never")
        return
    if first != NEVER_TOO_EARLY:
        yield _span("from", first, lang)
    if last != NEVER_TOO_LATE:
        yield _span("until", last, lang)
    yield from (say_condition(one, lang=lang) for one in step.when if one.fact != "days-late")
    before = [policy.step_by_code[code] for code in step.follows if code != CLEAR and code in policy.step_by_code]
    if before and CLEAR not in step.follows:
        yield say("after", steps=listed((title_of(one) for one in before), lang))


def _span(side: str, days: int, lang: str) -> str:
    if days == 0:
        return say(f"when.{side}-due")
    return say_count(f"when.{side}-{'after' if days > 0 else 'before'}", abs(days), lang)


def _then(step: Step, lang: str) -> Iterator[str]:
    if step.release == "person":
        yield say("release.two-people" if step.touches_access else "release.person")
    if step.proof != "none":
        yield say(f"proof.{step.proof}")
    if step.notice.count:
        yield say_count(f"notice.{'workdays' if step.notice.in_workdays else 'days'}", step.notice.count, lang)

"""A policy's text checked as a page shows it: what cannot be read, what was found with its example, a sample's days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.desk import figures
from saldo.desk.fields import read_figure
from saldo.doors.visitor import Visitor
from saldo.dunning.formats.policy_text import lines_of, read_policy
from saldo.dunning.rules.check import check
from saldo.dunning.rules.example import Moment, a_due_day
from saldo.dunning.rules.finding import Finding, with_lines
from saldo.dunning.rules.policy import Policy, hash_of
from saldo.dunning.step_words import listed
from saldo.dunning.wording import SampleDay, sample_amount, sample_book, say_sample
from saldo.parties.calendars import calendar_of

_EXTRAS = ("debtor_owed", "items", "segment", "least", "most")
_BEFORE = 60  # days before the due day from which a sample is watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The invented invoice whose days are drawn; ``value`` None: an amount that no condition finds too small."""

    due_on: date
    currency: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFinding:
    """One finding: what is wrong, where, and what happens to an invented invoice, day by day."""

    words: str
    step: str
    line: int
    story: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A text and everything a page says about it; ``policy`` is None where it cannot be read."""

    policy: Policy | None
    sha256: str
    faults: tuple[ToldFinding, ...]
    findings: tuple[ToldFinding, ...]
    days: tuple[SampleDay, ...]
    due_text: str
    owed_text: str

    @property
    def is_sound(self) -> bool:
        """Whether it may be published."""
        return self.policy is not None and not self.findings

    @property
    def count(self) -> int:
        """How much is wrong."""
        return len(self.faults) + len(self.findings)


def sample_of(said: Mapping[str, str], visitor: Visitor) -> Sample:
    """The sample that a form asks for; what cannot be read is as if it had not been said."""
    try:
        due_on = date.fromisoformat(said.get("due", ""))
    except ValueError:
        due_on = a_due_day(visitor.today)
    value = read_figure(said.get("owed", ""))
    is_real = value is not None and 0 < value < Decimal("1e12")
    return Sample(due_on=due_on, currency=visitor.company.currency, value=value if is_real else None)


def check_text(text: str, *, on: date, sample: Sample, visitor: Visitor) -> Checked:
    """Read, check by the law of a day, and walk the sample up the ladder; each as far as the text goes."""
    read = read_policy(text)
    if not isinstance(read, Policy):
        faults = tuple(
            ToldFinding(words=f"{figures.say(one.code)} {_quoted(one.seen)}".strip(), step="", line=one.line, story=())
            for one in read
        )
        return _checked(None, text, sample, faults=faults)
    found = with_lines(check(read, on=on, country=visitor.company.country), lines_of(text))
    findings = tuple(_told(one) for one in found)
    return _checked(read, text, sample, findings=findings, days=sample_days(read, sample, visitor))


def sample_days(policy: Policy, sample: Sample, visitor: Visitor) -> tuple[SampleDay, ...]:
    """What happens to the sample on which day, by the calendar of the policy's jurisdiction or else ours."""
    book = sample_book(policy, due_on=sample.due_on, currency=sample.currency, amount=sample.value)
    today = date.fromordinal(max(sample.due_on.toordinal() - _BEFORE, 1))
    closed = calendar_of(policy.jurisdiction or visitor.company.country)
    return say_sample(policy, figures.language(), book=book, today=today, closed=closed)


def _checked(policy: Policy | None, text: str, sample: Sample, **others: Any) -> Checked:
    value = sample.value or (sample_amount(policy) if policy is not None else Decimal(0))
    plain: dict[str, Any] = {"faults": (), "findings": (), "days": ()}
    return Checked(
        policy=policy,
        sha256=hash_of(text),
        due_text=figures.day(sample.due_on),
        owed_text=f"{figures.rounded(value, sample.currency)} {sample.currency}",
        **(plain | others),
    )


def _quoted(seen: str) -> str:
    return f"“{seen[:60]}”" if seen else ""


def _told(finding: Finding) -> ToldFinding:
    story = tuple((figures.day(one.on), " ".join(_sentences(one))) for one in finding.counterexample)
    return ToldFinding(words=figures.say(finding.code), step=finding.step, line=finding.line, story=story)


def _sentences(moment: Moment) -> Iterator[str]:
    """What happens, then what else has to be known of it."""
    currency = str(moment.facts.get("currency", ""))
    facts = {name: _shown(name, value, currency) for name, value in moment.facts.items()}
    yield figures.say(f"dunning.story.{moment.what}", **facts)
    for name in _EXTRAS:
        if name in facts and moment.what != "law":
            told = "-".join(("and", *name.split("_")))
            yield figures.say(f"dunning.story.{told}", **facts)


def _shown(name: str, value: object, currency: str) -> str:
    if name == "acts" and isinstance(value, tuple):
        return listed(dict.fromkeys(map(_act, value)), figures.language())
    if name == "classes" and isinstance(value, tuple):
        return listed((figures.say(f"dunning.said.class-short.{one}") for one in value), figures.language())
    if name == "because":
        return _because(str(value))
    if isinstance(value, Decimal) and currency:
        return figures.amount(value, currency)
    if isinstance(value, date):
        return figures.day(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return figures.number(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _act(said: str) -> str:
    """An act of the example, ``mail final-notice``, by what it is called."""
    kind, _, letter = said.partition(" ")
    code = f"dunning.said.title.{letter if kind in ('mail', 'letter') else kind}"
    return figures.say(code) if figures.has_words(code) else said


def _because(code: str) -> str:
    words = figures.say(f"dunning.because.{code}")
    return code if words.startswith("dunning.") or "%(" in words else words.rstrip(".。")

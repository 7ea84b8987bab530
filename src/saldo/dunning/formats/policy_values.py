"""The values that stand in a policy's text: each is read whole or noted as a fault, and absent ones take a default.

The patterns are those of `policy.schema.json`, letter by letter; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import TypeVar, cast

import yaml

from saldo.core.money import minor_digits
from saldo.dunning.formats.yaml_nodes import Reading
from saldo.dunning.rules.policy import Comparison, Condition, FactName, NoticePeriod

LANGUAGES = ("en", "sv", "zh-Hans", "pt-BR", "es")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CODE = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
NAME = r"^\S(?:.{0,78}\S)?$"
COUNT = "^[0-9]{1,4}$"
AMOUNT = r"^[0-9]{1,12}(?:\.[0-9]{1,3})?$"
PERCENT = r"^[0-9]{1,2}(?:\.[0-9]{1,3})?$"
CURRENCY = "^[A-Z]{3}$"
JURISDICTION = "^(?:[A-Z]{2})?$"
CLOCK = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
PERIOD = "^[0-9]{1,3} (?:work)?days?$"
CONDITION = (
    r"^(?:(?:days-late|items) (?:<|<=|=|>=|>) -?[0-9]{1,4}"
    r"|(?:owed|debtor-owed) (?:<|<=|=|>=|>) [0-9]{1,12}(?:\.[0-9]{1,3})?"
    r"|segment = [A-Za-z0-9_-]{1,40}|currency = [A-Z]{3})$"
)

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class _Matching:
    reading: Reading

    def _matching(self, node: yaml.Node, pattern: str, code: str) -> str | None:
        """The text of a node if it is of this form; a fault and None if not."""
        text = self.reading.text(node)
        if isinstance(node, yaml.ScalarNode) and not _has_form(text, pattern):
            self.reading.fault(node, code)
        return text if _has_form(text, pattern) else None


@dataclass(frozen=True, slots=True)
class _Numbers(_Matching):
    def count(self, node: yaml.Node | None, default: int) -> int:
        """A whole number from 0 to 9999."""
        text = self._matching(node, COUNT, "dunning.text.bad-number") if node is not None else None
        return int(text) if text is not None else default

    def percent(self, node: yaml.Node) -> Decimal:
        """Per cent a year, at most three digits after the point."""
        return Decimal(self._matching(node, PERCENT, "dunning.text.bad-number") or 0)

    def amounts(self, node: yaml.Node | None, *, above_zero: bool = False) -> Mapping[str, Decimal]:
        """Amounts by currency, none finer than its currency can be paid; above zero there must be one."""
        found: dict[str, Decimal] = {}
        for currency, (key, value) in (self.reading.pairs(node) if node is not None else {}).items():
            if not _has_form(currency, CURRENCY):
                self.reading.fault(key, "dunning.text.bad-currency")
            text = self._matching(value, AMOUNT, "dunning.text.bad-number")
            found[currency] = amount = Decimal(text or 1)
            if round(amount, minor_digits(currency)) != amount or (above_zero and not amount):
                self.reading.fault(value, "dunning.text.bad-number")
        if node is not None and above_zero and not found:
            self.reading.fault(node, "dunning.text.bad-number")
        return found

    def period(self, node: yaml.Node | None, default: NoticePeriod) -> NoticePeriod:
        """So many days or workdays."""
        text = self._matching(node, PERIOD, "dunning.text.bad-period") if node is not None else None
        if text is None:
            return default
        count, _, unit = text.partition(" ")
        return NoticePeriod(int(count), in_workdays=unit.startswith("work"))

    def clock(self, node: yaml.Node | None, default: time) -> time:
        """An hour and minute of the day."""
        text = self._matching(node, CLOCK, "dunning.text.bad-hours") if node is not None else None
        return time.fromisoformat(text) if text is not None else default


@dataclass(frozen=True, slots=True)
class _Words(_Numbers):
    def listed(self, node: yaml.Node | None) -> list[yaml.Node]:
        """The nodes of a list that may be absent."""
        return self.reading.items(node) if node is not None else []

    def choice(self, node: yaml.Node | None, words: Sequence[Word], default: Word) -> Word:
        """One of these words."""
        text = self.reading.text(node) if node is not None else default
        if text not in words:
            if isinstance(node, yaml.ScalarNode):
                self.reading.fault(node, "dunning.text.bad-choice")
            return default
        return cast(Word, text)

    def choices(self, node: yaml.Node | None, words: Sequence[Word]) -> tuple[Word, ...]:
        """Some of these words in the order written, each once."""
        found = tuple(self.choice(one, words, words[0]) for one in self.listed(node))
        if node is not None and len(set(found)) != len(found):
            self.reading.fault(node, "dunning.text.bad-choice")
        return found

    def weekdays(self, node: yaml.Node | None, default: tuple[int, ...]) -> tuple[int, ...]:
        """Days of the week as numbers, Monday 0, in the order of the week."""
        if node is None:
            return default
        return tuple(sorted(WEEKDAYS.index(word) for word in self.choices(node, WEEKDAYS)))


@dataclass(frozen=True, slots=True)
class Values(_Words):
    """Reads the values of one text; each way gives the default where nothing stands, or something that is a fault."""

    def code(self, node: yaml.Node | None, default: str) -> str:
        """A code of small letters, digits and hyphens."""
        return (self._matching(node, CODE, "dunning.text.bad-code") if node is not None else None) or default

    def codes(self, node: yaml.Node | None, default: tuple[str, ...]) -> tuple[str, ...]:
        """One code, or a list of different ones."""
        if node is None:
            return default
        nodes = self.reading.items(node) if isinstance(node, yaml.SequenceNode) else [node]
        found = tuple(self.code(one, "") for one in nodes)
        if not found or len(set(found)) != len(found):
            self.reading.fault(node, "dunning.text.bad-code")
        return found

    def names(self, node: yaml.Node | None) -> Mapping[str, str]:
        """Names by language."""
        found: dict[str, str] = {}
        for language, (key, value) in (self.reading.pairs(node) if node is not None else {}).items():
            if language not in LANGUAGES:
                self.reading.fault(key, "dunning.text.bad-language")
            found[language] = self._matching(value, NAME, "dunning.text.bad-name") or ""
        return found

    def jurisdiction(self, node: yaml.Node | None) -> str:
        """A country, the EU, or nothing."""
        text = self._matching(node, JURISDICTION, "dunning.text.bad-country") if node is not None else None
        return text or ""

    def condition(self, node: yaml.Node) -> Condition:
        """One fact compared with one constant."""
        text = self._matching(node, CONDITION, "dunning.text.bad-condition")
        fact, comparison, constant = (text or "items > 0").split(" ")
        return Condition(cast(FactName, fact), cast(Comparison, comparison), _constant(fact, constant))


def _constant(fact: str, text: str) -> int | Decimal | str:
    if fact in ("days-late", "items"):
        return int(text)
    return Decimal(text) if fact in ("owed", "debtor-owed") else text


def _has_form(text: str, pattern: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None

"""Fields of a form as a template draws them: label above, hint under, and the error with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.import_detail import say_code

LONGEST = 300
_SPACES = (" ", "\u00a0", "\u202f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; ``kind`` is text, date, figure, area, select or tick. Words are words already, not codes."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    fault: str = ""
    unit: str = ""
    is_optional: bool = False


class Asked:
    """What a form said, and what is wrong with it: faults by field, in words; "" is the form as a whole."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = said
        self.faults: dict[str, str] = {}

    def text(self, name: str, *, longest: int = LONGEST) -> str:
        """A text without the blanks around it."""
        return " ".join(self.said.get(name, "").split())[:longest]

    def day(self, name: str) -> date | None:
        """A day; one that cannot be read is a fault of its field."""
        text = self.text(name)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.faults[name] = figures.say("pages.form.no-day" if text else "pages.form.empty")
            return None

    def whole(self, name: str) -> int | None:
        """A whole number of up to nine digits; anything else is a fault of its field."""
        text = self.text(name)
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        self.faults[name] = figures.say("pages.form.no-whole")
        return None

    def figure(self, name: str) -> Decimal | None:
        """A figure as the reader writes it, with comma or point; anything else is a fault of its field."""
        found = read_figure(self.text(name))
        if found is None:
            self.faults[name] = figures.say("pages.form.no-figure")
        return found

    def refuse(self, refused: Refused, labels: Mapping[str, str], *, about: Mapping[str, str] | None = None) -> None:
        """Put a refusal under the field it is about, which its words call by its label.

        The field stands in the facts, else ``about`` tells it by the last part of the code; else the form as a whole.
        """
        said = next((str(refused.facts[name]) for name in ("field", "setting") if refused.facts.get(name)), "")
        named = said or (about or {}).get(refused.code.rpartition(".")[2], "")
        told = dict.fromkeys({"field", "setting"} & refused.facts.keys(), labels.get(named, named))
        self.faults[named if named in labels else ""] = say_refusal(refused, told)


def read_figure(text: str) -> Decimal | None:
    """``1 284,50``, ``1,284.50`` and ``1.284,50``: the last of comma and point parts the decimals."""
    for blank in _SPACES:
        text = text.replace(blank, "")
    text = text.replace("\N{MINUS SIGN}", "-")
    comma, point = text.rfind(","), text.rfind(".")
    if comma > point:
        text = text.replace(".", "").replace(",", ".") if text.count(",") == 1 else text.replace(",", "")
    else:
        text = text.replace(",", "")
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(text) <= 24 else None


def say_refusal(refused: Refused, told: Mapping[str, str] | None = None) -> str:
    """The refusal in words, its days written as the reader writes them; ``told`` goes before its own facts."""
    facts = refused.facts | dict(told or {})
    return say_code(refused.code, {name: _written(value) for name, value in facts.items()})


def choices_of(values: Sequence[str], name: str) -> tuple[tuple[str, str], ...]:
    """Values of a choice with the words of ``pages.<name>.<value>``."""
    return tuple((value, figures.say(f"pages.{name}.{value}")) for value in values)


def _written(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    try:
        return figures.day(date.fromisoformat(str(value))) if len(str(value)) == len("2026-01-01") else value
    except ValueError:
        return value

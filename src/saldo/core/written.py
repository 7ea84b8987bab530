"""How figures and dates are written in the five languages (design.md section 7), pinned by golden values.

Own tables on purpose: Babel and ICU differ from version to version, and a bill must read the same next year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from saldo.core.money import ZERO, every_digit, minor_unit
from saldo.core.periods import Month

MINUS = "\u2212"
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class _Habit:
    """One language's habits."""

    group: str
    point: str
    percent: str  # between figure and sign
    long_day: str
    short_day: str
    month: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]


def end_once(words: str, facts: Mapping[str, object]) -> str:
    """Words with ``%(name)s`` in them, without a full stop that their fact brings along: "Hotelaria S.A." ends once."""
    for name, fact in facts.items():
        if isinstance(fact, str) and fact.endswith("."):
            words = words.replace(f"%({name})s.", f"%({name})s")
    return words


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = _names("January February March April May June July August September October November December")
_SWEDISH = _names("januari februari mars april maj juni juli augusti september oktober november december")
_PORTUGUESE = _names("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
_SPANISH = _names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
_NUMBERS = tuple(str(number) for number in range(1, 13))

_HABITS = {
    "en": _Habit(
        group=",",
        point=".",
        percent="",
        long_day="{day} {short} {year}",
        short_day="{day} {short}",
        month="{name} {year}",
        months=_ENGLISH,
        short_months=_ENGLISH,
    ),
    "sv": _Habit(
        group=NO_BREAK,
        point=",",
        percent=NO_BREAK,
        long_day="{day} {short} {year}",
        short_day="{day} {short}",
        month="{name} {year}",
        months=_SWEDISH,
        short_months=_SWEDISH,
    ),
    "zh-Hans": _Habit(
        group=",",
        point=".",
        percent="",
        long_day="{year}年{short}月{day}日",
        short_day="{short}月{day}日",
        month="{year}年{name}月",
        months=_NUMBERS,
        short_months=_NUMBERS,
    ),
    "pt-BR": _Habit(
        group=".",
        point=",",
        percent="",
        long_day="{day} de {short} de {year}",
        short_day="{day} {short}",
        month="{name} de {year}",
        months=_PORTUGUESE,
        short_months=_names("jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."),
    ),
    "es": _Habit(
        group=".",
        point=",",
        percent=NO_BREAK,
        long_day="{day} {short} {year}",
        short_day="{day} {short}",
        month="{name} de {year}",
        months=_SPANISH,
        short_months=_names("ene feb mar abr may jun jul ago sep oct nov dic"),
    ),
}


def write_amount(value: Decimal, currency: str, lang: str, *, signed: bool = False) -> str:
    """An amount of money with all minor digits of its currency, without its code; ``signed`` puts a plus on changes.

    Refuses (ValueError) an amount finer than the minor unit: rounding is a decision, never a matter of writing.
    """
    digits = value.quantize(minor_unit(currency))
    if digits != value:
        raise ValueError(f"{value} is finer than the minor unit of {currency}")
    return _write(digits, lang, signed=signed)


def write_number(value: Decimal | int, lang: str, *, signed: bool = False) -> str:
    """A quantity, price or rate with the digits it has, without trailing zeros."""
    return _write(Decimal(every_digit(Decimal(value))), lang, signed=signed)


def write_percent(share: Decimal, lang: str, *, signed: bool = False) -> str:
    """A share (0.113) as per cent with one decimal (11.3%)."""
    figure = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{_write(figure, lang, signed=signed)}{_HABITS[lang].percent}%"


def write_day(day: date, lang: str, *, form: Literal["long", "short"] = "long") -> str:
    """A day: ``12 May 2026``, or without the year where it is plain from the place."""
    habit = _HABITS[lang]
    pattern = habit.long_day if form == "long" else habit.short_day
    return pattern.format(day=day.day, short=habit.short_months[day.month - 1], year=day.year)


def write_month(month: Month, lang: str) -> str:
    """A month: ``April 2026``."""
    habit = _HABITS[lang]
    return habit.month.format(name=habit.months[month.number - 1], year=month.year)


def _write(value: Decimal, lang: str, *, signed: bool) -> str:
    habit = _HABITS[lang]
    whole, _, part = f"{value.copy_abs():f}".partition(".")
    groups: list[str] = []
    while len(whole) > 3:
        whole, last = whole[:-3], whole[-3:]
        groups.insert(0, last)
    sign = MINUS if value < ZERO else "+" if signed and value > ZERO else ""
    return sign + habit.group.join([whole, *groups]) + (habit.point + part if part else "")

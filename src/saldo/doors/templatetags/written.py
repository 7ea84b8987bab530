"""Tags every template has without loading: icons, words by code, days and times as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from saldo.core.written import write_day
from saldo.doors import icons, language, words
from saldo.parties.rules.roles import Grant

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An outline icon, for eyes only."""
    return icons.draw(name, classes)


@register.simple_tag
def say(code: str, **facts: object) -> str:
    """Words of a code."""
    return words.say(code, **facts)


@register.simple_tag
def say_many(code: str, count: int | Decimal, **facts: object) -> str:
    """Words of a code, in the form that fits the count."""
    return words.say_many(code, count, **facts)


@register.filter
def in_words(code: str) -> str:
    """Words of a code that needs no facts, where a tag cannot stand."""
    return words.say(code)


@register.filter
def day(value: date | datetime) -> str:
    """A day with its year; an instant as the day it falls on in the company's time zone."""
    return write_day(_local(value), language.current())


@register.filter
def short_day(value: date | datetime) -> str:
    """A day without its year."""
    return write_day(_local(value), language.current(), form="short")


@register.filter
def clock_time(value: datetime) -> str:
    """Hours and minutes in the company's time zone."""
    return timezone.localtime(value).strftime("%H:%M")


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.simple_tag
def say_role(role: str) -> str:
    """What a role is called."""
    return words.say(f"doors.role.{role}")


@register.simple_tag
def say_opens(role: str) -> str:
    """What a role opens, in a sentence."""
    return words.say(f"desk.role-opens.{role}")


@register.simple_tag
def say_theme(theme: str) -> str:
    """What a theme is called."""
    return words.say(f"desk.theme.{theme}")


@register.simple_tag
def say_scope(scope: str) -> str:
    """Over what a role is given."""
    return words.say(f"desk.scope.{scope}")


@register.simple_tag
def say_day(code: str, value: date) -> str:
    """Words of a code about one day."""
    return words.say(code, day=write_day(value, language.current()))


@register.simple_tag
def say_until(grant: Grant) -> str:
    """The last day of a role."""
    if grant.ends_before is None:
        return ""
    return say_day("desk.user.until-day", grant.ends_before - timedelta(days=1))

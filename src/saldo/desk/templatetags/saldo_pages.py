"""Template tags of the pages: figures as the reader writes them, places of bars."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from saldo.core.periods import Month
from saldo.desk import figures

register = template.Library()

_FILLS = {"up": "f-up", "down": "f-down", "flat": "f-sum"}


@register.simple_tag
def amount(value: Decimal, currency: str) -> str | SafeString:
    """An amount; zero steps back (design, part Money cell)."""
    text = figures.amount(value, currency)
    return text if value else format_html('<span class="zero">{}</span>', text)


@register.simple_tag
def signed(value: Decimal, currency: str) -> str:
    """An amount with its sign, without a colour."""
    return figures.signed(value, currency)


@register.simple_tag
def delta(value: Decimal, currency: str) -> SafeString:
    """A change: signed, brown up, teal down, grey zero."""
    direction = "up" if value > 0 else "down" if value < 0 else "flat"
    return format_html('<span class="delta {}">{}</span>', direction, figures.signed(value, currency))


@register.simple_tag
def signed_percent(value: Decimal) -> str:
    """Per cent beside its amount."""
    return figures.percent(value)


@register.simple_tag
def month(value: Month) -> str:
    """A month with its year."""
    return figures.month(value)


@register.filter
def figure(value: int | Decimal) -> str:
    """A plain figure: seats, quantities."""
    return figures.number(value)


@register.filter
def pc(value: Decimal) -> str:
    """A place on the axis as an SVG attribute; never in the reader's own digits."""
    return f"{value:f}%"


@register.filter
def fill(direction: str) -> str:
    """The class that fills a bar."""
    return _FILLS[direction]

"""Words by code, in the language being written."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, ngettext

from saldo.core.written import end_once, write_number
from saldo.doors.language import current


def say(code: str, **facts: object) -> str:
    """The words of a code, with its facts."""
    words = gettext(code)
    return end_once(words, facts) % facts if facts else words


def say_many(code: str, count: int | Decimal, **facts: object) -> str:
    """The words of a code in the form that fits the count, which is ``%(count)s`` in them; a broken count is many."""
    form = int(count) if count == int(count) else _MANY
    return end_once(ngettext(code, code, form), facts) % (facts | {"count": write_number(Decimal(count), current())})


_MANY = 2


def has_words(code: str) -> bool:
    """Whether anybody wrote words for this code."""
    return gettext(code) != code

"""A reason in words: a headline and a sentence, in the language asked for.

The words of ``explain.CODE.VARIANT`` and ``explain.headline.CODE.VARIANT`` stand in ``locale/``, with ``.up`` or
``.down`` after them where a figure rose or fell, ``.refunded`` where what ended was a refund. Headlines never tell
cost, so that everybody may read them.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext, ngettext

from saldo.explain.facts import whole, write_facts
from saldo.explain.fill import fill
from saldo.explain.rules.explanation import Reason

_RISING = {
    "price-changed.changed": "price",
    "promotion-changed.changed": "discount",
    "exchange-rate.changed": "rate",
    "usage-volume.changed": "quantity",
    "usage-price.changed": "price",
    "calendar-days.changed": "days",
}
"""Whose words depend on whether this figure, ``_before`` and ``_after``, rose."""

_AGREEING = {
    "seats-added.event": "seats",
    "seats-added.events": "count",
    "seats-added.full-cycle": "seats",
    "seats-added.between": "seats",
    "seats-removed.event": "seats",
    "seats-removed.events": "count",
    "seats-removed.full-cycle": "seats",
    "seats-removed.between": "seats",
    "rounding.cut": "lines",
}
"""Whose words agree with this number."""


def headline(reason: Reason, *, lang: str) -> str:
    """The reason in a few words, without its product and without cost: ``5 seats added on 7 March``."""
    return _say("explain.headline.", reason, lang=lang, with_cost=False)


def title(reason: Reason, *, lang: str) -> str:
    """The headline with its product before it, for a list of causes: ``Microsoft 365 E3: 5 seats added on 7 March``."""
    said = headline(reason, lang=lang)
    if not reason.subject:
        return said
    with translation.override(lang.lower()):
        return gettext("explain.title") % {"subject": reason.subject, "headline": said}


def sentence(reason: Reason, *, lang: str) -> str:
    """The reason with its figures, and its arithmetic where that gives the amount."""
    return _say("explain.", reason, lang=lang, with_cost=True)


def sentence_without_cost(reason: Reason, *, lang: str) -> str:
    """The same for a reader who may not see cost: no amount, price, discount or exchange rate enters it."""
    return _say("explain.", reason, lang=lang, with_cost=False)


def _say(prefix: str, reason: Reason, *, lang: str, with_cost: bool) -> str:
    said = f"{reason.code}.{reason.variant}"
    code = f"{prefix}{said}{_form(said, reason)}"
    with translation.override(lang.lower()):
        facts = write_facts(reason, lang=lang, with_cost=with_cost)
        counted = _AGREEING.get(said)
        words = ngettext(code, code, whole(reason.facts[counted])) if counted else gettext(code)
    return fill(words, facts)


def _form(said: str, reason: Reason) -> str:
    if said == "ended-subscription.ended" and reason.amount > 0:
        return ".refunded"
    figure = _RISING.get(said)
    if figure is None:
        return ""
    if f"{figure}_before" not in reason.facts:  # a customer is not told the partner's rate, only where it went
        return ".up" if reason.amount >= 0 else ".down"
    before, after = (Decimal(str(reason.facts[f"{figure}_{when}"])) for when in ("before", "after"))
    return ".up" if after >= before else ".down"

"""What a letter says in its language: codes under ``letters`` into words, days and amounts by `core.written`."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, ngettext

from saldo.core.written import end_once, write_number
from saldo.dunning.rules.letter import Product

_COMMA = {"zh-Hans": "、"}


def say(code: str, **facts: object) -> str:
    """The words of a code under ``letters``, with its facts; a fact's own full stop ends the sentence."""
    words = gettext(f"letters.{code}")
    return end_once(words, facts) % facts if facts else words


def say_many(code: str, count: int, lang: str, **facts: object) -> str:
    """The words of a code in the form that fits the count."""
    whole = f"letters.{code}"
    return ngettext(whole, whole, count) % (facts | {"count": write_number(count, lang)})


def name_products(products: Iterable[Product], more: int, lang: str) -> str:
    """Products in a row, licences with their seats, and how many are not named."""
    names = _COMMA.get(lang, ", ").join(_name(product, lang) for product in products)
    return say_many("products-and-more", more, lang, names=names) if more else names


def _name(product: Product, lang: str) -> str:
    if product.seats is None or product.seats != int(product.seats):
        return product.name
    seats = say_many("seats", int(product.seats), lang)
    return say("product-with-seats", name=product.name, seats=seats)

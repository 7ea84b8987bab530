"""Everything that a letter or mail of collections says, as plain facts: the paper, the mail and the tests use these.

What anything costs us, margin and partner earned credit have no field here. Amounts are in the letter's currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from saldo.core.money import ZERO, add_up
from saldo.core.workdays import Closed
from saldo.dunning.rules.calendar import next_sending_day
from saldo.dunning.rules.forecast import Ahead
from saldo.dunning.rules.policy import CANNOT_STOP, Act, Hours, Letter, ProductClass
from saldo.invoicing.rules.paper import Account, Side

AheadKind = Literal["letter", "stop-new-orders", "access", "end-of-term", "external-collection"]
DISCLOSED: tuple[AheadKind, ...] = ("letter", "stop-new-orders", "access", "end-of-term", "external-collection")
MOST_PRODUCTS = 12
"""So many products are named; the rest is counted."""

_KIND_OF_ACT: dict[str, AheadKind] = {
    "mail": "letter",
    "letter": "letter",
    "stop-new-orders": "stop-new-orders",
    "propose-suspension": "access",
    "end-of-term": "end-of-term",
    "external-collection": "external-collection",
}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One open document: what the books say is open of it, and the part that is asked for now."""

    item: str
    document: str
    reference: str
    due_on: date
    days_late: int
    open: Decimal
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the newest bill names it, and its seats where it is sold by seats."""

    name: str
    seats: Decimal | None
    kind: ProductClass


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAhead:
    """One thing that will happen if nothing arrives: on which day and hour in the debtor's own time, to what.

    ``letter`` with a letter; ``products`` with access and end of term; ``more`` counts those not named.
    """

    on: date
    at: time
    kind: AheadKind
    letter: Letter | None = None
    products: tuple[Product, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """A whole letter. ``owed`` is what is to be paid now; interest and fee come on the next document, never here.

    ``pay_by``: the last day before the next step can begin. ``law``: the source of the rule behind interest and fee.
    """

    key: str
    letter: Letter
    language: str
    currency: str
    on: date
    written_at: datetime
    zone: str
    seller: Side
    buyer: Side
    account: Account
    items: tuple[LetterItem, ...]
    pay_by: date
    ahead: tuple[LetterAhead, ...] = ()
    interest: Decimal = ZERO
    interest_percent: Decimal = ZERO
    interest_until: date | None = None
    fee: Decimal = ZERO
    law: str = ""
    stops_new_orders: bool = False

    @property
    def owed(self) -> Decimal:
        """What is to be paid now."""
        return add_up(one.owed for one in self.items)

    @property
    def open(self) -> Decimal:
        """What the books say is open of these documents."""
        return add_up(one.open for one in self.items)


def tell_ahead(ahead: Sequence[Ahead], items: frozenset[str], products: Sequence[Product]) -> tuple[LetterAhead, ...]:
    """What a letter tells of a forecast: each step that concerns its items, once, in the order of its days.

    Work that people have with it (calls, write-offs) is ours alone and is not told.
    """
    told: dict[str, tuple[LetterAhead, ...]] = {}
    for one in ahead:
        if one.step.code not in told and items & set(one.items):
            told[one.step.code] = tuple(_entries(one, products))
    return tuple(entry for entries in told.values() for entry in entries)


def _entries(one: Ahead, products: Sequence[Product]) -> list[LetterAhead]:
    by_kind: dict[AheadKind, Act] = {}
    for act in one.step.acts:
        if act.kind in _KIND_OF_ACT:
            by_kind.setdefault(_KIND_OF_ACT[act.kind], act)
    return [_entry(one, kind, act, products) for kind, act in by_kind.items()]


def _entry(one: Ahead, kind: AheadKind, act: Act, products: Sequence[Product]) -> LetterAhead:
    if kind == "letter":
        return LetterAhead(on=one.on, at=one.at, kind=kind, letter=act.letter)
    if kind not in ("access", "end-of-term"):
        return LetterAhead(on=one.on, at=one.at, kind=kind)
    classes = act.classes or tuple(dict.fromkeys(product.kind for product in products))
    concerned = [product for name in classes for product in products if product.kind == name]
    concerned = [product for product in concerned if kind == "end-of-term" or product.kind not in CANNOT_STOP]
    shown = tuple(concerned[:MOST_PRODUCTS])
    return LetterAhead(on=one.on, at=one.at, kind=kind, products=shown, more=len(concerned) - len(shown))


def untold(letter: LetterFacts, demanded: Sequence[str]) -> tuple[str, ...]:
    """What the law demands of a formal notice and this one could not say, by the names of `law.NOTICE_FIELDS`."""
    account = letter.account
    said = {
        "creditor": bool(letter.seller.name and letter.seller.street),
        "debtor": bool(letter.buyer.name),
        "invoice": all(one.document for one in letter.items),
        "payment-details": bool(account.giro or account.iban or account.number),
        "how-to-object": bool(letter.seller.email or letter.seller.phone),
    }
    return tuple(name for name in demanded if not said.get(name, True))


def leaves_at(*, at: datetime, hours: Hours, zone: str, closed: Closed) -> datetime:
    """The first moment from ``at`` on at which a mail may leave in the debtor's own time: a day and hour for letters.

    A policy without such a day holds nothing back.
    """
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < hours.closes else local.date() + _DAY
    allowed = next_sending_day(hours, day=day, closed=closed)
    if allowed is None or (allowed == local.date() and local.time() >= hours.opens):
        return at
    return datetime.combine(allowed, hours.opens, tzinfo=ZoneInfo(zone))

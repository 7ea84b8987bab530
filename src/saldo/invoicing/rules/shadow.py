"""A shadow month: what we would bill beside what the old tool billed, line by line, and why they differ.

Both sides are added up by debtor, product, subscription (where the old tool names it) and currency; the amounts of a
line's reasons come to its difference, so the sums of all reasons come to the difference of the month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from saldo.agreements.rules.sheet_rows import read_amount
from saldo.core.money import ZERO, minor_digits, minor_unit, round_half_up

ReasonCode = Literal["only-old", "only-new", "other-currency", "unknown-customer", "quantity", "price", "rounding"]
COLUMNS = ("customer", "product", "subscription", "quantity", "net", "currency", "number")
NEEDED = ("customer", "product", "quantity", "net", "currency")
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRow:
    """One billed row of either tool; ``debtor`` is a number here, or what the old tool calls somebody unknown here."""

    debtor: str
    product: str
    subscription: str = ""
    quantity: Decimal
    net: Decimal
    currency: str
    number: str = ""
    price_rule: str = ""
    rows: int = 1
    is_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSide:
    """What one tool bills on a line: quantity, net, the price of one that follows, documents and price rules."""

    quantity: Decimal
    net: Decimal
    unit_price: Decimal | None
    rows: int
    numbers: tuple[str, ...]
    price_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowReason:
    """Why the new net is another, with the amount it makes; ``amount`` is above nothing where we bill more."""

    code: ReasonCode
    amount: Decimal
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowLine:
    """One thing billed by either tool, or both; without reasons both say the same."""

    debtor: str
    product: str
    subscription: str
    currency: str
    old: ShadowSide | None
    new: ShadowSide | None
    reasons: tuple[ShadowReason, ...]

    @property
    def difference(self) -> Decimal:
        """What we bill more than the old tool."""
        return (self.new.net if self.new else ZERO) - (self.old.net if self.old else ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSum:
    """Lines added up: what both tools bill, and the difference by reason, which comes to it."""

    debtor: str  # "" for all
    currency: str
    old: Decimal
    new: Decimal
    lines: int
    equal: int
    reasons: Mapping[str, Decimal]

    @property
    def difference(self) -> Decimal:
        """What we bill more than the old tool."""
        return self.new - self.old


_Place = tuple[str, str, str, str]  # debtor, product as compared, subscription, currency


def read_old_row(*, cells: Mapping[str, str]) -> tuple[dict[str, Any] | None, tuple[str, str, str] | None]:
    """A row of the old tool's invoices, or what is wrong with it: code, column, and what was seen.

    Faults: invoicing.shadow.empty, .bad-text, .bad-figure, .bad-currency.
    """
    told: dict[str, Any] = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    told["currency"] = told["currency"].upper()
    for name in NEEDED:
        if not told[name]:
            return None, ("invoicing.shadow.empty", name, "")
    long = next((name for name in COLUMNS if len(told[name]) > _LONGEST), "")
    if long:
        return None, ("invoicing.shadow.bad-text", long, told[long][:80])
    if not (len(told["currency"]) == len("SEK") and told["currency"].isascii() and told["currency"].isalpha()):
        return None, ("invoicing.shadow.bad-currency", "currency", told["currency"][:80])
    for name in ("quantity", "net"):
        try:
            told[name] = read_amount(told[name])
        except ValueError:
            return None, ("invoicing.shadow.bad-figure", name, told[name][:80])
    if told["net"] != round(told["net"], minor_digits(told["currency"])):
        return None, ("invoicing.shadow.bad-figure", "net", str(told["net"])[:80])
    return told, None


def compare(old: Iterable[ShadowRow], new: Iterable[ShadowRow]) -> tuple[ShadowLine, ...]:
    """Every line of either tool: by debtor and currency, the largest difference of each first."""
    old_rows, new_rows = list(old), list(new)
    named = _named_subscriptions(old_rows)
    olds, news = _grouped(old_rows, named), _grouped(new_rows, named)
    elsewhere = {place[:3] for place in olds} & {place[:3] for place in news}
    lines = [_line(place, olds.get(place, []), news.get(place, []), elsewhere) for place in olds.keys() | news.keys()]
    return tuple(
        sorted(lines, key=lambda one: (one.debtor, one.currency, -abs(one.difference), one.product, one.subscription))
    )


def add_up(lines: Iterable[ShadowLine]) -> tuple[ShadowSum, ...]:
    """The sums of all by currency, then of each debtor; every difference is the sum of its reasons."""
    groups: dict[tuple[str, str], list[ShadowLine]] = defaultdict(list)
    for line in lines:
        groups["", line.currency].append(line)
        groups[line.debtor, line.currency].append(line)
    return tuple(_sum(debtor, currency, group) for (debtor, currency), group in sorted(groups.items()))


def _sum(debtor: str, currency: str, lines: Sequence[ShadowLine]) -> ShadowSum:
    reasons: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        for reason in line.reasons:
            reasons[reason.code] += reason.amount
    return ShadowSum(
        debtor=debtor,
        currency=currency,
        old=sum((line.old.net for line in lines if line.old), ZERO),
        new=sum((line.new.net for line in lines if line.new), ZERO),
        lines=len(lines),
        equal=sum(not line.reasons for line in lines),
        reasons=dict(reasons),
    )


def _named_subscriptions(rows: Iterable[ShadowRow]) -> set[tuple[str, str]]:
    """The debtors and products of which every row of the old tool names its subscription."""
    named: dict[tuple[str, str], bool] = {}
    for row in rows:
        place = (row.debtor, _compared(row.product))
        named[place] = named.get(place, True) and bool(row.subscription)
    return {place for place, is_named in named.items() if is_named}


def _grouped(rows: Iterable[ShadowRow], named: set[tuple[str, str]]) -> dict[_Place, list[ShadowRow]]:
    found: dict[_Place, list[ShadowRow]] = defaultdict(list)
    for row in rows:
        product = _compared(row.product)
        subscription = row.subscription.casefold() if (row.debtor, product) in named else ""
        found[row.debtor, product, subscription, row.currency].append(row)
    return found


def _compared(product: str) -> str:
    return " ".join(product.casefold().split())


def _line(
    place: _Place, old: Sequence[ShadowRow], new: Sequence[ShadowRow], elsewhere: set[tuple[str, str, str]]
) -> ShadowLine:
    debtor, _, subscription, currency = place
    before, after = _side(old, currency), _side(new, currency)
    return ShadowLine(
        debtor=debtor,
        product=(new or old)[0].product,
        subscription=subscription,
        currency=currency,
        old=before,
        new=after,
        reasons=_one_sided(before, after, old, place[:3] in elsewhere)
        if before is None or after is None
        else _both(before, after, currency),
    )


def _side(rows: Sequence[ShadowRow], currency: str) -> ShadowSide | None:
    if not rows:
        return None
    quantity, net = sum((row.quantity for row in rows), ZERO), sum((row.net for row in rows), ZERO)
    return ShadowSide(
        quantity=quantity,
        net=net,
        unit_price=_rounded(Fraction(net) / Fraction(quantity), minor_digits(currency) + 2) if quantity else None,
        rows=sum(row.rows for row in rows),
        numbers=tuple(sorted({row.number for row in rows} - {""})),
        price_rules=tuple(sorted({row.price_rule for row in rows} - {""})),
    )


def _one_sided(
    old: ShadowSide | None, new: ShadowSide | None, rows: Sequence[ShadowRow], is_elsewhere: bool
) -> tuple[ShadowReason, ...]:
    code: ReasonCode = "only-old" if new is None else "only-new"
    if is_elsewhere:
        code = "other-currency"
    if new is None and not rows[0].is_known:
        code = "unknown-customer"
    amount = (new.net if new else ZERO) - (old.net if old else ZERO)
    return (ShadowReason(code=code, amount=amount),)


def _both(old: ShadowSide, new: ShadowSide, currency: str) -> tuple[ShadowReason, ...]:
    """What more or fewer pieces make at the old price; the rest is rounding where it is that small, else the price."""
    reasons = []
    rest = new.net - old.net
    if new.quantity != old.quantity:
        amount = rest
        if old.quantity and new.quantity:
            exact = (Fraction(new.quantity) - Fraction(old.quantity)) * Fraction(old.net) / Fraction(old.quantity)
            amount = round_half_up(_rounded(exact, minor_digits(currency) + 2), currency)
        rest -= amount
        facts = {"old": f"{old.quantity.normalize():f}", "new": f"{new.quantity.normalize():f}"}
        reasons.append(ShadowReason(code="quantity", amount=amount, facts=facts))
    if rest:
        is_rounding = abs(rest) <= minor_unit(currency) * max(old.rows, new.rows)
        facts = {"old": _told(old.unit_price), "new": _told(new.unit_price), "rules": ", ".join(new.price_rules)}
        reasons.append(ShadowReason(code="rounding" if is_rounding else "price", amount=rest, facts=facts))
    return tuple(reasons)


def _told(price: Decimal | None) -> str:
    return "" if price is None else f"{price:f}"


def _rounded(exact: Fraction, digits: int) -> Decimal:
    return Decimal(round(exact * 10**digits)).scaleb(-digits)

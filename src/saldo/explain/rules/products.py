"""The rows of one subscription by product: what is compared with what when a licence is charged in several rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from saldo.charges.rules.line import LineItem
from saldo.charges.rules.proration import rule_of_seats
from saldo.core.money import ZERO, minor_unit
from saldo.explain.rules.bill import Basis, BillLine
from saldo.explain.rules.reading import ReadLine, read_line

_Product = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the partner's rules made of the rows of one period; empty on the cost side.

    ``basis`` and ``own`` are known only where all rows share them.
    """

    rules: frozenset[str]
    basis: Basis
    own: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRows:
    """The rows of one product in both periods, taken apart; ``has_unread`` when one has an amount and no quantity."""

    before: tuple[ReadLine, ...]
    after: tuple[ReadLine, ...]
    sum_before: Decimal
    sum_after: Decimal
    has_unread: bool
    own_before: Agreed
    own_after: Agreed

    @property
    def change(self) -> Decimal:
        """What the product adds to the change."""
        return self.sum_after - self.sum_before

    @property
    def has_other_rule(self) -> bool:
        """Whether another rule of the partner's priced the later period."""
        old, new = self.own_before.rules, self.own_after.rules
        return bool(old) and bool(new) and old != new

    @property
    def is_priced_by_us(self) -> bool:
        """Whether the rows are on the price side, where the partner's own arithmetic made the amounts."""
        return bool(self.own_before.rules - {""} or self.own_after.rules - {""})

    @property
    def follow_arithmetic(self) -> bool:
        """Whether every row is what arithmetic makes of the price it shows: Microsoft's (reference 8.3), or ours."""
        follows = _follows_ours if self.is_priced_by_us else _follows
        return not self.has_unread and all(map(follows, (*self.before, *self.after)))


def split_by_product(before: Sequence[BillLine], after: Sequence[BillLine]) -> list[ProductRows]:
    """Rows by product and part of it; a product that took the place of a single other one is compared with that."""
    old, new = _by_product(before), _by_product(after)
    gone, come = [key for key in old if key not in new], [key for key in new if key not in old]
    if len(gone) == len(come) == 1:
        new[gone[0]] = new.pop(come[0])
    keys = dict.fromkeys((*old, *new))
    return [_read(old.get(key, []), new.get(key, [])) for key in keys]


def _by_product(lines: Iterable[BillLine]) -> dict[_Product, list[BillLine]]:
    found: dict[_Product, list[BillLine]] = {}
    for key, line in _named(lines):
        found.setdefault(key, []).append(line)
    return found


def _named(lines: Iterable[BillLine]) -> list[tuple[_Product, BillLine]]:
    """Rows of one event that differ in price alone are parts of one licence (telco): told apart by rank of price."""
    alike: dict[tuple[object, ...], list[BillLine]] = {}
    for line in lines:
        item = line.item
        what = (item.product_id, item.sku_id, item.charge_type, item.reference, item.amount < 0, item.quantity)
        alike.setdefault((*what, item.charge_starts_on, item.charge_ends_on), []).append(line)
    return [
        ((line.item.product_id, line.item.sku_id, rank), line)
        for same in alike.values()
        for rank, line in enumerate(sorted(same, key=lambda line: (-line.item.unit_price, line.item.row)))
    ]


def _read(before: Sequence[BillLine], after: Sequence[BillLine]) -> ProductRows:
    before, after = _that_count(before), _that_count(after)
    lines = (*before, *after)
    prices = _list_prices(line.item for line in lines)
    sides = [[read_line(line.item, list_prices=prices) for line in side] for side in (before, after)]
    return ProductRows(
        before=tuple(line for line in sides[0] if line is not None),
        after=tuple(line for line in sides[1] if line is not None),
        sum_before=sum((line.item.amount for line in before), ZERO),
        sum_after=sum((line.item.amount for line in after), ZERO),
        has_unread=any(line is None for side in sides for line in side),
        own_before=_agreed(before),
        own_after=_agreed(after),
    )


def _agreed(lines: Sequence[BillLine]) -> Agreed:
    made = {(line.basis, line.own) for line in lines}
    rules = frozenset(line.price_rule for line in lines)
    if len(made) != 1:
        return Agreed(rules=rules, basis="", own=Fraction(1))
    basis, own = next(iter(made))
    return Agreed(rules=rules, basis=basis, own=own)


def _that_count(lines: Iterable[BillLine]) -> list[BillLine]:
    """Rows of nothing for nothing say nothing."""
    return [line for line in lines if line.item.quantity or line.item.amount]


def _list_prices(items: Iterable[LineItem]) -> tuple[Decimal, ...]:
    """Prices of rows that show their own exactly: the amount is price times seats."""
    exact = (item.unit_price for item in items if item.unit_price * item.quantity == item.amount + item.discount)
    return tuple(dict.fromkeys(price for price in exact if price))


def _follows(line: ReadLine) -> bool:
    item = line.item
    if item.platform == "legacy":
        return True  # legacy amounts are read as they are: nothing is multiplied anew
    price = Fraction(item.effective_unit_price)
    rule = rule_of_seats(
        amount=item.amount,
        price=-abs(price) if item.amount < 0 else price,
        quantity=item.quantity,
        exchange_rate=item.exchange_rate or Decimal(1),
        currency=item.currency,
    )
    return rule != "none"


def _follows_ours(line: ReadLine) -> bool:
    """Whether the amount is the product of its factors, but for what Microsoft cut off its price before we took it."""
    cut = abs(line.quantity) * line.rate * max(abs(line.price), Fraction(1)) / 100
    return abs(line.term.total - Fraction(line.item.amount)) <= cut + Fraction(minor_unit(line.item.currency))

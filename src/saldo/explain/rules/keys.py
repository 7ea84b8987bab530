"""What a line is matched by: its subscription, or for usage its meter within the plan; never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from saldo.explain.rules.bill import BillLine
from saldo.explain.rules.charge_types import is_metered


@dataclass(slots=True, kw_only=True)
class Keyed:
    """The lines of one key in both periods, while they are being gathered."""

    key: str
    before: list[BillLine] = field(default_factory=list)
    after: list[BillLine] = field(default_factory=list)

    @property
    def lines(self) -> list[BillLine]:
        """The lines of both periods."""
        return self.before + self.after


def subscription_of(line: BillLine) -> str:
    """The subscription; where a row has none, its reservation order or its product."""
    item = line.item
    return item.subscription or item.reservation_order or f"{item.product_id}/{item.sku_id}"


def key_of(line: BillLine) -> str:
    """The key of its reasons: the subscription, of usage ``subscription/product/sku/availability``."""
    item = line.item
    if not is_metered(item):
        return subscription_of(line)
    return f"{item.subscription}/{item.product_id}/{item.sku_id}/{item.availability_id}"


def by_key(
    before: Iterable[BillLine], after: Iterable[BillLine], *, key: Callable[[BillLine], str] = key_of
) -> list[Keyed]:
    """The lines of both periods by key, in the order in which keys appear."""
    found: dict[str, Keyed] = {}
    for line in before:
        found.setdefault(key(line), Keyed(key=key(line))).before.append(line)
    for line in after:
        found.setdefault(key(line), Keyed(key=key(line))).after.append(line)
    return list(found.values())

"""Which subscriptions a change of plan links: upgrades and moves by ReferenceId, migrations by product and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from saldo.charges.rules.line import LineItem
from saldo.explain.rules.charge_types import is_cancellation, is_legacy_move, is_metered, is_move, is_purchase

MIGRATION_DAYS = 1
"""A legacy cancellation and its new-commerce purchase lie at most so many days apart (interface.md, rule 4)."""


def linked_keys(items: Sequence[LineItem], key_of: dict[int, str]) -> tuple[tuple[str, ...], ...]:
    """The groups of keys that one change of plan links, each key in one group; ``key_of`` gives a row's key by its id.

    A group may hold a single key: then the other side stands on a bill that is not looked at.
    """
    groups: dict[str, set[str]] = {}
    for link in _links(items):
        members = {key_of[id(item)] for item in link}
        for member in list(members):
            members |= groups.get(member, set())
        for member in members:
            groups[member] = members
    order = dict.fromkeys(key_of[id(item)] for item in items)
    distinct = dict.fromkeys(
        tuple(key for key in order if key in groups[member]) for member in order if member in groups
    )
    return tuple(distinct)


def _links(items: Sequence[LineItem]) -> Iterator[tuple[LineItem, ...]]:
    seats = [item for item in items if not is_metered(item)]
    moves = [item for item in seats if is_move(item)]
    for reference in dict.fromkeys(item.reference for item in moves):
        if reference:
            yield tuple(item for item in seats if item.reference == reference)
    yield from ((item,) for item in moves if not item.reference)
    yield from _legacy_moves(seats)
    yield from _migrations(seats)


def _legacy_moves(seats: Iterable[LineItem]) -> Iterator[tuple[LineItem, ...]]:
    """Legacy rows have no ReferenceId: both halves are charged for the same days."""
    days: dict[tuple[date | None, date | None], list[LineItem]] = {}
    for item in seats:
        if is_legacy_move(item):
            days.setdefault((item.charge_starts_on, item.charge_ends_on), []).append(item)
    yield from (tuple(halves) for halves in days.values())


def _migrations(seats: Sequence[LineItem]) -> Iterator[tuple[LineItem, ...]]:
    """Each legacy cancellation with one purchase: of as many seats if there is one, then the nearest in time."""
    left = [item for item in seats if item.platform == "legacy" and is_cancellation(item)]
    arrived = [item for item in seats if item.platform == "new-commerce" and is_purchase(item)]
    for old in left:
        candidates = [new for new in arrived if _is_migration(old, new)]
        if candidates:
            new = min(candidates, key=lambda new: (new.quantity != old.quantity, _days_between(old, new)))
            arrived = [item for item in arrived if item.subscription != new.subscription]
            yield (old, new)


def _is_migration(old: LineItem, new: LineItem) -> bool:
    return plain_name(old) == plain_name(new) and _days_between(old, new) <= MIGRATION_DAYS


def _days_between(old: LineItem, new: LineItem) -> int:
    one, other = old.charge_starts_on, new.charge_starts_on or new.ordered_on
    return MIGRATION_DAYS + 1 if one is None or other is None else abs((one - other).days)


def plain_name(item: LineItem) -> str:
    """A product's name without what differs between the platforms: case, blanks, signs."""
    return "".join(letter for letter in item.product_name.casefold() if letter.isalnum())

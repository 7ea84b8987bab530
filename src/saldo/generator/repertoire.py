"""How often each story is told."""

from __future__ import annotations

from collections.abc import Callable

from saldo.generator import move_stories, price_stories, stories
from saldo.generator.contracts import Contract
from saldo.generator.stories import Setting

STORIES: tuple[tuple[int, Callable[[Setting], list[Contract]]], ...] = (
    (44, stories.steady),
    (9, stories.bought),
    (9, stories.more_seats),
    (5, stories.fewer_seats),
    (8, price_stories.renewed),
    (5, price_stories.promoted),
    (4, price_stories.paid_by_the_year),
    (1, price_stories.bought_for_good),
    (2, price_stories.reserved),
    (1, price_stories.saving),
    (4, price_stories.from_the_marketplace),
    (3, move_stories.upgraded),
    (2, move_stories.moved),
    (3, move_stories.cancelled),
    (3, move_stories.ended),
    (2, move_stories.billed_by_the_year_from_now),
    (2, move_stories.tried_and_bought),
    (1, move_stories.aligned),
)
"""Weight and story; the weights need no particular sum."""

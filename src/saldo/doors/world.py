"""The world as pages get it: the server names a maker in its settings, the first page that needs it makes it."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from saldo.ports.world import World


@lru_cache(maxsize=1)
def get_world() -> World:
    """Clock and queue of this process. Tests that need another clock clear the cache and name their own maker."""
    made = import_string(settings.WORLD)()
    if not isinstance(made, World):
        raise TypeError(f"{settings.WORLD} made {type(made).__name__}, not a World")
    return made

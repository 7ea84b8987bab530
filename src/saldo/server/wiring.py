"""What is plugged in where: only this file knows which implementation stands behind a port."""

from __future__ import annotations

from saldo.ports.world import World
from saldo.server.clock import MachineClock


def real_world() -> World:
    """The world as this machine offers it. Needs Django to be loaded."""
    from saldo.server.queue import PostgresQueue

    return World(clock=MachineClock(), queue=PostgresQueue())

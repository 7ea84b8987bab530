"""The machine's clock: the only place that asks it."""

from __future__ import annotations

from datetime import UTC, datetime


class MachineClock:
    """Tells the present instant of this machine, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)  # noqa: TID251 - time enters by this door

"""The clock enters by the door: nobody else in Saldo may know the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that always shows the same instant; for tests, demo and ``--today``."""

    at: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

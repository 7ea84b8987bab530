"""The world outside, as one frozen bundle that the server fills once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from saldo.core.clock import Clock
from saldo.ports.mail import NO_MAIL, Mail
from saldo.ports.rates import NO_RATES_SOURCE, RatesSource


class Queue(Protocol):
    """Where flows leave work for later, by the name of the task."""

    def enqueue(self, task: str, **arguments: object) -> int:
        """Leave one piece of work; it exists only if the transaction around it commits. Returns its number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What Saldo needs from outside itself."""

    clock: Clock
    queue: Queue
    mail: Mail = NO_MAIL
    rates: RatesSource = NO_RATES_SOURCE

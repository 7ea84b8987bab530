"""May what waits go out? Rehearsal, the first live run, and the daily cap (practice 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way out of one company; closed means rehearsal. A raised cap, ``next_cap``, counts from its midnight on."""

    kind: str
    is_open: bool = False
    opened_by: str = ""
    first_run_confirmed_by: str = ""
    daily_cap: int = 500
    next_cap: int | None = None
    next_cap_from: datetime | None = None

    def cap_on(self, day_began_at: datetime) -> int:
        """The cap of the day that began then."""
        if self.next_cap is None or self.next_cap_from is None or self.next_cap_from > day_began_at:
            return self.daily_cap
        return self.next_cap


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of what waits, and why."""

    verdict: Literal["go", "capture", "hold"]
    because: str
    facts: Mapping[str, int] = field(default_factory=dict)


def decide(*, channel: Channel, waiting_count: int, sent_today: int) -> Decision:
    """Whether what waits goes out, is captured and shown, or is held until a person has looked.

    ``waiting_count`` and ``sent_today`` leave out what a person has released already. A run that would pass the cap is
    held as a whole, not sent in part: what is unusual is its size.
    """
    facts = {"waiting": waiting_count, "sent": sent_today, "cap": channel.daily_cap}
    if not channel.is_open:
        return Decision(verdict="capture", because="outbox.captured.rehearsal", facts=facts)
    if not channel.first_run_confirmed_by:
        return Decision(verdict="hold", because="outbox.held.first-run", facts=facts)
    if waiting_count and waiting_count + sent_today > channel.daily_cap:
        return Decision(verdict="hold", because="outbox.held.daily-cap", facts=facts)
    return Decision(verdict="go", because="outbox.gate.open", facts=facts)

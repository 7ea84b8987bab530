"""How fast, how often and how long: the pace of a mailbox, the delay between tries, the end of waiting."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_TRIES = 12
_LONGEST_DELAY = timedelta(hours=1)
_UNTIL_STUCK = timedelta(hours=1)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def has_room(
    *,
    per_minute: int,
    recipients_a_day: int,
    messages_last_minute: int,
    recipients_last_day: int,
    recipients: int,
) -> bool:
    """Whether the mailbox takes a further message to so many recipients now.

    Exchange Online: 30 messages a minute, 10,000 recipients a day, both counted backwards from now (practice 27).
    """
    return messages_last_minute < per_minute and recipients_last_day + recipients <= recipients_a_day


def next_try(*, attempts: int, at: datetime) -> datetime | None:
    """When a server that could not be reached is asked again: after 1, 2, 4 … minutes, an hour at most; None: no more.

    Twelve tries take about seven hours; then a person decides.
    """
    if attempts >= MOST_TRIES:
        return None
    return at + min(timedelta(minutes=2 ** (attempts - 1)), _LONGEST_DELAY)


def is_stuck(*, state: str, tried_at: datetime | None, now: datetime) -> bool:
    """Whether an order was handed over, or was about to be, and nobody wrote down what came of it for an hour."""
    return state == "sending" and (tried_at is None or now - tried_at >= _UNTIL_STUCK)


def day_around(*, at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The two midnights around an instant where the company is, in UTC; a day of 23 or 25 hours is one day."""
    local = ZoneInfo(zone)
    today = at.astimezone(local).date()
    days = (today, today + timedelta(days=1))
    first, last = (datetime.combine(day, time.min, tzinfo=local).astimezone(UTC) for day in days)
    return first, last

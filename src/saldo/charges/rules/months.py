"""A document has one month, and a row never changes month (interface.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from saldo.core.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderDays:
    """What an invoice header says of its time; legacy headers name no period."""

    invoiced_on: date
    period_starts_on: date | None


def month_of_rows(votes: Mapping[date, int]) -> Month | None:
    """The month that most rows speak for, the earlier one on a tie; None when no row names a day."""
    if not votes:
        return None
    return Month.of(min(votes, key=lambda day: (-votes[day], day)))


def month_of_document(*, own: Month | None, header: HeaderDays | None) -> Month | None:
    """The header's billing period where imported, or its invoice date; else what the rows say."""
    if header is None:
        return own
    return Month.of(header.period_starts_on or header.invoiced_on)

"""Months and days that nobody bills are wrong usage, never a traceback."""

from __future__ import annotations

import argparse
from datetime import date

import pytest

from saldo.cli.asked import day_argument, month_argument
from saldo.core.periods import Month


@pytest.mark.parametrize("text", ["0001-01", "9999-12", "2026-13", "2026", ""])
def test_no_month(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        month_argument(text)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2026-02-30", "today", ""])
def test_no_day(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        day_argument(text)


def test_months_and_days() -> None:
    assert (month_argument("2026-03"), day_argument("2026-03-31")) == (Month(2026, 3), date(2026, 3, 31))

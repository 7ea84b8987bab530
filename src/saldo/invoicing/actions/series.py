"""Giving numbers: one series a company and year, without gaps, whoever issues at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.invoicing import models
from saldo.invoicing.rules.numbering import number_of
from saldo.invoicing.settings import get_settings

_LOCK = 0x1A02


def lock_series(company: CompanyId) -> None:
    """One at a time gives numbers in a company; the rest wait here until it has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, company % 0x7FFFFFFF])


def give_numbers(*, company: CompanyId, years: Sequence[int]) -> list[tuple[str, int]]:
    """The next number of each of these years' series, in their order, with its place; the series' rows stay locked."""
    series = get_settings(company=company).series
    last: dict[int, int] = {}
    for year in sorted(set(years)):
        models.Series.objects.get_or_create(company_id=company, year=year)
        last[year] = models.Series.objects.select_for_update().get(company_id=company, year=year).last
    given: list[tuple[str, int]] = []
    for year in years:
        last[year] += 1
        given.append((number_of(series=series, year=year, place=last[year]), last[year]))
    for year, place in last.items():
        models.Series.objects.filter(company_id=company, year=year).update(last=place)
    return given

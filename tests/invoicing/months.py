"""Bringing a month of Microsoft's files, closing it, and looking at what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from saldo.charges.month_lines import count_by_customer, list_month_lines, open_month
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult, import_paths
from saldo.flows.month_close import Closed, close_month
from saldo.invoicing import models
from tests.microsoft_files import Row, write_csv
from tests.rooms.importing import A_WORLD

MARCH = Month(2026, 3)
TODAY = date(2026, 5, 12)


class Partner:
    """One company whose months are brought and closed."""

    def __init__(self, company: CompanyId, folder: Path) -> None:
        self.company, self.folder = company, folder
        self._brought = 0

    def bring(self, *rows: Row) -> FileResult:
        """Import one portal file of these rows."""
        self._brought += 1
        (result,) = self.bring_paths(write_csv(self.folder / f"{self._brought:02d}.csv", rows))
        return result

    def bring_paths(self, *paths: Path) -> Sequence[FileResult]:
        """Import files and folders."""
        return import_paths(company=self.company, paths=paths, actor="test", world=A_WORLD)

    def close(self, *, issue: bool = False, month: Month = MARCH, today: date = TODAY, **more: Any) -> Closed:
        """Close a month."""
        return close_month(
            company=self.company, month=month, issue=issue, by="user:1", world=A_WORLD, today=today, **more
        )

    def lines(self, month: Month = MARCH) -> list[models.Line]:
        """All lines of ours in a month."""
        return list(models.Line.objects.filter(company_id=self.company, month=month.starts_on).order_by("id"))

    def documents(self, month: Month = MARCH) -> list[models.Invoice]:
        """All documents of a month, in the order in which they were issued, drafts last."""
        rows = models.Invoice.objects.filter(company_id=self.company, month=month.starts_on)
        return sorted(rows, key=lambda row: (not row.number, row.sequence or 0, row.debtor, row.pk))


def charged(company: CompanyId, month: Month) -> dict[str, tuple[int, Decimal]]:
    """How many lines Microsoft charges in a month and what they cost, by currency."""
    opened = open_month(company=company, month=month)
    found: dict[str, tuple[int, Decimal]] = {}
    for one in count_by_customer(month=opened):
        lines, net = found.get(one.currency, (0, Decimal(0)))
        found[one.currency] = (lines + one.lines, net + one.net)
    return found


def check_every_line_has_one_bucket(company: CompanyId, month: Month) -> None:
    """The law: each line of Microsoft's stands in exactly one bucket, and the buckets cost what Microsoft charges."""
    opened = open_month(company=company, month=month)
    customers = [one.customer for one in count_by_customer(month=opened)]
    places = sorted((item.file, item.row) for item in list_month_lines(month=opened, customers=customers))
    rows = models.Line.objects.filter(company_id=company, month=month.starts_on).exclude(file="")
    kept = [(row.file, row.row) for row in rows if row.mirrors_line is None or row.because == BILLED_BEFORE]
    assert sorted(set(places) & set(kept)) == places
    assert len([place for place in kept if place in set(places)]) == len(places)
    costs: dict[str, Decimal] = {}
    for row in rows:
        costs[row.cost_currency] = costs.get(row.cost_currency, Decimal(0)) + row.cost
    assert costs == {currency: net for currency, (_, net) in charged(company, month).items()}


BILLED_BEFORE = "invoicing.line.billed-before"

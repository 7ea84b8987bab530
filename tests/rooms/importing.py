"""Bringing files to Saldo in a test, and looking at what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from saldo.charges import history
from saldo.charges.queries import list_lines
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult, import_paths
from saldo.ports.world import World
from tests.conftest import NOW
from tests.microsoft_files import HAVSBRIS, Row, write_csv, write_json

MARCH = Month(2026, 3)


class NoQueue:
    """A queue that nobody may use."""

    def enqueue(self, task: str, **arguments: object) -> int:
        raise AssertionError(f"an import leaves no work for later: {task}")


A_WORLD = World(clock=FixedClock(NOW), queue=NoQueue())


class Postman:
    """Brings files into one company."""

    def __init__(self, company: CompanyId, folder: Path) -> None:
        self.company, self.folder = company, folder
        self._brought = 0

    def bring(self, *rows: Row, name: str = "") -> FileResult:
        """Import one portal file of these rows."""
        (result,) = self.bring_paths(write_csv(self._path(name or "file.csv"), rows))
        return result

    def bring_header(self, *headers: Row) -> FileResult:
        """Import one saved answer with these invoice headers."""
        found = headers[0] if len(headers) == 1 else {"items": list(headers)}
        (result,) = self.bring_paths(write_json(self._path("invoice.json"), found))
        return result

    def bring_paths(self, *paths: Path) -> Sequence[FileResult]:
        """Import these files and folders."""
        return import_paths(company=self.company, paths=paths, actor="test", world=A_WORLD)

    def _path(self, name: str) -> Path:
        self._brought += 1
        return self.folder / f"{self._brought:02d}-{name}"

    def amounts(self, *, month: Month = MARCH, customer: str = HAVSBRIS, with_estimates: bool = False) -> list[str]:
        """What a customer's bill of a month lists."""
        lines = list_lines(
            company=self.company, customer=CustomerId(customer), month=month, include_estimated=with_estimates
        )
        return [f"{line.amount:.2f}" for line in lines]

    def states(self) -> list[str]:
        """The states of all versions, oldest first."""
        return [seen.state for seen in reversed(history.list_deliveries(company=self.company, limit=50))]

    def delivery(self, place: int) -> int:
        """The number of the delivery that came in this place, from 1."""
        return history.list_deliveries(company=self.company, limit=50)[-place].id

    def checks(self, place: int) -> dict[str, tuple[int, int, int]]:
        """Passed, tolerated, failed of each check of the delivery that came in this place."""
        opened = history.get_delivery(company=self.company, delivery=self.delivery(place))
        return {check.code: (check.passed, check.tolerated, check.failed) for check in opened.checks}

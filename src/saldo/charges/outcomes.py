"""What became of imported files, as the command line and its callers read it: one entry a file, blob or page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from saldo.charges import models
from saldo.charges.rules.line import Kind
from saldo.core.identity import CompanyId
from saldo.core.periods import Month

_WITHOUT_MONEY: Kind = "legacy-usage-daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFound:
    """A cell that could not be read; row 0 is the file itself."""

    code: str
    row: int
    column: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCounted:
    """How many rows or groups of one invariant passed, were within tolerance, failed."""

    code: str
    passed: int
    tolerated: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """One imported file. ``total`` is its own sum before tax, zero where its kind carries no money.

    Invoice headers charge with tax only, so theirs is with tax; None where several currencies cannot be one sum.
    """

    name: str
    sha256: str
    kind: Kind
    document: str
    month: Month | None
    currency: str
    rows: int
    lines: int
    total: Decimal | None
    problems: tuple[ProblemFound, ...]
    checks: tuple[CheckCounted, ...]


def read_outcomes(*, company: CompanyId, deliveries: Collection[int]) -> Mapping[int, tuple[FileOutcome, ...]]:
    """The files of these deliveries as the catalogue knows them now, by delivery, in their order."""
    parts = list(
        models.Part.objects.filter(company_id=company, delivery_id__in=deliveries)
        .select_related("delivery")
        .order_by("delivery_id", "number")
    )
    checks: dict[int, list[CheckCounted]] = {part.pk: [] for part in parts}
    for check in models.Check.objects.filter(company_id=company, part_id__in=checks):
        checks[check.part_id].append(
            CheckCounted(code=check.code, passed=check.passed, tolerated=check.tolerated, failed=check.failed)
        )
    problems: dict[int, list[ProblemFound]] = {part.pk: [] for part in parts}
    found = models.CellProblem.objects.filter(company_id=company, part_id__in=problems)
    for problem in found.order_by("row", "column"):
        problems[problem.part_id].append(
            ProblemFound(code=problem.code, row=problem.row, column=problem.column, seen=problem.seen)
        )
    outcomes: dict[int, list[FileOutcome]] = {}
    for part in parts:
        outcome = _outcome(part, problems[part.pk], checks[part.pk])
        outcomes.setdefault(part.delivery_id, []).append(outcome)
    return {delivery: tuple(files) for delivery, files in outcomes.items()}


def _outcome(part: models.Part, problems: list[ProblemFound], checks: list[CheckCounted]) -> FileOutcome:
    delivery = part.delivery
    return FileOutcome(
        name=part.name,
        sha256=part.sha256,
        kind=cast(Kind, delivery.kind),
        document=delivery.document,
        month=Month.of(delivery.month) if delivery.month else None,
        currency=delivery.currency,
        rows=part.rows,
        lines=part.lines,
        total=part.total if delivery.currency or delivery.kind == _WITHOUT_MONEY else None,
        problems=tuple(problems),
        checks=tuple(sorted(checks, key=lambda check: int(check.code.removeprefix("I")))),
    )

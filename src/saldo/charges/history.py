"""What arrived and what came of it: deliveries with their checks, problems and versions, and refused attempts.

Reads only. Amounts are exact and before tax in the delivery's currency; instants are UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, Q, QuerySet, Sum

from saldo.charges import models
from saldo.charges.formats.shape import Source
from saldo.charges.rules.line import Kind
from saldo.core.identity import CompanyId, CustomerId, FileId
from saldo.core.periods import Month
from saldo.core.problems import Refused

MOST_PROBLEMS = 50


class UnableToFindDelivery(Refused):
    """No such delivery in this company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySeen:
    """One delivered version of a document, as a list shows it."""

    id: int
    kind: Kind
    source: Source
    document: str
    is_estimated: bool
    month: Month | None
    currency: str
    rows: int
    lines: int
    total: Decimal
    state: str  # counts, superseded, withdrawn
    received_at: datetime
    received_by: str
    accepted_because: str
    superseded_by: int | None
    part_count: int
    failed_checks: int  # codes with at least one failure


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSeen:
    """One file, blob or page."""

    number: int
    file: FileId
    name: str
    rows: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeen:
    """One invariant over all parts; ``samples`` name failed places first, each with its file."""

    code: str
    passed: int
    tolerated: int
    failed: int
    samples: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """One row that a check names: whom and what it is about, and the file it stands in."""

    customer: CustomerId
    product: str
    kind: Kind
    month: Month | None
    is_estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSeen:
    """One cell that could not be read."""

    code: str
    file: FileId
    part: str
    row: int
    column: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOpened:
    """Everything about one delivery; ``versions`` are all of its document, oldest first, itself among them."""

    seen: DeliverySeen
    parts: tuple[PartSeen, ...]
    checks: tuple[CheckSeen, ...]
    problems: tuple[ProblemSeen, ...]
    problem_rows: int
    versions: tuple[DeliverySeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSeen:
    """One attempt that brought nothing new: refused or had already."""

    id: int
    at: datetime
    by: str
    name: str
    file: str
    kind: str
    state: str
    code: str
    delivery: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)


def list_deliveries(*, company: CompanyId, limit: int, offset: int = 0) -> tuple[DeliverySeen, ...]:
    """Newest first, all versions."""
    rows = _deliveries(company).order_by("-received_at", "-id")[offset : offset + limit]
    return _seen(rows)


def count_deliveries(*, company: CompanyId) -> int:
    """How many versions of documents there are."""
    return models.Delivery.objects.filter(company_id=company).count()


def list_fruitless_attempts(*, company: CompanyId, limit: int) -> tuple[AttemptSeen, ...]:
    """The latest attempts that were refused or brought what was there already, newest first."""
    rows = models.Attempt.objects.filter(company_id=company, state__in=["refused", "duplicate"])
    return tuple(_attempt(row) for row in rows.order_by("-at", "-id")[:limit])


def find_attempt(*, company: CompanyId, attempt: int) -> AttemptSeen | None:
    """One attempt by its number, or None."""
    row = models.Attempt.objects.filter(company_id=company, pk=attempt).first()
    return _attempt(row) if row else None


def get_delivery(*, company: CompanyId, delivery: int) -> DeliveryOpened:
    """One delivery with its parts, checks, problems and versions.

    Refuses (UnableToFindDelivery): charges.delivery.unknown.
    """
    found = _seen(_deliveries(company).filter(pk=delivery))
    if not found:
        raise UnableToFindDelivery(code="charges.delivery.unknown", facts={"delivery": delivery})
    parts = list(models.Part.objects.filter(company_id=company, delivery_id=delivery).order_by("number"))
    key = models.Delivery.objects.values_list("document_key", flat=True).get(pk=delivery)
    problems = models.CellProblem.objects.filter(company_id=company, part__delivery_id=delivery)
    listed = problems.select_related("part").order_by("part__number", "row", "column")[:MOST_PROBLEMS]
    return DeliveryOpened(
        seen=found[0],
        parts=tuple(
            PartSeen(number=p.number, file=FileId(p.sha256), name=p.name, rows=p.rows, lines=p.lines) for p in parts
        ),
        checks=_checks(company, delivery),
        problems=tuple(_problem(row) for row in listed),
        problem_rows=problems.values("part_id", "row").distinct().count(),
        versions=_seen(_deliveries(company).filter(document_key=key).order_by("received_at", "id")),
    )


def find_place(*, company: CompanyId, file: FileId) -> tuple[DeliverySeen, PartSeen] | None:
    """The delivery and part that a file belongs to, newest first; None for a file never taken in."""
    part = models.Part.objects.filter(company_id=company, sha256=file).order_by("-delivery_id").first()
    if part is None:
        return None
    delivery = _seen(_deliveries(company).filter(pk=part.delivery_id))[0]
    return delivery, PartSeen(
        number=part.number, file=FileId(part.sha256), name=part.name, rows=part.rows, lines=part.lines
    )


def find_places(*, company: CompanyId, places: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], PlaceSeen]:
    """What rows (file and number) are about; a row that is no billed line names its file only."""
    files = {file for file, _ in places}
    parts = {
        part.sha256: part
        for part in models.Part.objects.filter(company_id=company, sha256__in=files)
        .select_related("delivery")
        .order_by("delivery_id")
    }
    lines = models.Line.objects.filter(
        company_id=company,
        delivery_id__in={part.delivery_id for part in parts.values()},
        part_id__in={part.pk for part in parts.values()},
        row__in={row for _, row in places},
    )
    found = {
        (part, row): about for part, row, *about in lines.values_list("part_id", "row", "customer", "product_name")
    }
    return {
        (file, row): _place(parts[file].delivery, found.get((parts[file].pk, row), ["", ""]))
        for file, row in places
        if file in parts
    }


def _place(delivery: models.Delivery, about: Sequence[str]) -> PlaceSeen:
    return PlaceSeen(
        customer=CustomerId(about[0]),
        product=about[1],
        kind=cast(Kind, delivery.kind),
        month=Month.of(delivery.month) if delivery.month else None,
        is_estimated=delivery.is_estimated,
    )


def _deliveries(company: CompanyId) -> QuerySet[models.Delivery]:
    return models.Delivery.objects.filter(company_id=company)


def _seen(rows: Iterable[models.Delivery]) -> tuple[DeliverySeen, ...]:
    held = list(rows)
    ids = [row.pk for row in held]
    parts = dict(
        models.Part.objects.filter(delivery_id__in=ids).values_list("delivery_id").annotate(number_of=Count("id"))
    )
    failed = dict(
        models.Check.objects.filter(part__delivery_id__in=ids, failed__gt=0)
        .values_list("part__delivery_id")
        .annotate(number_of=Count("code", distinct=True))
    )
    return tuple(_delivery(row, parts.get(row.pk, 0), failed.get(row.pk, 0)) for row in held)


def _delivery(row: models.Delivery, part_count: int, failed_checks: int) -> DeliverySeen:
    return DeliverySeen(
        id=row.pk,
        kind=cast(Kind, row.kind),
        source=cast(Source, row.source),
        document=row.document,
        is_estimated=row.is_estimated,
        month=Month.of(row.month) if row.month else None,
        currency=row.currency,
        rows=row.rows,
        lines=row.lines,
        total=row.total,
        state=row.state,
        received_at=row.received_at,
        received_by=row.received_by,
        accepted_because=row.accepted_because,
        superseded_by=row.superseded_by_id,
        part_count=part_count,
        failed_checks=failed_checks,
    )


def _checks(company: CompanyId, delivery: int) -> tuple[CheckSeen, ...]:
    rows = models.Check.objects.filter(company_id=company, part__delivery_id=delivery)
    sums = rows.values_list("code").annotate(Sum("passed"), Sum("tolerated"), Sum("failed")).order_by("code")
    failing = rows.filter(Q(failed__gt=0) | Q(tolerated__gt=0)).select_related("part").order_by("part__number")
    samples: dict[str, list[Mapping[str, Any]]] = {}
    for row in failing:
        places = [{**sample, "file": sample.get("file", row.part.sha256)} for sample in row.samples]
        samples.setdefault(row.code, []).extend(places)
    return tuple(
        CheckSeen(
            code=code, passed=passed, tolerated=tolerated, failed=failed, samples=tuple(samples.get(code, ())[:20])
        )
        for code, passed, tolerated, failed in sums
    )


def _problem(row: models.CellProblem) -> ProblemSeen:
    file = FileId(row.part.sha256)
    return ProblemSeen(code=row.code, file=file, part=row.part.name, row=row.row, column=row.column, seen=row.seen)


def _attempt(row: models.Attempt) -> AttemptSeen:
    return AttemptSeen(
        id=row.pk,
        at=row.at,
        by=row.by,
        name=row.name,
        file=row.sha256,
        kind=row.kind,
        state=row.state,
        code=row.code,
        delivery=row.delivery_id,
        facts=row.facts,
    )

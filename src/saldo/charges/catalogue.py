"""Writing a prepared delivery into the catalogue: its parts, problems and checks, its lines and sums by COPY.

Belongs to the transaction of `charges.actions`; nothing here decides whether the delivery counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import connection

from saldo.charges import models
from saldo.charges.formats.invoice_headers import AccountBalance, InvoiceHeader
from saldo.charges.store.checking import Checked
from saldo.charges.store.narrow_sql import LINE_FIELDS
from saldo.charges.store.preparing import Prepared, PreparedPart
from saldo.charges.store.writing import Written
from saldo.core.identity import CompanyId
from saldo.core.money import add_up
from saldo.core.problems import Problem, as_seen

_CHUNK = 1 << 20
_CUSTOMER_TOTAL_FIELDS = ("customer", "currency", "lines", "net")
_USAGE_TOTAL_FIELDS = (
    *("customer", "subscription", "entitlement", "product_id", "sku_id", "availability_id", "currency"),
    *("rows", "quantity", "net", "first_row", "last_row"),
)


def write_delivery(delivery: models.Delivery, prepared: Prepared) -> None:
    """Insert a delivery whose place among the versions is settled, with everything that belongs to it."""
    delivery.rows = sum(part.written.rows for part in prepared.parts)
    delivery.lines = sum(part.written.rows - part.written.rows_with_problems for part in prepared.parts)
    delivery.total = add_up(part.written.total for part in prepared.parts)
    delivery.save(force_insert=True)
    for number, part in enumerate(prepared.parts, start=1):
        row = _write_part(delivery, number, part.written)
        write_checks(row, part.checks)
        _write_problems(row, part.written.problems)
        _write_sums(delivery, row, part)
    write_delivery_totals(delivery)


def write_delivery_totals(delivery: models.Delivery) -> None:
    """Insert what a delivery's customers come to, by currency; the sums of its customers are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO charges_deliverytotal (company_id, delivery_id, currency, lines, net)"
            " SELECT company_id, delivery_id, currency, sum(lines), sum(net) FROM charges_customertotal"
            " WHERE company_id = %s AND delivery_id = %s GROUP BY 1, 2, 3",
            [delivery.company_id, delivery.pk],
        )


def write_header_delivery(
    delivery: models.Delivery,
    *,
    name: str,
    sha256: str,
    headers: Iterable[InvoiceHeader],
    balances: Iterable[AccountBalance],
) -> None:
    """Insert a delivery of invoice headers; it has no file in the line store."""
    delivery.save(force_insert=True)
    models.Part.objects.create(
        company_id=delivery.company_id,
        delivery=delivery,
        number=1,
        sha256=sha256,
        name=name,
        rows=delivery.rows,
        lines=delivery.lines,
        total=delivery.total,
    )
    _write_headers(delivery, headers)
    _write_balances(delivery, balances)


def _write_headers(delivery: models.Delivery, headers: Iterable[InvoiceHeader]) -> None:
    models.MicrosoftInvoice.objects.bulk_create(
        models.MicrosoftInvoice(
            company_id=delivery.company_id,
            delivery=delivery,
            row=header.row,
            number=header.number,
            invoiced_on=header.invoiced_on,
            period_starts_on=header.period_starts_on,
            period_ends_on=header.period_ends_on,
            total=header.total,
            paid=header.paid,
            currency=header.currency,
            document_type=header.document_type,
            amends=header.amends,
            status=header.status,
        )
        for header in headers
    )


def _write_balances(delivery: models.Delivery, balances: Iterable[AccountBalance]) -> None:
    models.MicrosoftBalance.objects.bulk_create(
        models.MicrosoftBalance(
            company_id=delivery.company_id,
            delivery=delivery,
            row=balance.row,
            currency=balance.currency,
            balance=balance.balance,
            said_on=balance.said_on,
            first_invoiced_on=balance.first_invoiced_on,
        )
        for balance in balances
    )


def write_checks(part: models.Part, checks: Iterable[Checked]) -> None:
    """Insert checks of a part."""
    models.Check.objects.bulk_create(
        models.Check(
            company_id=part.company_id,
            part=part,
            code=check.code,
            passed=check.passed,
            tolerated=check.tolerated,
            failed=check.failed,
            samples=list(check.samples),
        )
        for check in checks
    )


def write_attempt(
    *,
    company: CompanyId,
    at: datetime,
    by: str,
    name: str,
    sha256: str,
    kind: str,
    state: str,
    batch: str,
    code: str = "",
    facts: dict[str, object] | None = None,
    delivery: int | None = None,
) -> None:
    """Insert one attempt into the history of the page."""
    models.Attempt.objects.create(
        company_id=company,
        at=at,
        by=by,
        name=name,
        sha256=sha256,
        kind=kind,
        state=state,
        batch=batch,
        code=code,
        facts=facts or {},
        delivery_id=delivery,
    )


def _write_part(delivery: models.Delivery, number: int, written: Written) -> models.Part:
    return models.Part.objects.create(
        company_id=delivery.company_id,
        delivery=delivery,
        number=number,
        sha256=written.part.sha256,
        name=written.part.name,
        rows=written.rows,
        lines=written.rows - written.rows_with_problems,
        total=written.total,
        stored=f"{written.stored.parent.name}/{written.stored.name}",
    )


def _write_problems(part: models.Part, problems: Iterable[Problem]) -> None:
    models.CellProblem.objects.bulk_create(
        models.CellProblem(
            company_id=part.company_id,
            part=part,
            row=problem.place.row,
            column=problem.place.column,
            code=problem.code,
            seen=as_seen(problem.seen),
        )
        for problem in problems
    )


def _write_sums(delivery: models.Delivery, part: models.Part, prepared: PreparedPart) -> None:
    of_delivery = {"company_id": delivery.company_id, "delivery_id": delivery.pk}
    if prepared.lines:
        _copy("charges_line", ("row", *LINE_FIELDS), prepared.lines, of_delivery | {"part_id": part.pk})
    if prepared.customer_totals:
        _copy("charges_customertotal", _CUSTOMER_TOTAL_FIELDS, prepared.customer_totals, of_delivery)
    if prepared.usage_totals:
        _copy("charges_usagetotal", _USAGE_TOTAL_FIELDS, prepared.usage_totals, of_delivery)


def _copy(table: str, fields: tuple[str, ...], source: Path, same: dict[str, int]) -> None:
    """COPY into a temporary table and insert from there: PostgreSQL takes no COPY under row-level security."""
    listed = ", ".join(f'"{field}"' for field in fields)
    constants = ", ".join(same)
    values = ", ".join(str(int(value)) for value in same.values())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA")
        copying = cursor.copy("COPY incoming FROM STDIN (FORMAT csv)")
        with connection.wrap_database_errors, copying as copy, source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
        cursor.execute(f"INSERT INTO {table} ({constants}, {listed}) SELECT {values}, {listed} FROM incoming")
        cursor.execute("DROP TABLE incoming")

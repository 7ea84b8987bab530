"""A delivery made ready for the catalogue: every part in the line store, summed and checked, its lines as CSV.

Nothing here counts yet: until the catalogue speaks of them, the files of the line store are orphans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery, Part
from saldo.charges.rules.line import Kind
from saldo.charges.store.checking import Checked, check_groups, check_rows
from saldo.charges.store.engine import import_connection
from saldo.charges.store.progress import watching
from saldo.charges.store.summing import BILLED_KINDS, CustomerRow, DocumentFacts, StoredPart
from saldo.charges.store.writing import Written, write_part
from saldo.core.money import add_up, minor_digits

USAGE_KINDS = frozenset({"nce-daily-usage", "legacy-usage", "legacy-usage-daily"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPart:
    """A written part, its checks, and the CSV files that PostgreSQL takes in; None where its kind has none."""

    written: Written
    checks: tuple[Checked, ...]
    lines: Path | None
    customer_totals: Path | None
    usage_totals: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything the catalogue needs to know of a delivery. ``document`` "" means that nothing names it."""

    kind: Kind
    source: str
    document: str
    currency: str  # "" where its rows name none or several
    months: Counter[date]
    gross: Decimal | None
    tax: Decimal
    customers: tuple[CustomerRow, ...]
    parts: tuple[PreparedPart, ...]


def prepare(
    delivery: Delivery, *, store: Path, scratch: Path, tell: Callable[[int], None] = lambda rows: None
) -> Prepared:
    """Write, sum and check all parts of a delivery; ``tell`` hears how many rows are done.

    ``scratch`` takes the CSV files and what does not fit into memory; the caller removes it.
    Refuses (UnableToReadFile): charges.file.several-documents, .too-large-sum, and as `write_part`.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    connection = import_connection(scratch)
    try:
        return _prepare(connection, delivery, store=store, scratch=scratch, tell=tell)
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as said:
        facts = {"file": delivery.parts[0].name, "seen": str(said).splitlines()[0][:160]}
        raise UnableToReadFile(code="charges.file.too-large-sum", facts=facts) from said
    finally:
        connection.close()


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    store: Path,
    scratch: Path,
    tell: Callable[[int], None],
) -> Prepared:
    written: list[Written] = []
    for part in _each_once(delivery.parts):
        done = sum(one.rows for one in written)
        # ``done`` is bound now, since the loop moves on; mypy cannot infer a lambda with a default
        with watching(connection, part, tell=lambda rows, done=done: tell(done + rows)):  # type: ignore[misc]
            written.append(write_part(connection, part, kind=delivery.kind, folder=store))
        tell(done + written[-1].rows)
    opened = [StoredPart(connection, one.stored, kind=delivery.kind) for one in written]
    facts = [part.facts() for part in opened]
    document = _document(delivery, facts)
    currencies = sorted({currency for fact in facts for currency in fact.currencies})
    for stored, one in zip(opened, written, strict=True):
        _refuse_finer_than_money(stored, one.part, currencies)
    currency = currencies[0] if len(currencies) == 1 else ""
    grosses = [fact.gross for fact in facts if fact.gross is not None]
    return Prepared(
        kind=delivery.kind,
        source=delivery.source,
        document=document,
        currency=currency,
        months=sum((fact.months for fact in facts), Counter[date]()),
        gross=add_up(grosses) if grosses else None,
        tax=add_up(fact.tax for fact in facts),
        customers=_customers(opened),
        parts=_parts(opened, written, currency=currency, scratch=scratch),
    )


def _each_once(parts: Sequence[Part]) -> Sequence[Part]:
    """A page saved twice is one page."""
    return tuple({part.sha256: part for part in reversed(parts)}.values())[::-1]


def _document(delivery: Delivery, facts: Sequence[DocumentFacts]) -> str:
    named = sorted({invoice for fact in facts for invoice in fact.invoices})
    if len(named) > 1:
        raise UnableToReadFile(
            code="charges.file.several-documents",
            facts={"file": delivery.parts[0].name, "seen": ", ".join(named)[:200]},
        )
    return named[0] if named else delivery.document.upper()


def _refuse_finer_than_money(part: StoredPart, told: Part, currencies: Sequence[str]) -> None:
    """An amount finer than its currency's minor unit would have to be rounded, and nothing is rounded silently."""
    found = part.finer_than_money({code: minor_digits(code) for code in currencies if minor_digits(code) != 2})
    if found is not None:
        row, column, seen = found
        facts = {"file": told.name, "row": row, "column": column, "seen": seen}
        raise UnableToReadFile(code="charges.file.bad-cell", facts=facts | {"why": "charges.line.too-many-digits"})


def _customers(opened: Sequence[StoredPart]) -> tuple[CustomerRow, ...]:
    seen: dict[str, CustomerRow] = {}
    for part in opened:
        for customer in part.customers():
            before = seen.get(customer.key, customer)
            seen[customer.key] = CustomerRow(
                customer.key,
                max(before.name, customer.name),
                max(before.domain, customer.domain),
                max(before.country, customer.country),
            )
    return tuple(seen.values())


def _parts(
    opened: Sequence[StoredPart], written: Sequence[Written], *, currency: str, scratch: Path
) -> tuple[PreparedPart, ...]:
    """The checks of groups are asked of all parts together and stand with the first."""
    groups = [_in_their_files(check, written) for check in check_groups(opened)]
    made = []
    for number, (part, one) in enumerate(zip(opened, written, strict=True), start=1):
        checks = (*check_rows(part, currency=currency), *(groups if number == 1 else ()))
        is_billed = part.kind in BILLED_KINDS
        made.append(
            PreparedPart(
                written=one,
                checks=checks,
                lines=_csv(part.write_lines, scratch / f"{number}-lines.csv") if is_billed else None,
                customer_totals=_csv(part.write_customer_totals, scratch / f"{number}-customers.csv")
                if is_billed
                else None,
                usage_totals=_csv(part.write_usage_totals, scratch / f"{number}-usage.csv")
                if part.kind in USAGE_KINDS
                else None,
            )
        )
    return tuple(made)


def _csv(write: Callable[[Path], None], target: Path) -> Path:
    write(target)
    return target


def _in_their_files(check: Checked, written: Sequence[Written]) -> Checked:
    samples = tuple(
        {name: value for name, value in sample.items() if name != "part"}
        | {"file": written[sample["part"]].part.sha256}
        for sample in check.samples
    )
    return replace(check, samples=samples)

"""Drafts into their tables, a chunk of debtors at once.

Rows go through a temporary table: PostgreSQL takes no COPY into a table under row-level security.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.invoicing.rules.documents import DraftDocument, fingerprint_of, rates_text, taxes_text, terms_text
from saldo.invoicing.rules.lines import DraftLine

_INVOICE = (
    *("id", "company_id", "kind", "month", "debtor", "group", "currency", "language", "number", "issued_by"),
    *("reference", "purchase_order", "mirrors", "replaces", "seller", "buyer", "terms", "rates", "taxes"),
    *("net", "tax", "gross", "fingerprint", "drafted_at", "origin", "made_by", "reason", "held_because", "problems"),
)
_LINE = ("company_id", "month", "invoice_id", "position", *DraftLine._fields)
_FACTS = DraftLine._fields.index("facts")


def next_ids(count: int) -> list[int]:
    """So many unused keys of documents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('invoicing_invoice', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [key for (key,) in cursor.fetchall()]


def write_drafts(
    *,
    company: CompanyId,
    month: Month,
    drafts: Sequence[DraftDocument],
    buckets: Iterable[DraftLine],
    holds: Sequence[str],
    at: datetime,
) -> None:
    """Insert drafts with their lines, and the lines that stand on none; ``holds`` are kept words of persons."""
    keys = next_ids(len(drafts))
    pairs = list(zip(keys, drafts, strict=True))
    invoices = (
        _invoice_row(company, month, key, draft, hold, at) for (key, draft), hold in zip(pairs, holds, strict=True)
    )
    copy_in("invoicing_invoice", _INVOICE, invoices)
    lines = (
        line_row(company, month, key, position, line)
        for key, draft in pairs
        for position, line in enumerate(draft.lines, start=1)
    )
    copy_in("invoicing_line", _LINE, lines)
    copy_in("invoicing_line", _LINE, (line_row(company, month, None, 0, line) for line in buckets))


def write_lines(*, company: CompanyId, month: Month, invoice: int, lines: Sequence[DraftLine]) -> None:
    """Insert the lines of one document that is not issued yet, in their order."""
    rows = (line_row(company, month, invoice, place, line) for place, line in enumerate(lines, start=1))
    copy_in("invoicing_line", _LINE, rows)


def remove_drafts(
    *,
    company: CompanyId,
    month: Month,
    drafts: Sequence[int],
    customers: Sequence[CustomerId],
    keep_credits_of: Sequence[str] = (),
) -> None:
    """Take out drafts, and every line of these customers in the month that stands on no issued document.

    Credits that wait for a debtor who had these customers before are that debtor's, and stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM invoicing_line WHERE company_id = %s AND month = %s AND customer = ANY(%s)"
            " AND (invoice_id IS NULL OR invoice_id IN (SELECT id FROM invoicing_invoice WHERE company_id = %s"
            "   AND month = %s AND number = '' AND origin = 'close'"
            "   AND (mirrors = '' OR debtor <> ALL(%s))))",
            [company, month.starts_on, [*customers], company, month.starts_on, [*keep_credits_of]],
        )
        cursor.execute(
            "DELETE FROM invoicing_line WHERE company_id = %s AND invoice_id = ANY(%s)", [company, [*drafts]]
        )
        cursor.execute(
            "DELETE FROM invoicing_invoice WHERE company_id = %s AND id = ANY(%s) AND number = ''",
            [company, [*drafts]],
        )


def remove_moved(*, company: CompanyId, month: Month, files: Sequence[str]) -> None:
    """Take out lines that wait in another month although their document belongs to this one now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM invoicing_line l USING unnest(%s::text[]) AS f(file) WHERE l.company_id = %s"
            " AND l.file = f.file AND l.month <> %s AND (l.invoice_id IS NULL OR EXISTS ("
            "   SELECT FROM invoicing_invoice i WHERE i.id = l.invoice_id AND i.number = '' AND i.origin = 'close'))",
            [[*files], company, month.starts_on],
        )


def line_row(company: CompanyId, month: Month, invoice: int | None, position: int, line: DraftLine) -> tuple[Any, ...]:
    """One line as its table takes it."""
    facts = json.dumps(line.facts, default=str) if line.facts else "{}"
    return (company, month.starts_on, invoice, position, *line[:_FACTS], facts, *line[_FACTS + 1 :])


def _invoice_row(
    company: CompanyId, month: Month, key: int, draft: DraftDocument, hold: str, at: datetime
) -> tuple[Any, ...]:
    frame, totals = draft.frame, draft.totals
    return (
        *(key, company, draft.kind, month.starts_on, frame.debtor, draft.group, draft.currency, frame.language, "", ""),
        *("", draft.purchase_order, draft.mirrors, ""),
        *map(_json, (frame.seller, frame.buyer, terms_text(draft), rates_text(draft), taxes_text(draft))),
        *(totals.net, totals.tax, totals.gross, fingerprint_of(draft), at, "close", "", ""),
        *(hold or draft.held_because, _json(draft.problems)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def copy_in(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a temporary table and insert from there."""
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA")
        copying = cursor.copy("COPY incoming FROM STDIN")
        with connection.wrap_database_errors, copying as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM incoming")
        cursor.execute("DROP TABLE incoming")


def count_anew() -> None:
    """Let the database look at how large documents and lines have become.

    A month that was just written is unknown to its statistics, and every chunk would read the whole month.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoicing_count_anew()")

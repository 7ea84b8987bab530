"""What our own tables hold of a month already, for the drafting of it: issued lines, drafts, buckets, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.rules.month import PendingCharge, Place
from saldo.invoicing.rules.rating import Decided
from saldo.invoicing.rules.settled import SettledLine

_LINE = ", ".join(f"l.{name}" for name in DraftLine._fields)
_SETTLED = f"""
SELECT l.id, i.number, i.debtor, i.currency, l.net + COALESCE(m.net, 0), l.cost + COALESCE(m.cost, 0), {_LINE}
FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''
LEFT JOIN LATERAL (
    SELECT sum(x.net) AS net, sum(x.cost) AS cost FROM invoicing_line x
    JOIN invoicing_invoice xi ON xi.id = x.invoice_id AND xi.number <> ''
    WHERE x.company_id = l.company_id AND x.mirrors_line = l.id
) m ON true
WHERE l.company_id = %s AND l.mirrors_line IS NULL AND l.customer = ANY(%s)
"""


class ExistingDraft(NamedTuple):
    """A draft that `close` made: what tells it from others, and what it was made from."""

    id: int
    debtor: str
    kind: str
    group: str
    currency: str
    mirrors: str
    fingerprint: str
    held_because: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """As `DraftDocument.key`."""
        return (self.kind, self.group, self.currency, self.mirrors)


BucketKey = tuple[str, int, str, str, str]
"""File, row, bucket, reason, who decided."""


def list_settled(
    *, company: CompanyId, month: Month, customers: Sequence[CustomerId], moved: Iterable[str] = ()
) -> list[SettledLine]:
    """The issued lines of these customers in a month, each with what its mirrors left of it.

    ``moved``: files whose document belongs to this month now and was billed in another one.
    """
    rows = _all(f"{_SETTLED} AND l.month = %s", [company, [*customers], month.starts_on])
    if files := [*moved]:
        more = "AND l.month <> %s AND l.file = ANY(%s)"
        rows += _all(f"{_SETTLED} {more}", [company, [*customers], month.starts_on, files])
    return [_settled(row) for row in rows]


def list_moved_files(*, company: CompanyId, month: Month, files: Iterable[str]) -> frozenset[str]:
    """Which of a month's files have lines on documents that were issued for another month."""
    rows = _all(
        "SELECT f.file FROM unnest(%s::text[]) AS f(file) WHERE EXISTS (SELECT FROM invoicing_line l"
        "   JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''"
        "   WHERE l.company_id = %s AND l.file = f.file AND l.mirrors_line IS NULL AND l.month <> %s)",
        [[*files], company, month.starts_on],
    )
    return frozenset(file for (file,) in rows)


def list_settled_before(*, company: CompanyId, month: Month, customers: Sequence[CustomerId]) -> list[SettledLine]:
    """The issued lines of these customers in the two years before a month, newest first: what credits may give back."""
    rows = _all(
        f"{_SETTLED} AND l.file <> '' AND i.kind IN ('invoice', 'statement') AND l.month < %s AND l.month >= %s"
        " AND NOT EXISTS (SELECT FROM invoicing_invoice c WHERE c.company_id = i.company_id"
        "   AND c.kind = 'cancellation' AND c.mirrors = i.number)"
        " ORDER BY l.month DESC, i.id, l.position",
        [company, [*customers], month.starts_on, month.plus(-24).starts_on],
    )
    return [_settled(row) for row in rows]


def list_settled_charges(*, company: CompanyId, charges: Iterable[str]) -> frozenset[str]:
    """Which of these charges of our own stand on an issued document."""
    rows = _all(
        "SELECT DISTINCT l.charge FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id"
        " WHERE l.company_id = %s AND l.charge = ANY(%s) AND l.charge <> '' AND i.number <> ''",
        [company, [*charges]],
    )
    return frozenset(charge for (charge,) in rows)


def list_settled_own(*, company: CompanyId, month: Month) -> frozenset[str]:
    """The charges of our own that stand on issued documents of a month: fees and minimums are charged once."""
    rows = _all(
        "SELECT DISTINCT l.charge FROM invoicing_invoice i JOIN invoicing_line l ON l.invoice_id = i.id"
        " WHERE i.company_id = %s AND i.month = %s AND i.number <> '' AND l.charge <> ''",
        [company, month.starts_on],
    )
    return frozenset(charge for (charge,) in rows)


def sum_minimums(*, company: CompanyId, month: Month) -> dict[str, Decimal]:
    """What stands of minimum fees on issued documents of a month, by charge; mirrors of them taken off."""
    rows = _all(
        "SELECT l.charge, sum(l.net) FROM invoicing_invoice i JOIN invoicing_line l ON l.invoice_id = i.id"
        " WHERE i.company_id = %s AND i.month = %s AND i.number <> '' AND l.charge LIKE 'minimum:%%' GROUP BY 1",
        [company, month.starts_on],
    )
    return dict(rows)


def list_payers_before(*, company: CompanyId, month: Month, crediting: Sequence[CustomerId]) -> list[tuple[str, str]]:
    """Customer and debtor of documents of the month; of these ``crediting`` ones also of two years before."""
    rows = _all(
        "SELECT DISTINCT l.customer, i.debtor FROM invoicing_invoice i JOIN invoicing_line l ON l.invoice_id = i.id"
        " WHERE i.company_id = %s AND i.month = %s AND i.number <> '' AND l.file <> ''",
        [company, month.starts_on],
    )
    if crediting:
        rows += _all(
            "SELECT DISTINCT l.customer, i.debtor FROM invoicing_line l"
            " JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''"
            " WHERE l.company_id = %s AND l.customer = ANY(%s) AND l.month < %s AND l.month >= %s AND l.file <> ''",
            [company, [*crediting], month.starts_on, month.plus(-24).starts_on],
        )
    return [(customer, debtor) for customer, debtor in rows]


def list_drafts_of(*, company: CompanyId, month: Month, debtors: Sequence[str]) -> dict[str, list[ExistingDraft]]:
    """The drafts of these debtors in a month that `close` made, by debtor; nobody issues them meanwhile."""
    found: dict[str, list[ExistingDraft]] = {}
    for row in _all(
        'SELECT id, debtor, kind, "group", currency, mirrors, fingerprint, held_because FROM invoicing_invoice'
        " WHERE company_id = %s AND month = %s AND number = '' AND origin = 'close' AND debtor = ANY(%s) ORDER BY id"
        " FOR UPDATE",
        [company, month.starts_on, [*debtors]],
    ):
        found.setdefault(row[1], []).append(ExistingDraft(*row))
    return found


def list_bucket_keys(
    *, company: CompanyId, month: Month, customers: Sequence[CustomerId]
) -> dict[CustomerId, set[BucketKey]]:
    """The lines of these customers in a month that stand on no document, by customer."""
    found: dict[CustomerId, set[BucketKey]] = {}
    for customer, *key in _all(
        "SELECT customer, file, row, bucket, because, decided_by FROM invoicing_line WHERE company_id = %s"
        " AND month = %s AND customer = ANY(%s) AND invoice_id IS NULL",
        [company, month.starts_on, [*customers]],
    ):
        found.setdefault(CustomerId(customer), set()).add((key[0], key[1], key[2], key[3], key[4]))
    return found


def list_debtors_in(*, company: CompanyId, month: Month) -> set[str]:
    """Every debtor who has a document in a month, drafts included."""
    rows = _all(
        "SELECT DISTINCT debtor FROM invoicing_invoice WHERE company_id = %s AND month = %s",
        [company, month.starts_on],
    )
    return {debtor for (debtor,) in rows}


def list_customers_in(*, company: CompanyId, month: Month) -> set[CustomerId]:
    """Every customer who has lines of Microsoft's in a month, in whatever bucket."""
    rows = _all(
        "SELECT DISTINCT customer FROM invoicing_line WHERE company_id = %s AND month = %s AND file <> ''",
        [company, month.starts_on],
    )
    return {CustomerId(customer) for (customer,) in rows}


def map_decisions(*, company: CompanyId, files: Iterable[str]) -> dict[Place, Decided]:
    """The last decision on each line of these files."""
    rows = _all(
        "SELECT DISTINCT ON (file, row) file, row, bucket, decided_by FROM invoicing_decision"
        " WHERE company_id = %s AND file = ANY(%s) ORDER BY file, row, id DESC",
        [company, [*files]],
    )
    return {(file, row): Decided(bucket, by) for file, row, bucket, by in rows}


def list_pending_charges(*, company: CompanyId, until: date) -> list[PendingCharge]:
    """Charges of our own that no issued document bears yet, oldest first."""
    rows = _all(
        "SELECT c.key, c.customer, c.code, c.name, c.net, c.currency, c.starts_on, c.ends_on FROM invoicing_charge c"
        " WHERE c.company_id = %s AND c.starts_on <= %s AND NOT EXISTS (SELECT FROM invoicing_line l"
        "   JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''"
        "   WHERE l.company_id = c.company_id AND l.charge = c.key) ORDER BY c.id",
        [company, until],
    )
    return [PendingCharge(*row) for row in rows]


def _settled(row: tuple[Any, ...]) -> SettledLine:
    key, number, debtor, currency, net, cost = row[:6]
    return SettledLine(key, number, debtor, currency, DraftLine(*row[6:]), net, cost)


def _all(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

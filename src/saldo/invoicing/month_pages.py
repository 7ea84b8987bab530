"""Drafts and waves of a month, a page at a time: ten thousand drafts are never read to show fifty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.invoicing import models

Which = Literal["all", "odd", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft in the list: its net against that of the same debtor's documents of the month before."""

    id: int
    kind: str
    debtor: str
    name: str
    group: str
    currency: str
    net: Decimal
    before: Decimal
    change: Decimal
    held_because: str
    is_odd: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCounts:
    """How many drafts a month has, how many of them are odd, and how many are held."""

    all: int
    odd: int
    held: int

    def of(self, which: Which) -> int:
        """How many the list of this kind holds."""
        return {"all": self.all, "odd": self.odd, "held": self.held}[which]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """One page of the list, and how many drafts all its kinds hold."""

    counts: DraftCounts
    rows: tuple[DraftRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The place of a draft in the order of review, counted from 1, and the drafts beside it."""

    place: int
    of: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveShown:
    """A wave: what was confirmed, what has its number by now, until when its mail can be stopped."""

    id: int
    month: Month
    count: int
    issued: int
    totals: Mapping[str, Decimal]
    issued_at: datetime
    issued_by: str
    recall_until: datetime
    recalled_at: datetime | None


# Odd is what `queries.list_drafts` calls odd: first, gone the other way, moved by a quarter and more, or held.
_DRAFTS = """
WITH before AS (
    SELECT debtor, currency, "group", sum(net) AS net FROM invoicing_invoice
    WHERE company_id = %(company)s AND month = %(last)s GROUP BY 1, 2, 3
), draft AS MATERIALIZED (
    SELECT i.id, i.kind, i.debtor, i."group", i.currency, i.net,
        coalesce(b.net, 0) AS before, i.net - coalesce(b.net, 0) AS change, i.held_because,
        i.kind = 'credit-note' OR i.net < 0 OR i.held_because <> '' OR coalesce(b.net, 0) = 0
            OR abs(i.net - b.net) > abs(b.net) * 0.25 AS is_odd
    FROM invoicing_invoice i LEFT JOIN before b
        ON b.debtor = i.debtor AND b.currency = i.currency AND b."group" = i."group"
    WHERE i.company_id = %(company)s AND i.month = %(month)s AND i.number = ''
)
"""
_ORDER = "is_odd DESC, abs(change) DESC, debtor, id"
_WHICH: Mapping[str, str] = {"all": "TRUE", "odd": "is_odd", "held": "held_because <> ''"}


_COUNTS = "count(*), count(*) FILTER (WHERE is_odd), count(*) FILTER (WHERE held_because <> '')"
# Counted and cut in one go; the name is read from the papers of the page alone.
_PAGE = f"""{_DRAFTS}
SELECT s.*, p.id, p.kind, p.debtor, coalesce(i.buyer->>'name', ''), p."group", p.currency, p.net, p.before, p.change,
    p.held_because, p.is_odd
FROM (SELECT {_COUNTS} FROM draft) s
LEFT JOIN (SELECT * FROM draft WHERE {{which}} ORDER BY {_ORDER} LIMIT %(limit)s OFFSET %(offset)s) p ON TRUE
LEFT JOIN invoicing_invoice i ON i.company_id = %(company)s AND i.id = p.id
ORDER BY p.is_odd DESC, abs(p.change) DESC, p.debtor, p.id
"""


def look_at_drafts(*, company: CompanyId, month: Month, which: Which = "all", limit: int, offset: int = 0) -> DraftPage:
    """How many drafts a month has, and one page of them: what is odd first, then the largest change."""
    rows = _all(_PAGE.format(which=_WHICH[which]), _facts(company, month) | {"limit": limit, "offset": offset})
    every, odd, held = rows[0][:3]
    drafts = (dict(zip(DraftRow.__slots__, row[3:], strict=True)) for row in rows if row[3] is not None)
    return DraftPage(
        counts=DraftCounts(all=every, odd=odd, held=held), rows=tuple(DraftRow(**draft) for draft in drafts)
    )


def page_drafts(
    *, company: CompanyId, month: Month, which: Which = "all", limit: int, offset: int = 0
) -> tuple[DraftRow, ...]:
    """Drafts of a month: what is odd first, then the largest change."""
    return look_at_drafts(company=company, month=month, which=which, limit=limit, offset=offset).rows


def count_drafts(*, company: CompanyId, month: Month) -> DraftCounts:
    """How many drafts a month has, by kind of list."""
    ((every, odd, held),) = _all(f"{_DRAFTS} SELECT {_COUNTS} FROM draft", _facts(company, month))
    return DraftCounts(all=every, odd=odd, held=held)


def find_neighbours(*, company: CompanyId, month: Month, draft: int) -> Neighbours | None:
    """Where a draft stands in review; None when it is a draft no longer."""
    rows = _all(
        f"{_DRAFTS} SELECT place, total, earlier, later FROM (SELECT id, row_number() OVER w AS place,"
        " count(*) OVER () AS total, lag(id) OVER w AS earlier, lead(id) OVER w AS later"
        f" FROM draft WINDOW w AS (ORDER BY {_ORDER})) placed WHERE id = %(draft)s",
        _facts(company, month) | {"draft": draft},
    )
    return next((Neighbours(place=r[0], of=r[1], before=r[2], after=r[3]) for r in rows), None)


def list_waves(*, company: CompanyId, month: Month | None = None, limit: int = 50) -> tuple[WaveShown, ...]:
    """Waves, newest first."""
    rows = models.Wave.objects.filter(company_id=company)
    if month is not None:
        rows = rows.filter(month=month.starts_on)
    found = list(rows.order_by("-id")[:limit])
    issued = dict(
        _all(
            "SELECT wave_id, count(*) FROM invoicing_invoice WHERE company_id = %(company)s AND number <> ''"
            " AND month = ANY(%(months)s) AND wave_id = ANY(%(waves)s) GROUP BY 1",
            {"company": company, "waves": [row.pk for row in found], "months": [row.month for row in found]},
        )
    )
    return tuple(_wave(row, issued.get(row.pk, 0)) for row in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveDocument:
    """A document of a wave, and what took it back since: ``cancelled_by``, or ""."""

    number: str
    kind: str
    debtor: str
    name: str
    currency: str
    gross: Decimal
    cancelled_by: str


def find_wave(*, company: CompanyId, wave: int) -> WaveShown | None:
    """One wave, or None."""
    row = models.Wave.objects.filter(company_id=company, id=wave).first()
    if row is None:
        return None
    issued = models.Invoice.objects.filter(company_id=company, month=row.month, wave=row).exclude(number="")
    return _wave(row, issued.count())


def was_recalled(*, company: CompanyId, number: str) -> bool:
    """Whether the mail of the wave that issued this document was stopped."""
    rows = models.Invoice.objects.filter(company_id=company, number=number, wave__recalled_at__isnull=False)
    return rows.exists()


def page_wave(*, company: CompanyId, wave: int, limit: int, offset: int = 0) -> tuple[WaveDocument, ...]:
    """The documents of a wave in the order of their numbers."""
    rows = _all(
        "SELECT i.number, i.kind, i.debtor, coalesce(i.buyer->>'name', ''), i.currency, i.gross,"
        " coalesce((SELECT c.number FROM invoicing_invoice c WHERE c.company_id = i.company_id"
        "   AND c.kind = 'cancellation' AND c.mirrors = i.number AND c.number <> '' LIMIT 1), '')"
        " FROM invoicing_invoice i WHERE i.company_id = %(company)s AND i.wave_id = %(wave)s AND i.number <> ''"
        " ORDER BY i.year, i.sequence LIMIT %(limit)s OFFSET %(offset)s",
        {"company": company, "wave": wave, "limit": limit, "offset": offset},
    )
    return tuple(WaveDocument(**dict(zip(WaveDocument.__slots__, row, strict=True))) for row in rows)


def _wave(row: models.Wave, issued: int) -> WaveShown:
    return WaveShown(
        id=row.pk,
        month=Month.of(row.month),
        count=row.count,
        issued=issued,
        totals={currency: Decimal(value) for currency, value in row.totals.items()},
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        recall_until=row.recall_until,
        recalled_at=row.recalled_at,
    )


def _facts(company: CompanyId, month: Month) -> dict[str, Any]:
    return {"company": company, "month": month.starts_on, "last": month.plus(-1).starts_on}


def _all(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

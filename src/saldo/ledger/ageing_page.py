"""The ageing of a day as a list that pages: the database sums ten thousand debtors to show fifty. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import add_up
from saldo.ledger.ageing import asked_of, parts_on
from saldo.ledger.booking import ask
from saldo.ledger.rules.buckets import CREDITS, bucket_names

BUCKETS = tuple(name for name in bucket_names() if name != CREDITS)
"""Ages of debts; credits are beside them."""

SORTS = ("name", "open", "overdue", *BUCKETS)
"""What a page can be sorted by; with a minus the largest first."""

_B = tuple(f"b{place}" for place in range(len(BUCKETS)))
_COLUMNS: Mapping[str, str] = {"name": "place", "open": "total", "overdue": "overdue"} | dict(
    zip(BUCKETS, _B, strict=True)
)
_FIGURES = (*_B, "credits", "total")
_IN = {name: f"sum(value) FILTER (WHERE bucket = {place})" for place, name in [*enumerate(_B), (-1, "credits")]}
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {name} <> 0)" for name in ("overdue", *_B))
# What is asked for must be there, else the usual currency is shown. A party that nobody named still counts where it
# owes: the books are the measure, the names are not. What a party has nothing of is null until the page is cut: filling
# in zeros for ten thousand costs more than summing them.
_PAGE = f"""{{parts}}, sums AS MATERIALIZED (
    SELECT party, currency, {", ".join(f"{told} AS {name}" for name, told in _IN.items())}, sum(value) AS total,
        sum(value) FILTER (WHERE bucket > 0) AS overdue
    FROM part WHERE %(reach)s::text[] IS NULL OR party = ANY(%(reach)s::text[])
    GROUP BY party, currency HAVING {" OR ".join(f"{told} <> 0" for told in _IN.values())}
), chosen AS MATERIALIZED (
    SELECT CASE WHEN EXISTS (SELECT FROM sums WHERE currency = %(wanted)s) THEN %(wanted)s::text ELSE %(usual)s::text
        END AS currency
), listed AS MATERIALIZED (
    SELECT coalesce(s.party, n.party) AS party, n.place, {", ".join(f"s.{name}" for name in (*_FIGURES, "overdue"))}
    FROM (SELECT * FROM sums WHERE currency = (SELECT currency FROM chosen)) s
    FULL JOIN unnest(%(named)s::text[]) WITH ORDINALITY AS n(party, place) ON n.party = s.party
    WHERE (s.party IS NOT NULL OR %(with_settled)s) AND (n.party IS NOT NULL OR NOT %(named_alone)s)
)
SELECT 0, 0, currency::text, {", ".join(["NULL::numeric"] * (len(_FIGURES) - 1))}, sum(total), NULL::bigint[]
FROM sums GROUP BY currency
UNION ALL
SELECT 1, 0, (SELECT currency FROM chosen), {", ".join(f"coalesce(sum({name}), 0)" for name in _FIGURES)},
    ARRAY[count(*), {_COUNTS}] FROM listed
UNION ALL
SELECT 2, row_number() OVER (ORDER BY {{order}}, party COLLATE "C"), party,
    {", ".join(f"coalesce({name}, 0)" for name in _FIGURES)}, NULL
FROM (SELECT * FROM listed ORDER BY {{order}}, party COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s) AS shown
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedRow:
    """One party in one currency, or all of them (``party`` empty); ``total`` is what is open, credits taken off."""

    party: str
    buckets: tuple[Decimal, ...]
    credits: Decimal
    total: Decimal

    @property
    def overdue(self) -> Decimal:
        """What is past its due day: every bucket but the first."""
        return add_up(self.buckets[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingPage:
    """One page in one ``currency``: its rows, and what all pages come to.

    ``debtors`` are how many parties have something in each bucket, ``open_by_currency`` is not narrowed by names.
    """

    currency: str
    open_by_currency: Mapping[str, Decimal]
    rows: tuple[AgedRow, ...]
    total: AgedRow
    count: int
    overdue_count: int
    debtors: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Parties in an order of the caller's, by name as a rule.

    ``alone``: nobody else is listed. ``with_settled``: they are listed even with nothing open.
    """

    parties: Sequence[str] = ()
    alone: bool = False
    with_settled: bool = False


EVERYBODY = Named()
"""Whoever has something open."""


def page_ageing(
    *,
    company: CompanyId,
    as_of: date,
    currency: str,
    usual: str,
    sort: str = "-overdue",
    reach: Collection[str] | None = None,
    named: Named = EVERYBODY,
    limit: int,
    offset: int = 0,
) -> AgeingPage:
    """One page of the receivables as they stood on a day, in ``currency`` where anything is open in it, else ``usual``.

    ``reach`` are the parties that may be seen at all. Equal rows come by number; sorted by name, in the order of
    ``named`` whatever the sign. Refuses (KeyError) a sort that is none of `SORTS`.
    """
    way = "DESC" if sort.startswith("-") and sort != "-name" else "ASC"
    order = f"coalesce({_COLUMNS[sort.removeprefix('-')]}, 0) {way}"
    asked = asked_of(company=company, as_of=as_of) | {
        "wanted": currency,
        "usual": usual,
        "reach": None if reach is None else sorted(reach),
        "named": list(named.parties),
        "named_alone": named.alone,
        "with_settled": named.with_settled,
        "limit": limit,
        "offset": offset,
    }
    return _as_page(sorted(ask(_PAGE.format(parts=parts_on(asked), order=order), asked), key=lambda row: row[:2]))


def _as_page(rows: Sequence[tuple[Any, ...]]) -> AgeingPage:
    (summed,) = (row for row in rows if row[0] == 1)
    count, overdue, *debtors = summed[-1]
    return AgeingPage(
        currency=summed[2],
        open_by_currency={row[2]: row[-2] for row in rows if row[0] == 0},
        rows=tuple(_as_row(row[2], row) for row in rows if row[0] == 2),
        total=_as_row("", summed),
        count=count,
        overdue_count=overdue,
        debtors=tuple(debtors),
    )


def _as_row(party: str, row: Sequence[Any]) -> AgedRow:
    return AgedRow(party=party, buckets=tuple(row[3 : 3 + len(_B)]), credits=row[-3], total=row[-2])

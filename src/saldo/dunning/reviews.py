"""Items under way for which another policy, or another version, holds by now and that nobody has reviewed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning.policies import PolicyShelf

_NOW = """
WITH chosen AS (
    SELECT * FROM unnest(%(scopes)s::text[], %(subjects)s::text[], %(codes)s::text[], %(versions)s::int[])
        AS c (scope, subject, code, version)
), waiting AS (
    SELECT c.item, i.document, c.debtor, coalesce(d.name, c.debtor) AS name, c.currency, i.open, c.step, c.since,
        c.policy, c.version, n.code AS now_policy, n.version AS now_version
    FROM dunning_collected c
    JOIN ledger_open_receivable i ON i.company_id = c.company_id AND i.item = c.item
    JOIN parties_debtor d ON d.company_id = c.company_id AND d.number = c.debtor
    JOIN LATERAL (
        SELECT h.code, h.version FROM chosen h
        WHERE h.scope = 'invoice' AND h.subject = c.item OR h.scope = 'debtor' AND h.subject = c.debtor
            OR h.scope = 'segment' AND h.subject = d.segment AND d.segment <> '' OR h.scope = 'company'
        ORDER BY array_position(ARRAY['invoice', 'debtor', 'segment', 'company'], h.scope) LIMIT 1
    ) n ON n.version > 0
    WHERE c.company_id = %(company)s AND c.step <> 'clear' AND (n.code, n.version) <> (c.policy, c.version)
        AND c.reviewed <> n.code || ':' || n.version
)
"""
_GROUPS = f"""
{_NOW} SELECT policy, version, now_policy, now_version, step, count(*), count(DISTINCT debtor) FROM waiting
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 — our own texts alone
_PAGE = f"""
{_NOW} SELECT item, document, debtor, name, currency, open, step, since, policy, version, now_policy, now_version
FROM waiting ORDER BY policy, version, step, name, item LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 — our own texts alone


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGroup:
    """Items on one step of one version that wait for review, by the version that holds for them now."""

    policy: str
    version: int
    now_policy: str
    now_version: int
    step: str
    items: int
    debtors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemToReview:
    """One item that waits for review; it is not collected until then."""

    item: str
    document: str
    debtor: str
    name: str
    currency: str
    open: Decimal
    step: str
    since: date | None
    policy: str
    version: int
    now_policy: str
    now_version: int


def count_items_to_review(*, company: CompanyId, shelf: PolicyShelf) -> tuple[ReviewGroup, ...]:
    """What waits for review, by version and step."""
    names = tuple(ReviewGroup.__dataclass_fields__)
    return tuple(ReviewGroup(**dict(zip(names, row, strict=True))) for row in _ask(_GROUPS, _values(company, shelf)))


def list_items_to_review(
    *, company: CompanyId, shelf: PolicyShelf, limit: int, offset: int = 0
) -> tuple[ItemToReview, ...]:
    """One page of the items that wait for review."""
    names = tuple(ItemToReview.__dataclass_fields__)
    rows = _ask(_PAGE, _values(company, shelf) | {"limit": limit, "offset": offset})
    return tuple(ItemToReview(**dict(zip(names, row, strict=True))) for row in rows)


def _ask(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _values(company: CompanyId, shelf: PolicyShelf) -> dict[str, Any]:
    """The choices in force; one whose policy is not in force yet still hides the wider ones, as for the round."""
    chosen = [(scope, subject, code) for (scope, subject), code in shelf.chosen.items() if code]
    return {
        "company": company,
        "scopes": [scope for scope, _, _ in chosen],
        "subjects": [subject for _, subject, _ in chosen],
        "codes": [code for _, _, code in chosen],
        "versions": [shelf.in_force[code][1] if code in shelf.in_force else 0 for _, _, code in chosen],
    }

"""What a customer's months are made of: licences, usage and the rest, as the chart of the customer's page stacks them.

Reads only, as `saldo.charges.queries` does, and counts the same deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from saldo.charges.rules.line import Category
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTotal:
    """What one category of products came to in one month and currency, before tax."""

    month: Month
    currency: str
    category: Category
    net: Decimal


def sum_by_category(*, company: CompanyId, customer: CustomerId) -> tuple[CategoryTotal, ...]:
    """What each category came to in each month with billed lines, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.month, l.currency, l.category, sum(l.amount) FROM charges_line l"
            " JOIN charges_delivery d ON d.id = l.delivery_id"
            " WHERE d.company_id = %s AND d.state = 'counts' AND d.month IS NOT NULL AND NOT d.is_estimated"
            " AND d.kind IN ('nce-reconciliation', 'legacy-license', 'legacy-usage')"
            " AND l.company_id = d.company_id AND l.customer = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [company, customer],
        )
        found = cursor.fetchall()
    return tuple(
        CategoryTotal(month=Month.of(month), currency=currency, category=category, net=net)
        for month, currency, category, net in found
    )

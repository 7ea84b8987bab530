"""Writing who pays us, what our papers say of us, and bank accounts. Each act stands in the log."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from saldo.audit import log
from saldo.core.identity import CompanyId

_FIRST_NUMBER = 10001

# Numbers of up to eight digits are ours to go on from; a longer one is an organisation's, taken over as it was.
_NEXT_NUMBER = """
SELECT greatest(%s, 1 + coalesce(max(number::bigint), 0)) FROM parties_debtor
WHERE company_id = %s AND number ~ '^[0-9]{1,8}$'
"""
_BARE_TENANTS = """
SELECT id, name, country FROM parties_customer WHERE company_id = %s AND debtor_id IS NULL
ORDER BY name COLLATE "C", key COLLATE "C"
"""
# Arrays and not one statement with WITH: fresh tables have no statistics, and the planner would loop in a loop.
_MAKE_DEBTORS = """
INSERT INTO parties_debtor (company_id, number, name, country, street, postcode, city, region, vat_id,
    registration, electronic_address, emails, language, segment, is_active, first_seen_at)
SELECT %s, number, name, country, '', '', '', '', '', '', '', '[]', '', '', true, %s
FROM unnest(%s::text[], %s::text[], %s::text[]) AS bare (number, name, country)
RETURNING number, id
"""
_CHARGE_TENANTS = """
UPDATE parties_customer SET debtor_id = given.debtor
FROM unnest(%s::bigint[], %s::bigint[]) AS given (customer, debtor)
WHERE company_id = %s AND id = given.customer
"""


def ensure_debtors(*, company: CompanyId, at: datetime, by: str) -> int:
    """Give each tenant without a debtor one of its own, with its name and country; returns how many were made.

    Numbers go on from the highest that is ours, 10001 at first, in the order of name and key; a number is never given
    twice. Told again, it does nothing.
    """
    with connection.cursor() as cursor:
        # Two that do this at once would count from the same number.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parties.debtors'), %s)", [company])
        cursor.execute(_BARE_TENANTS, [company])
        tenants = cursor.fetchall()
        if not tenants:
            return 0
        cursor.execute(_NEXT_NUMBER, [_FIRST_NUMBER, company])
        first = cursor.fetchone()[0]
        numbers = [str(first + count) for count in range(len(tenants))]
        ids, names, countries = (list(column) for column in zip(*tenants, strict=True))
        cursor.execute(_MAKE_DEBTORS, [company, at, numbers, names, countries])
        made = dict(cursor.fetchall())
        cursor.execute(_CHARGE_TENANTS, [ids, [made[number] for number in numbers], company])
    facts = {"count": len(numbers), "first": numbers[0], "last": numbers[-1]}
    log.record(company=company, code="parties.debtors.made", actor=by, subject=f"company:{company}", at=at, facts=facts)
    return len(numbers)

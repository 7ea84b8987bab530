"""Rows of the legacy platform that name their customer by name only: whose they are, once that is beyond doubt.

Belongs to the transaction of `charges.actions`.
"""

from __future__ import annotations

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.parties.actions import forget_customer
from saldo.parties.queries import list_customers_named

_TABLES = ("charges_line", "charges_customertotal", "charges_usagetotal")
_BY_NAME = "name:"


def give_to_their_customers(company: CompanyId) -> int:
    """Give such rows to the one customer of that name; nothing happens while there is none, or more than one.

    Returns how many names found their customer.
    """
    given = 0
    for key in _keys(company):
        named = list_customers_named(company=company, name=key.removeprefix(_BY_NAME))
        owners = [customer.key for customer in named if not customer.key.startswith(_BY_NAME)]
        if len(owners) == 1:
            _move(company, key, owners[0])
            forget_customer(company=company, key=CustomerId(key))
            given += 1
    return given


def _keys(company: CompanyId) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer FROM charges_customertotal WHERE company_id = %(company)s AND customer LIKE %(name)s"
            " UNION SELECT customer FROM charges_usagetotal WHERE company_id = %(company)s AND customer LIKE %(name)s"
            " ORDER BY 1",
            {"company": company, "name": f"{_BY_NAME}%"},
        )
        return [key for (key,) in cursor.fetchall()]


def _move(company: CompanyId, old: str, new: str) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(
                f"UPDATE {table} SET customer = %s WHERE company_id = %s AND customer = %s", [new, company, old]
            )

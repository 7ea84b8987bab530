"""The company a piece of work belongs to: every request, task and command steps into one before it reads a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from saldo.core.identity import CompanyId


@contextmanager
def company_context(company: CompanyId) -> Iterator[None]:
    """One transaction in which exactly this company's rows exist.

    Nested in another transaction it is a savepoint, and the company from before is put back at its end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('saldo.company', true)")
        before = cursor.fetchone()[0] or ""
        _enter(str(company))
        yield
        _enter(before)


@contextmanager
def person_context(user: int) -> Iterator[None]:
    """One transaction in which a person's own grants exist, in every company: sign-in asks before one is chosen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('saldo.person', %s, true)", [str(user)])
        yield
        cursor.execute("SELECT set_config('saldo.person', '', true)")


def _enter(company: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('saldo.company', %s, true)", [company])

"""The company a piece of work belongs to: every request, task and command steps into one before it reads a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from saldo.core.identity import CompanyId


@contextmanager
def company_context(company: CompanyId) -> Iterator[None]:
    """One transaction in which exactly this company's rows exist.

    Nested in another transaction it is a savepoint, and the company from before is put back at its end; the outermost
    one needs no putting back, since what it set ends with it.
    """
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        before = _current() if is_nested else ""
        _enter(str(company))
        yield
        if is_nested:
            _enter(before)


@contextmanager
def undone_context(company: CompanyId) -> Iterator[None]:
    """As `company_context`, but nothing that is written in it stays: what would be, without doing it."""
    with company_context(company):
        before = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(before)


@contextmanager
def person_context(user: int) -> Iterator[None]:
    """One transaction in which a person's own grants exist, in every company: sign-in asks before one is chosen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('saldo.person', %s, true)", [str(user)])
        yield
        cursor.execute("SELECT set_config('saldo.person', '', true)")


def _current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('saldo.company', true)")
        return cursor.fetchone()[0] or ""


def _enter(company: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('saldo.company', %s, true)", [company])

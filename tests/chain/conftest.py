"""A partner whose first month is over, once for a file of tests; each test may do to it what it likes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from saldo.core.periods import Month
from tests.chain.lived import a_partner, live_whole_month, undone
from tests.chain.year import Year
from tests.databases import TestDatabases


@pytest.fixture(scope="module")
def made_partner(
    databases: TestDatabases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Year]:
    """In a database of its own."""
    with django_db_blocker.unblock(), databases.fresh_database():
        year = a_partner(tmp_path_factory.mktemp("partner"))
        live_whole_month(year, Month(2026, 1))
        yield year


@pytest.fixture
def partner(made_partner: Year, django_db_blocker: DjangoDbBlocker) -> Iterator[Year]:
    """The partner for one test; what the test does is undone."""
    with django_db_blocker.unblock(), undone():
        yield made_partner

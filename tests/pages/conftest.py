"""What every test of pages has: passwords that are hashed quickly, a throttle of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.databases import TestDatabases
from tests.pages.desk import Desk, make_desk


@pytest.fixture(autouse=True)
def _quick_and_alone(settings: Any) -> None:
    """A safe hash takes as long as it should; tests make many people and keep none of their secrets.

    The throttle counts in memory instead of in files, where tests that run beside this one would be counted too.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture(scope="module")
def made_desk(databases: TestDatabases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """A desk with imported bills in a database of its own, once for all tests of a file."""
    with django_db_blocker.unblock(), databases.fresh_database():
        yield make_desk()


@pytest.fixture
def desk(made_desk: Desk, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """The desk for one test; what the test does to it is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made_desk
        transaction.set_rollback(True)

"""What every test of pages has: passwords that are hashed quickly, a throttle of its own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _quick_and_alone(settings: Any) -> None:
    """A safe hash takes as long as it should; tests make many people and keep none of their secrets.

    The throttle counts in memory instead of in files, where tests that run beside this one would be counted too.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

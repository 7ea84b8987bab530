"""Run the tests of the pure floors with Django and DuckDB made unimportable: what they need is Python alone."""

from __future__ import annotations

import sys

import pytest

FORBIDDEN = ("django", "duckdb", "psycopg", "babel")


class _Wall:
    """Refuses to find what the pure floors may not know."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.split(".")[0] in FORBIDDEN:
            raise ImportError(f"the pure floors do not know {name}")


sys.meta_path.insert(0, _Wall())
sys.exit(
    pytest.main(
        [
            *("tests/core", "tests/rules", "-m", "not laws", "--confcutdir=tests/rules"),
            *("-p", "no:django", "-p", "no:xdist", "-p", "no:randomly"),
        ]
    )
)

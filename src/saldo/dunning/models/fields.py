"""What all tables of this room are made of: the company each row belongs to, and columns of money.

Debtors are named by number, items by their key in the books; no sum that the books keep is repeated here, but what
was owed when a decision was made or a notice was written.
"""

from __future__ import annotations

from typing import Any

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}


def of_company() -> models.ForeignKey[Any, Any]:
    """The company whose row it is; row-level security holds it."""
    return models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")

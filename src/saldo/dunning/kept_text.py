"""Facts as they are kept in JSON columns: days and amounts as text, which is how they are told again."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def as_json(kept: Any) -> str:
    """A text for PostgreSQL; amounts keep every digit they have."""
    return json.dumps(kept, default=_as_text, separators=(",", ":"))


def _as_text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)

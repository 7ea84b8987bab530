"""What the server says when a page breaks: enough to find the fault, and nothing about anybody.

An exception's own words, and the address that was asked for, may hold a name, an amount or the key of an invitation;
so neither is written.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime


class Reticent(logging.Formatter):
    """One line of JSON for each fault: when, which page, in which company, what kind, and the way there."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without its message."""
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        visitor = getattr(request, "visitor", None)
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname,
            "logger": record.name,
            "page": match.view_name if match else None,
            "method": getattr(request, "method", None),
            "company": visitor.company.id if visitor else None,
        }
        return json.dumps(said | _fault(record))


def _fault(record: logging.LogRecord) -> dict[str, object]:
    """Kind and way of the exception, and of what led to it; nothing where there was none."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < 10:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    frames = traceback.extract_tb(error.__traceback__)
    return {"kinds": kinds, "way": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}

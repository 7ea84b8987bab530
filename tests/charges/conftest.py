"""What tests of the catalogue share."""

from __future__ import annotations

from tests.rooms.conftest import postman

__all__ = ["postman"]

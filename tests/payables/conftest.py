"""What tests of what we owe share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from saldo.core.identity import CompanyId
from tests.rooms.importing import Postman


@pytest.fixture
def postman(company: CompanyId, tmp_path: Path, settings: Any) -> Postman:
    """Brings files into a company whose stores are this test's own."""
    settings.LINE_STORE = tmp_path / "store"
    settings.DOCUMENT_STORE = tmp_path / "documents"
    (tmp_path / "files").mkdir()
    return Postman(company, tmp_path / "files")

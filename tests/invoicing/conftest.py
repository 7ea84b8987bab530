"""What tests of invoicing share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from saldo.core.identity import CompanyId
from tests.invoicing.months import Partner


@pytest.fixture
def partner(company: CompanyId, tmp_path: Path, settings: Any) -> Partner:
    """A Swedish company with a line store of its own."""
    settings.LINE_STORE = tmp_path / "store"
    (tmp_path / "files").mkdir()
    return Partner(company, tmp_path / "files")

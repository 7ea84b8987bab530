"""One company with a partner's imported files, and one with what a test puts into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from tests.cli.asking import Asker
from tests.conftest import NOW

CUSTOMER = CustomerId("11111111-1111-1111-1111-111111111111")


@pytest.fixture
def asker(company: CompanyId, capsys: pytest.CaptureFixture[str]) -> Asker:
    """A company with one customer, Havsbris Hotell AB, and nothing charged yet."""
    from saldo.parties.actions import CustomerSeen, note_customers

    seen = CustomerSeen(key=CUSTOMER, name="Havsbris Hotell AB", domain="havsbris.example", country="SE")
    note_customers(company=company, seen=[seen], at=NOW)
    return Asker(company, capsys)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a partner with four customers and three months, as Microsoft delivers them."""
    from saldo.generator.generation import generate

    folder = tmp_path_factory.mktemp("delivered")
    generate(folder=folder, customers=4, months=3, seed=11, start=Month(2026, 1))
    return folder


@pytest.fixture
def imported(asker: Asker, delivered: Path, tmp_path: Path, settings: Any) -> tuple[Asker, dict[str, Any]]:
    """A company that imported those files, and the truth about them."""
    from saldo.flows.import_files import import_paths
    from saldo.server.wiring import real_world

    settings.LINE_STORE = tmp_path / "lines"
    files = sorted(path for path in delivered.rglob("*") if path.is_file() and path.name != "truth.json")
    results = import_paths(company=asker.company, paths=files, actor="test", world=real_world())
    assert {result.state for result in results} == {"accepted"}
    return asker, json.loads((delivered / "truth.json").read_text(encoding="utf-8"))

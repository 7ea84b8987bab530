"""Every fault in Microsoft's files is found and named, and where there is none nothing is named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from saldo.core.periods import Month
from tests.chain import findings
from tests.chain.delivered import Delivered
from tests.chain.file_faults import FILE_FAULTS, FileFault
from tests.chain.findings import Finding
from tests.chain.lived import END
from tests.chain.year import Year

SECOND = Month(2026, 2)


def found_after(partner: Year, files: Delivered) -> set[Finding]:
    """What Saldo says once these files are imported and the month is closed."""
    partner.files[str(SECOND)] = files.paths
    results = partner.take_in(SECOND)
    closed = partner.close(SECOND)
    return findings.of_import(results) | findings.of_close(closed) | findings.of_all(partner.company, SECOND, END)


class TestFaultInAFile:
    @pytest.fixture
    def files(self, partner: Year, tmp_path: Path) -> Delivered:
        originals = sorted(partner.folder.glob(f"{SECOND}-*"))
        return Delivered(originals, folder=tmp_path / "damaged", random=Random(1))

    def test_that_is_not_there_is_not_found(self, partner: Year, files: Delivered) -> None:
        assert found_after(partner, files) == set()

    @pytest.mark.parametrize("fault", FILE_FAULTS, ids=lambda fault: fault.name)
    def test_is_found_and_named(self, partner: Year, files: Delivered, fault: FileFault) -> None:
        expected = fault.harm(files)
        assert expected
        found = found_after(partner, files)
        assert expected - found == set()

    @pytest.mark.laws
    @pytest.mark.parametrize(
        ("fault", "place"),
        [(fault, place) for fault in FILE_FAULTS for place in range(1, fault.places)],
        ids=lambda value: value.name if isinstance(value, FileFault) else str(value),
    )
    def test_is_found_and_named_at_every_place(
        self, partner: Year, files: Delivered, fault: FileFault, place: int
    ) -> None:
        files.random = Random(f"place {place}")
        expected = fault.harm(files)
        assert expected - found_after(partner, files) == set()

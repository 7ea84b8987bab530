"""Every fault in a bank's files and in how customers pay is found and named, and without one nothing is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from saldo.core.periods import Month
from saldo.parties.company import company_context
from tests.chain import findings
from tests.chain.bank_faults import BANK_FAULTS, BankFault
from tests.chain.findings import Finding
from tests.chain.lived import END, live_month
from tests.chain.till import Till
from tests.chain.year import Year, check_all

SECOND = Month(2026, 2)
ISSUED_ON = date(2026, 3, 9)


class TestFaultAtTheBank:
    @pytest.fixture
    def till(self, partner: Year, tmp_path: Path) -> Till:
        partner.files[str(SECOND)] = sorted(partner.folder.glob(f"{SECOND}-*"))
        live_month(partner, SECOND)
        return Till(partner, issued_on=ISSUED_ON, folder=tmp_path / "bank", random=Random(1))

    def found(self, till: Till) -> set[Finding]:
        received = till.receive()
        company = till.year.company
        check_all(company, END)
        with company_context(company):
            return findings.of_bank(company, received, END) | findings.of_owed(company, ISSUED_ON)

    def test_that_is_not_there_is_not_found(self, till: Till) -> None:
        assert len(till.payments) > 4
        assert self.found(till) == set()

    @pytest.mark.parametrize("fault", BANK_FAULTS, ids=lambda fault: fault.name)
    def test_is_found_and_named(self, till: Till, fault: BankFault) -> None:
        expected = fault.harm(till)
        assert expected
        assert expected - self.found(till) == set()

    @pytest.mark.laws
    @pytest.mark.parametrize(
        ("fault", "place"),
        [(fault, place) for fault in BANK_FAULTS for place in range(1, fault.places)],
        ids=lambda value: value.name if isinstance(value, BankFault) else str(value),
    )
    def test_is_found_and_named_at_every_place(self, till: Till, fault: BankFault, place: int) -> None:
        till.random = Random(f"place {place}")
        expected = fault.harm(till)
        assert expected - self.found(till) == set()

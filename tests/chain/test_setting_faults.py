"""Every fault in what is agreed is found and named: in margins, leaks, the work queue or on a draft that is held."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from saldo.core.periods import Month
from saldo.invoicing.margins import list_buckets, list_leaks
from saldo.invoicing.queries import list_drafts
from saldo.parties.company import company_context
from tests.chain import findings
from tests.chain.bank_faults import BANK_FAULTS
from tests.chain.delivered import Delivered
from tests.chain.file_faults import FILE_FAULTS
from tests.chain.findings import Finding
from tests.chain.lived import END
from tests.chain.setting_faults import SETTING_FAULTS, Agreed, SettingFault
from tests.chain.year import Year

SECOND = Month(2026, 2)


def found_after(partner: Year, agreed: Agreed) -> set[Finding]:
    """What Saldo says once the month is closed under these agreements."""
    company = partner.company
    partner.files[str(SECOND)] = agreed.files.paths
    partner.take_in(SECOND)
    closed = partner.close(SECOND)
    found = findings.of_close(closed) | findings.of_all(company, SECOND, END)
    with company_context(company):
        found |= {Finding("leak-of", one.because, one.customer) for one in list_leaks(company=company, month=SECOND)}
        names = {row["ProductName"]: row["ProductId"] for row in agreed.files.rows("charges")}
        found |= {
            Finding("bucket", f"{one.bucket} {one.because}", names.get(one.product, ""))
            for one in list_buckets(company=company, month=SECOND)
        }
        found |= {
            Finding("held", one.invoice.held_because, one.invoice.debtor)
            for one in list_drafts(company=company, month=SECOND)
            if one.invoice.held_because
        }
    return found


class TestFaultInAnAgreement:
    @pytest.fixture
    def agreed(self, partner: Year, tmp_path: Path) -> Agreed:
        originals = sorted(partner.folder.glob(f"{SECOND}-*"))
        random = Random(1)
        return Agreed(partner, Delivered(originals, folder=tmp_path / "files", random=random), random)

    @pytest.mark.parametrize("fault", SETTING_FAULTS, ids=lambda fault: fault.name)
    def test_is_found_and_named(self, partner: Year, agreed: Agreed, fault: SettingFault) -> None:
        expected = fault.harm(agreed)
        found = found_after(partner, agreed)
        assert expected - found == set()

    @pytest.mark.laws
    @pytest.mark.parametrize(
        ("fault", "place"),
        [(fault, place) for fault in SETTING_FAULTS for place in range(1, fault.places)],
        ids=lambda value: value.name if isinstance(value, SettingFault) else str(value),
    )
    def test_is_found_and_named_at_every_place(
        self, partner: Year, agreed: Agreed, fault: SettingFault, place: int
    ) -> None:
        agreed.random = Random(f"place {place}")
        expected = fault.harm(agreed)
        assert expected - found_after(partner, agreed) == set()


def test_a_hundred_faults_and_more_are_injected() -> None:
    assert sum(fault.places for fault in (*FILE_FAULTS, *BANK_FAULTS, *SETTING_FAULTS)) >= 150

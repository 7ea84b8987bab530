"""Files come back, documents change their month, customers change their debtor: nobody pays twice, nobody never."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from saldo.charges.actions import withdraw_delivery
from saldo.charges.history import list_deliveries
from saldo.core.periods import Month
from saldo.invoicing.actions.correcting import cancel_invoice
from saldo.ledger.queries import list_open_items
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import header, seats

APRIL = Month(2026, 4)
OTHER = "5a6b7c8d-0009-4000-8000-000000000009"


def open_sum(partner: Partner) -> Decimal:
    return sum((item.open for item in list_open_items(company=partner.company)), Decimal(0))


def bring_header(partner: Partner, **facts: object) -> None:
    path = partner.folder / "header.json"
    path.write_text(json.dumps([header(**facts)]))  # type: ignore[arg-type]
    (result,) = partner.bring_paths(path)
    assert result.state == "accepted"


class TestAFileThatComesBack:
    def test_its_lines_are_billed_anew_after_they_were_credited(self, partner: Partner) -> None:
        others = seats(SubscriptionId=OTHER, seats=3)
        partner.bring(seats(seats=10), others)
        partner.close(issue=True)
        for time in range(2):
            partner.bring(seats(seats=12 + time), others)
            partner.close(issue=True)
            assert open_sum(partner) == Decimal("1.25") * 36 * (3 + 12 + time)
            newest = max(list_deliveries(company=partner.company, limit=9), key=lambda one: one.id)
            withdraw_delivery(company=partner.company, delivery=newest.id, reason="wrong", actor="test", at=NOW)
            partner.close(issue=True)
            assert open_sum(partner) == Decimal("1.25") * 36 * (3 + 10)
            check_every_line_has_one_bucket(partner.company, MARCH)
            assert partner.close(issue=True).drafted.written == 0

    def test_what_a_person_took_back_stays_unbilled(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        (first,) = partner.documents()
        cancel_invoice(company=partner.company, number=first.number, reason="gift", today=TODAY, by="user:1", at=NOW)
        assert partner.close(issue=True).drafted.written == 0


class TestADocumentThatChangesItsMonth:
    @pytest.mark.parametrize("is_issued", [False, True])
    def test_is_billed_once(self, partner: Partner, is_issued: bool) -> None:
        partner.bring(seats())
        partner.close(issue=is_issued)
        bring_header(partner, billingPeriodStartDate="2026-04-01T00:00:00Z")
        for month in (APRIL, MARCH, APRIL):
            partner.close(month=month, issue=True)
        assert open_sum(partner) == Decimal("450")
        documents = [*partner.documents(MARCH), *partner.documents(APRIL)]
        assert [document.kind for document in documents] == ["invoice"]

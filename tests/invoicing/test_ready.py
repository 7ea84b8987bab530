"""What a page counts and sums of a month that waits is what a wave would issue."""

from __future__ import annotations

from decimal import Decimal

from saldo.invoicing.actions.crediting import propose_credit_note
from saldo.invoicing.month_pages import look_at_drafts
from saldo.invoicing.ready import list_waiting, sum_waiting
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner
from tests.microsoft_files import SODER, seats, usage


def count_same(partner: Partner) -> int:
    """How many drafts wait, once both ways have said the same."""
    asked = {"company": partner.company, "month": MARCH, "today": TODAY}
    listed, summed = list_waiting(**asked), sum_waiting(**asked)  # type: ignore[arg-type]
    assert (summed.count, summed.totals) == (listed.count, listed.totals)
    return summed.count


def test_invoices_and_credit_notes_within_the_limit_of_one_person(partner: Partner) -> None:
    assert count_same(partner) == 0
    partner.bring(seats(), usage(customer=SODER, CustomerId=SODER, CustomerName="Söder & Co"))
    partner.close()
    assert count_same(partner) == 2
    partner.close(issue=True)
    small, large = sorted((one for one in partner.documents() if one.number), key=lambda one: one.gross)
    for document in (small, large):
        propose_credit_note(
            company=partner.company,
            number=document.number,
            nets={1: Decimal(360) if document is small else Decimal(1000)},
            reason="slow",
            by="user:1",
            at=NOW,
        )
    assert count_same(partner) == 1


def test_a_page_past_the_end_still_counts(partner: Partner) -> None:
    partner.bring(seats())
    partner.close()
    found = look_at_drafts(company=partner.company, month=MARCH, limit=50, offset=50)
    assert (found.rows, found.counts.all, found.counts.odd, found.counts.held) == ((), 1, 1, 0)
    assert [one.name for one in look_at_drafts(company=partner.company, month=MARCH, limit=50).rows] == [
        "Havsbris Hotell AB"
    ]

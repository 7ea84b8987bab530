"""Margin, work queue and leaks: what costs us and is not billed is named with its amount, and the reverse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saldo.agreements.actions import set_price_rule
from saldo.agreements.rules.prices import PriceRule
from saldo.charges.actions import withdraw_delivery
from saldo.charges.history import list_deliveries
from saldo.invoicing.actions.correcting import cancel_invoice
from saldo.invoicing.margin_pages import list_margins
from saldo.invoicing.margins import list_buckets, list_leaks, sum_buckets
from saldo.invoicing.queries import list_drafts
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, charged
from tests.microsoft_files import HAVSBRIS, SODER, seats, usage

OTHER = "5a6b7c8d-0009-4000-8000-000000000009"


def agree(partner: Partner, code: str, **rule: object) -> None:
    set_price_rule(
        company=partner.company,
        rule=PriceRule(code=code, version=1, level="company", starts_on=date(2020, 1, 1), **rule),  # type: ignore[arg-type]
        by="user:1",
        at=NOW,
    )


class TestMargins:
    def test_a_markup_is_the_margin_and_a_loss_stands_first(self, partner: Partner) -> None:
        agree(partner, "azure", category="usage", method="markup-on-cost", value={"percent": "10"})
        agree(partner, "seats", category="licence", method="discount-from-list", value={"percent": "5"})
        partner.bring(seats(), usage(customer=SODER, SubscriptionId=OTHER, CustomerId=SODER, CustomerName="Söder & Co"))
        partner.close()
        worst, best = list_margins(company=partner.company, month=MARCH)
        assert (worst.name, worst.net, worst.cost, worst.is_negative) == (
            "Havsbris Hotell AB",
            Decimal(342),
            Decimal(360),
            True,
        )
        assert (best.margin, best.is_negative) == (Decimal(100), False)
        by_product = list_margins(company=partner.company, month=MARCH, by="product")
        assert [one.margin for one in by_product] == [Decimal(-18), Decimal(100)]
        assert {line.price_rule for line in partner.lines()} == {"azure/1", "seats/1"}


class TestWorkQueueAndLeaks:
    def test_what_nobody_pays_is_queued_by_cost_and_leaks_with_its_amount(self, partner: Partner) -> None:
        partner.bring(seats(), seats(SubscriptionId=OTHER, seats=2, EffectiveUnitPrice="-36.00"))
        partner.close(issue=True)
        (waiting,) = list_buckets(company=partner.company, month=MARCH)
        assert (waiting.customer, waiting.cost, waiting.facts) == (HAVSBRIS, Decimal(72), {"why": "sign"})
        (leak,) = list_leaks(company=partner.company, month=MARCH)
        assert (leak.kind, leak.because) == ("not-billed", "held invoicing.line.contradicts-itself")
        assert leak.value == Decimal(72)
        sums = sum_buckets(company=partner.company, month=MARCH)
        assert sum(one.cost for one in sums) == charged(partner.company, MARCH)["SEK"][1]

    def test_nothing_leaks_from_a_month_billed_whole(self, partner: Partner) -> None:
        partner.bring(seats(), usage())
        partner.close(issue=True)
        assert list_leaks(company=partner.company, month=MARCH) == ()

    def test_a_month_not_closed_leaks_whole(self, partner: Partner) -> None:
        partner.bring(seats())
        (leak,) = list_leaks(company=partner.company, month=MARCH)
        assert (leak.because, leak.value) == ("not-closed", Decimal(360))

    def test_what_was_cancelled_and_not_billed_anew_leaks(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        (document,) = partner.documents()
        cancel_invoice(
            company=partner.company, number=document.number, reason="goodwill", today=TODAY, by="user:1", at=NOW
        )
        (leak,) = list_leaks(company=partner.company, month=MARCH)
        assert (leak.kind, leak.because, leak.value) == ("not-billed", "cancelled", Decimal(360))

    def test_what_is_billed_and_no_longer_charged_leaks_until_it_is_credited(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        (delivery,) = list_deliveries(company=partner.company, limit=5)
        withdraw_delivery(company=partner.company, delivery=delivery.id, reason="void", actor="test", at=NOW)
        leaks = {leak.kind: leak for leak in list_leaks(company=partner.company, month=MARCH)}
        assert leaks["not-charged"].value == Decimal(360)
        partner.close(issue=True)
        assert list_leaks(company=partner.company, month=MARCH) == ()
        assert sum(row.net for row in partner.documents()) == 0


def test_drafts_in_review_show_their_change_and_what_is_odd_first(partner: Partner) -> None:
    from saldo.core.periods import Month

    april = Month(2026, 4)
    days = {"OrderDate": "4/2/2026", "ChargeStartDate": "4/1/2026", "ChargeEndDate": "4/30/2026"}
    same = {"InvoiceNumber": "G000000002", **days}
    partner.bring(seats(), seats(customer=SODER, SubscriptionId=OTHER))
    partner.close(issue=True)
    partner.bring(seats(**same), seats(customer=SODER, SubscriptionId=OTHER, seats=30, **same))
    partner.close(month=april)
    odd, usual = list_drafts(company=partner.company, month=april)
    assert (odd.is_odd, odd.before, odd.change) == (True, Decimal(360), Decimal(720))
    assert (usual.is_odd, usual.change) == (False, Decimal(0))

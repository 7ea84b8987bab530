"""What is agreed reaches the documents: minimum fees, service fees, other currencies, invoice days, holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saldo.agreements.actions import import_rates, set_price_rule, set_service_fee, set_terms
from saldo.agreements.rules.exchange import Published
from saldo.agreements.rules.fees import ServiceFee
from saldo.agreements.rules.prices import PriceRule
from saldo.agreements.rules.terms import Terms
from saldo.core.periods import Month
from saldo.flows.render_papers import paper_of
from saldo.invoicing.actions.charging import hold_draft, release_draft
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.crediting import issue_credit_note, propose_credit_note
from saldo.invoicing.paper_facts import facts_of
from saldo.invoicing.rules.references import is_rf
from saldo.ledger.queries import list_open_items
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import seats
from tests.rooms.importing import A_WORLD

ACT = {"today": TODAY, "by": "user:1", "at": NOW}
FIRST = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


def agree_minimum(partner: Partner, net: str, currency: str = "SEK") -> None:
    rule = PriceRule(
        code="floor",
        version=1,
        level="company",
        method="minimum",
        value={"net": net},
        currency=currency,
        starts_on=FIRST,
    )
    set_price_rule(company=partner.company, rule=rule, by="user:1", at=NOW)


def agree_fee(partner: Partner, currency: str = "SEK") -> None:
    fee = ServiceFee(
        code="care",
        name="Care",
        debtor="10001",
        quantity=Decimal(2),
        unit_price=Decimal(50),
        currency=currency,
        starts_on=FIRST,
    )
    set_service_fee(company=partner.company, fee=fee, by="user:1", at=NOW)


def agree_terms(partner: Partner, **terms: Any) -> None:
    set_terms(company=partner.company, terms=Terms(starts_on=FIRST, **terms), by="user:1", at=NOW)


def publish(partner: Partner) -> None:
    day = date(2026, 3, 31)
    told = [Published("SEK", day, Decimal(10)), Published("USD", day, Decimal("1.25"))]
    import_rates(company=partner.company, published=told, by="user:1", at=NOW)


class TestMinimumFees:
    def test_lift_a_month_once_and_only_what_is_missing(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_minimum(partner, "500")
        partner.close(issue=True)
        (document,) = partner.documents()
        assert [line.net for line in partner.lines()] == [Decimal(360), Decimal(140)]
        assert (document.net, document.gross) == (Decimal(500), Decimal(625))
        assert partner.close(issue=True).drafts == 0
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_that_turns_out_too_high_is_given_back_with_the_lines_that_came_later(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_minimum(partner, "500")
        partner.close(issue=True)  # 360 and 140
        more = seats(SubscriptionId="5a6b7c8d-0009-4000-8000-000000000009", InvoiceNumber="G000000002", seats=2)
        partner.bring(more)
        partner.close(issue=True)
        first, second = partner.documents()
        assert (first.net, second.kind, second.net) == (Decimal(500), "invoice", Decimal(0))  # 72 more, 72 less
        assert [line.net for line in partner.lines() if line.invoice_id == second.pk] == [Decimal(72), Decimal(-72)]
        partner.bring(more | {"InvoiceNumber": "G000000003", "SubscriptionId": "5a6b7c8d-0010-4000-8000-000000000010"})
        partner.close(issue=True)
        third = partner.documents()[-1]
        assert third.net == 72 - 68  # 504 in all: of the minimum nothing is left
        for _ in range(2):
            assert partner.close(issue=True).drafted.written == 0
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_that_a_person_took_back_is_neither_charged_nor_given_again(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_minimum(partner, "500")
        partner.close(issue=True)
        (document,) = partner.documents()
        cancel_invoice(company=partner.company, number=document.number, reason="gift", **ACT)
        assert partner.close(issue=True).drafts == 0

    def test_say_nothing_of_a_month_above(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_minimum(partner, "300")
        partner.close(issue=True)
        assert [line.net for line in partner.lines()] == [Decimal(360)]


class TestServiceFees:
    def test_stand_on_each_months_document_once(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_fee(partner)
        partner.close(issue=True)
        partner.close(issue=True)
        (document,) = partner.documents()
        assert document.net == Decimal(460)
        partner.close(issue=True, month=Month(2026, 4))
        (alone,) = partner.documents(Month(2026, 4))
        assert alone.net == Decimal(100)

    def test_in_a_currency_without_a_rate_wait_and_are_said(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_fee(partner, currency="USD")
        agree_terms(partner, currency="SEK")
        partner.close()
        (draft,) = partner.documents()
        assert draft.net == Decimal(360)
        assert "agreements.rate.none" in [problem["code"] for problem in draft.problems]
        publish(partner)
        partner.close(issue=True)
        (document,) = partner.documents()
        assert document.net == Decimal(360) + 100 * 8


class TestAnotherCurrency:
    def test_is_billed_posted_and_printed_with_its_rate_and_the_tax_at_home(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_terms(partner, currency="EUR")
        publish(partner)
        partner.close(issue=True)
        (document,) = partner.documents()
        assert (document.currency, document.net, document.gross) == ("EUR", Decimal(36), Decimal(45))
        assert is_rf(document.reference)
        assert [(item.currency, item.open) for item in list_open_items(company=partner.company)] == [("EUR", 45)]
        local = facts_of(company=partner.company, number=document.number).local_tax
        assert local is not None
        assert (local.currency, local.tax) == ("SEK", Decimal(90))
        assert paper_of(company=partner.company, number=document.number, form="pdf", world=A_WORLD)

    def test_says_the_tax_at_home_also_where_no_line_was_converted(self, partner: Partner) -> None:
        partner.bring(seats(Currency="EUR", PricingCurrency="EUR"))
        publish(partner)
        partner.close(issue=True)
        (document,) = partner.documents()
        local = facts_of(company=partner.company, number=document.number).local_tax
        assert local is not None
        assert (document.rates, local.currency, local.tax) == ([], "SEK", Decimal(900))
        draft = propose_credit_note(
            company=partner.company, number=document.number, nets={1: Decimal(36)}, reason="slow", by="user:2", at=NOW
        )  # by another than who issues it: no rate of the day is known to compare it with the limit
        credit = issue_credit_note(company=partner.company, draft=draft, **ACT)
        given = facts_of(company=partner.company, number=credit.number).local_tax
        assert given is not None
        assert given.tax == Decimal(-90)


class TestDays:
    def test_a_correction_carries_the_day_on_which_it_is_made(self, partner: Partner) -> None:
        partner.bring(seats())
        agree_terms(partner, invoice_day=2, net_days=10)
        partner.close(issue=True)
        (document,) = partner.documents()
        assert (document.issued_on, document.due_on) == (date(2026, 4, 2), date(2026, 4, 12))
        right = Corrections(buyer={"name": "X AB"})
        _, new = reissue(company=partner.company, number=document.number, corrections=right, reason="name", **ACT)
        facts = facts_of(company=partner.company, number=new.number)
        assert (facts.issued_on, facts.due_on, facts.net_days) == (TODAY, date(2026, 4, 12), 0)


class TestHolds:
    def test_a_held_draft_stays_until_it_is_released(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close()
        (draft,) = partner.documents()
        hold_draft(company=partner.company, draft=draft.pk, by="user:1", at=NOW)
        assert partner.close(issue=True).issued == 0
        partner.bring(seats(seats=11))
        assert partner.close(issue=True).issued == 0
        (anew,) = partner.documents()
        release_draft(company=partner.company, draft=anew.pk, by="user:1", at=NOW)
        assert partner.close(issue=True).issued == 1


class TestCreditsOnly:
    def test_a_month_with_nothing_but_a_credit_is_a_credit_note_with_a_paper(self, partner: Partner) -> None:
        partner.bring(
            seats(
                ChargeType="customerCredit",
                Subtotal="-50.00",
                Total="-50.00",
                UnitPrice="50",
                EffectiveUnitPrice="-50",
                BillableQuantity="1",
                BillingFrequency="",
            )
        )
        partner.close(issue=True)
        (document,) = partner.documents()
        assert (document.kind, document.gross, document.mirrors) == ("credit-note", Decimal("-62.50"), "")
        assert paper_of(company=partner.company, number=document.number, form="pdf", world=A_WORLD)

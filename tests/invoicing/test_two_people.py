"""Above a limit two people give money back, whichever way: by credit note, by cancelling, by correcting."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from saldo.agreements.actions import import_rates
from saldo.agreements.rules.exchange import Published
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.invoicing.actions.charging import set_invoicing
from saldo.invoicing.actions.confirming import (
    confirm_correction,
    propose_cancellation,
    propose_reissue,
    withdraw_correction,
)
from saldo.invoicing.actions.copies import UnableToCorrect
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.crediting import issue_credit_note, propose_credit_note
from saldo.invoicing.proposals import list_proposals
from saldo.invoicing.queries import find_cancellation, get_invoice
from saldo.ledger.queries import list_open_items
from tests.conftest import NOW
from tests.invoicing.months import TODAY, Partner
from tests.microsoft_files import seats

ONE = {"today": TODAY, "by": "user:1", "at": NOW}
OTHER = {"today": TODAY, "by": "user:2", "at": NOW}
TWO_HUNDRED = {"credit_limit": Decimal(200)}


@pytest.fixture
def number(partner: Partner) -> str:
    """One issued invoice of 450.00 with tax, and a limit of 200.00."""
    set_invoicing(company=partner.company, changes=TWO_HUNDRED, by="user:9", at=NOW)
    return an_invoice(partner)


def an_invoice(partner: Partner, currency: str = "SEK") -> str:
    partner.bring(seats(Currency=currency, PricingCurrency=currency))
    partner.close(issue=True)
    (document,) = partner.documents()
    return document.number


def code_of(act, **asked: object) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(**asked)
    return refused.value.code


class TestCancelling:
    def test_above_the_limit_is_proposed_by_one_and_confirmed_by_another(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "reason": "wrong customer"}
        assert code_of(cancel_invoice, **asked, **ONE) == "invoicing.credit.needs-second-person"
        key = propose_cancellation(**asked, by="user:1", at=NOW)
        assert propose_cancellation(**asked, by="user:1", at=NOW) == key  # pressed twice
        (waiting,) = list_proposals(company=partner.company)
        assert (waiting.number, waiting.act, waiting.given, waiting.proposed_by) == (number, "cancel", 450, "user:1")
        confirm = {"company": partner.company, "proposal": key}
        assert code_of(confirm_correction, **confirm, **ONE) == "parties.approval.own"
        assert code_of(confirm_correction, **confirm, **(OTHER | {"by": "command"})) == "parties.approval.not-a-person"
        assert find_cancellation(company=partner.company, number=number) is None
        mirror, new = confirm_correction(**confirm, **OTHER)
        assert (find_cancellation(company=partner.company, number=number), new) == (mirror, None)
        assert (list_open_items(company=partner.company), list_proposals(company=partner.company)) == ((), ())
        assert code_of(confirm_correction, **confirm, **OTHER) == "invoicing.proposal.unknown"

    def test_what_was_proposed_may_be_taken_back_and_then_nothing_happened(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "by": "user:1", "at": NOW}
        key = propose_cancellation(**asked, reason="wrong")
        assert code_of(propose_cancellation, **asked, reason="another") == "invoicing.proposal.another-waits"
        assert withdraw_correction(company=partner.company, proposal=key, by="user:1", at=NOW) == number
        assert list_proposals(company=partner.company) == ()
        assert propose_cancellation(**asked, reason="another") != key

    def test_gifts_before_it_count(self, partner: Partner, number: str) -> None:
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(300)}, by="user:9", at=NOW)
        for net in (280, 200):  # 100.00 less each time, with tax
            lower = Corrections(nets={1: Decimal(net)})
            _, new = reissue(company=partner.company, number=number, corrections=lower, reason="price", **ONE)
            number = new.number
        asked = {"company": partner.company, "number": number, "reason": "rest"}
        assert code_of(cancel_invoice, **asked, **ONE) == "invoicing.credit.needs-second-person"
        draft = propose_credit_note(**asked, nets={1: Decimal(100)}, by="user:1", at=NOW)
        assert code_of(issue_credit_note, company=partner.company, draft=draft, **ONE) == (
            "invoicing.credit.needs-second-person"
        )

    def test_a_credit_note_may_be_taken_back_by_one(self, partner: Partner, number: str) -> None:
        draft = propose_credit_note(
            company=partner.company, number=number, nets={1: Decimal(360)}, reason="slow", by="user:2", at=NOW
        )
        credit = issue_credit_note(company=partner.company, draft=draft, **ONE)
        assert cancel_invoice(company=partner.company, number=credit.number, reason="wrong", **ONE)


class TestCorrecting:
    def test_a_lower_price_above_the_limit_waits_for_another(self, partner: Partner, number: str) -> None:
        lower = Corrections(buyer={"name": "X AB"}, nets={1: Decimal("10.50")}, keeps_due_day=False)
        asked = {"company": partner.company, "number": number, "corrections": lower, "reason": "price"}
        assert code_of(reissue, **asked, **ONE) == "invoicing.credit.needs-second-person"
        key = propose_reissue(**asked, **ONE)
        assert code_of(confirm_correction, company=partner.company, proposal=key, **ONE) == "parties.approval.own"
        mirror, new = confirm_correction(company=partner.company, proposal=key, **OTHER)
        assert new is not None
        found = get_invoice(company=partner.company, number=new.number)
        assert (found.net, found.buyer["name"], found.replaces) == (Decimal("10.50"), "X AB", number)
        assert find_cancellation(company=partner.company, number=number) == mirror

    def test_another_name_gives_nothing_and_needs_nobody(self, partner: Partner, number: str) -> None:
        right = Corrections(buyer={"name": "X AB"})
        assert reissue(company=partner.company, number=number, corrections=right, reason="name", **ONE)

    def test_a_proposal_falls_when_the_document_is_taken_back_otherwise(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "reason": "wrong"}
        propose_reissue(**asked, corrections=Corrections(nets={1: Decimal(1)}), **ONE)
        cancel_invoice(**asked, **ONE, proposed_by="user:3")
        assert list_proposals(company=partner.company) == ()
        assert models.Correction.objects.get(company_id=partner.company).outcome == "overtaken"


class TestOtherCurrencies:
    """The limit is in the company's currency; a dollar invoice of 450.00 is compared by the rate of the day."""

    @pytest.fixture
    def dollars(self, partner: Partner) -> str:
        return an_invoice(partner, "USD")

    @pytest.mark.parametrize(("limit", "is_free"), [("3599.99", False), ("3600.00", True)])
    def test_are_compared_in_the_companys_own(self, partner: Partner, dollars: str, limit: str, is_free: bool) -> None:
        publish(partner, TODAY)
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(limit)}, by="user:9", at=NOW)
        asked = {"company": partner.company, "number": dollars, "reason": "wrong"}
        if is_free:
            assert cancel_invoice(**asked, **ONE)
        else:
            assert code_of(cancel_invoice, **asked, **ONE) == "invoicing.credit.needs-second-person"

    @pytest.mark.parametrize("newest", [None, TODAY - timedelta(days=9)])
    def test_without_a_rate_of_the_day_a_second_person_is_asked_always(
        self, partner: Partner, dollars: str, newest: date | None
    ) -> None:
        if newest:
            publish(partner, newest)
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(999999)}, by="user:9", at=NOW)
        asked = {"company": partner.company, "number": dollars, "reason": "slow"}
        assert code_of(cancel_invoice, **asked, **ONE) == "invoicing.credit.needs-second-person"
        draft = propose_credit_note(**asked, nets={1: Decimal(1)}, by="user:1", at=NOW)
        issue = {"company": partner.company, "draft": draft}
        assert code_of(issue_credit_note, **issue, **ONE) == "invoicing.credit.needs-second-person"
        assert partner.close(issue=True).drafts == 1  # nor does a wave take it
        assert issue_credit_note(**issue, **OTHER).number


def publish(partner: Partner, day: date) -> None:
    """Eight kronor a dollar."""
    told = [Published("SEK", day, Decimal(10)), Published("USD", day, Decimal("1.25"))]
    import_rates(company=partner.company, published=told, by="user:1", at=NOW)


class TestPressingTwice:
    def test_the_same_credit_proposed_again_is_the_same_draft(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "by": "user:1", "at": NOW}
        first = propose_credit_note(**asked, nets={1: Decimal(200)}, reason="slow")
        assert propose_credit_note(**asked, nets={1: Decimal(200)}, reason="slow") == first
        assert propose_credit_note(**asked, nets={1: Decimal(50)}, reason="slow") != first

    def test_correcting_twice_is_refused_the_second_time(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "corrections": Corrections(buyer={"name": "X AB"})}
        reissue(**asked, reason="name", **ONE)
        with pytest.raises(UnableToCorrect, match="cancelled-already"):
            reissue(**asked, reason="name", **ONE)

    def test_the_database_takes_no_second_draft_of_a_kind(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close()
        (draft,) = partner.documents()
        draft.pk = None
        with pytest.raises(IntegrityError, match="one_draft_of_a_kind"), transaction.atomic():
            draft.save(force_insert=True)

"""From an issued invoice to its kept paper: frozen facts, rendered once, the same bytes for ever."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from saldo.audit.models import Entry
from saldo.flows.render_papers import paper_of, render_papers
from saldo.invoicing import models
from saldo.invoicing.actions.charging import attach_explanation
from saldo.invoicing.actions.correcting import cancel_invoice
from saldo.invoicing.paper_facts import facts_of, find_paper, list_without_paper
from saldo.invoicing.paper_keeping import keep_paper
from saldo.invoicing.rules.paper import UnableToWritePaper
from tests.conftest import NOW
from tests.invoicing.months import TODAY, Partner
from tests.microsoft_files import seats
from tests.rooms.importing import A_WORLD


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


@pytest.fixture
def number(partner: Partner) -> str:
    """One issued invoice."""
    partner.bring(seats())
    partner.close(issue=True)
    (document,) = partner.documents()
    return document.number


class TestFacts:
    def test_say_what_was_issued(self, partner: Partner, number: str) -> None:
        facts = facts_of(company=partner.company, number=number)
        (document,) = partner.documents()
        assert (facts.net, facts.tax, facts.gross) == (document.net, document.tax, document.gross)
        assert facts.reference == document.reference
        assert [line.net for line in facts.lines] == [line.net for line in partner.lines() if line.bucket == "rated"]

    def test_of_a_cancellation_name_the_original(self, partner: Partner, number: str) -> None:
        mirror = cancel_invoice(
            company=partner.company, number=number, reason="wrong customer", today=TODAY, by="user:1", at=NOW
        )
        facts = facts_of(company=partner.company, number=mirror)
        assert facts.original is not None
        assert (facts.kind, facts.original.number, facts.original.issued_on) == ("cancellation", number, TODAY)

    def test_take_over_the_frozen_explanation(self, partner: Partner, number: str) -> None:
        reasons = [
            {"code": "seats-added", "amount": "60.00", "subject": "E3", "text": "5 seats added"},
            {"code": "rounding", "amount": "-300.00", "subject": "", "text": "Azure used less"},
        ]
        attach_explanation(
            company=partner.company, number=number, before=number, language="en", reasons=reasons, by="user:1", at=NOW
        )
        change = facts_of(company=partner.company, number=number).change
        assert change is not None
        assert [cause.text for cause in change.causes] == ["Azure used less", "5 seats added"]

    def test_of_an_unknown_number_are_refused(self, partner: Partner) -> None:
        with pytest.raises(UnableToWritePaper) as refused:
            facts_of(company=partner.company, number="2026-99999")
        assert refused.value.code == "invoicing.paper.unknown"


class TestKeeping:
    def test_a_paper_is_made_once_and_stays(self, partner: Partner, number: str) -> None:
        first = render_papers(company=partner.company, world=A_WORLD, workers=1)
        assert (first.made, first.refused) == (1, ())
        kept = find_paper(company=partner.company, number=number, form="pdf")
        again = render_papers(company=partner.company, world=A_WORLD, workers=1)
        assert again.made == 0
        assert find_paper(company=partner.company, number=number, form="pdf") == kept
        assert list_without_paper(company=partner.company) == ()
        assert Entry.objects.filter(code="invoicing.paper-kept", subject=f"invoice:{number}").exists()

    def test_what_is_exported_is_what_is_kept(self, partner: Partner, number: str) -> None:
        pdf = paper_of(company=partner.company, number=number, form="pdf", world=A_WORLD)
        assert pdf == paper_of(company=partner.company, number=number, form="pdf", world=A_WORLD)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert number in text

    def test_another_paper_of_the_same_document_is_refused(self, partner: Partner, number: str) -> None:
        act = {"company": partner.company, "number": number, "form": "pdf", "by": "user:1", "at": NOW}
        keep_paper(data=b"one", **act)
        keep_paper(data=b"one", **act)
        with pytest.raises(UnableToWritePaper) as refused:
            keep_paper(data=b"two", **act)
        assert refused.value.code == "invoicing.paper.already-kept"
        assert models.Paper.objects.filter(number=number).count() == 1

    def test_one_refused_paper_stops_no_other(self, partner: Partner, number: str) -> None:
        made = render_papers(company=partner.company, world=A_WORLD, numbers=[number, "2026-99999"], workers=1)
        assert made.made == 1

    def test_cost_never_reaches_the_facts(self, partner: Partner, number: str) -> None:
        cost = {str(line.cost) for line in partner.lines()} - {str(line.net) for line in partner.lines()}
        shown = repr(facts_of(company=partner.company, number=number))
        assert not [figure for figure in cost if f"'{figure}'" in shown]

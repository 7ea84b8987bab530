"""Proof of a notice: what a step asks for, what is enough, and who may say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from saldo.dunning import models
from saldo.dunning.actions.notices import UnableToRecordNotice, record_posted, record_proof
from saldo.dunning.rules.policy import Policy, Step
from tests.dunning.collecting import PUBLISHED
from tests.dunning.ladders import DAY, DUE
from tests.dunning.telling import ANNA, Telling
from tests.dunning.test_notices import LATE_20, to_final

LATE_3 = DUE + timedelta(days=3)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


@pytest.fixture
def house(company) -> Telling:
    return Telling(company)


def asking(proof: str) -> Policy:
    step = Step(
        code="reminder",
        when=PUBLISHED.steps[0].when,
        acts=PUBLISHED.steps[0].acts,
        proof=proof,
        notice=PUBLISHED.steps[0].notice,
    )
    return replace(PUBLISHED, steps=(step,))


class TestProof:
    def test_handed_over_is_not_enough_where_more_is_asked(self, company):
        house = Telling(company, asking("spoken"))
        item = house.invoice("1")
        house.tell(LATE_3)
        assert (house.notice().state, house.standing(item).proved_on) == ("handed-over", None)
        said = {"company": company, "notice": house.notice().key, "by": ANNA, "at": house.at(LATE_3 + DAY)}
        with pytest.raises(UnableToRecordNotice, match="proof-too-weak"):
            record_proof(proof="registered", evidence="RR 1", on=LATE_3 + DAY, **said)
        record_proof(proof="spoken", evidence="call:1", on=LATE_3 + DAY, **said)
        assert house.standing(item).proved_on == LATE_3 + DAY
        with pytest.raises(UnableToRecordNotice, match="proved-already"):
            record_proof(proof="spoken", evidence="call:1", on=LATE_3 + DAY, **said)

    def test_a_call_that_reached_somebody_proves_it(self, company):
        from saldo.dunning.actions.calls import UnableToRecordCall, record_call

        house = Telling(company, asking("spoken"))
        item = house.invoice("1")
        house.tell(LATE_3)
        said = {"company": company, "debtor": "10001", "on": LATE_3, "by": ANNA, "at": house.at(LATE_3)}
        record_call(outcome="no-answer", notice=house.notice().key, **said)
        assert house.standing(item).proved_on is None
        with pytest.raises(UnableToRecordCall, match="nobody-named"):
            record_call(outcome="reached", notice=house.notice().key, **said)
        record_call(outcome="reached", spoken_with="Karin Wallgren", notice=house.notice().key, **said)
        assert house.standing(item).proved_on == LATE_3
        assert models.Call.objects.count() == 2

    def test_a_spoken_word_does_not_stand_for_the_second_channel(self, house):
        item = to_final(house)
        said = {"company": house.company, "notice": house.notice().key, "by": ANNA, "at": house.at(LATE_20)}
        with pytest.raises(UnableToRecordNotice, match="not-handed-over"):
            record_proof(proof="spoken", evidence="call:1", on=LATE_20, **said)
        assert house.standing(item).proved_on is None

    def test_an_unknown_notice_is_refused(self, house):
        with pytest.raises(UnableToRecordNotice, match="unknown"):
            record_proof(
                company=house.company,
                notice="notice:x",
                proof="spoken",
                evidence="x",
                on=LATE_3,
                by=ANNA,
                at=house.at(LATE_3),
            )


def test_a_letter_act_is_needed_to_post(house):
    house.invoice("1")
    house.tell(LATE_3)
    with pytest.raises(UnableToRecordNotice, match="no-letter"):
        record_posted(
            company=house.company,
            notice=house.notice().key,
            on=LATE_3,
            evidence="RR",
            by=ANNA,
            at=house.at(LATE_3),
        )

"""Fee and interest of a notice: only by a law that was read and a clause of the debtor's own, once, when it left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.dunning import models
from saldo.dunning.rules.costs import Agreed, Claim, costs_of
from saldo.dunning.rules.law import law_of
from saldo.dunning.rules.policy import Act, Policy, Step
from saldo.invoicing.models import Charge
from tests.dunning.collecting import PUBLISHED
from tests.dunning.ladders import DAY, DUE
from tests.dunning.telling import ANNA, CONTACT, OUTSIDE, Telling

LATE_3 = DUE + timedelta(days=3)
ISSUED = date(2026, 2, 2)
SIXTY = Act(kind="fee", net={"SEK": Decimal("60.00")})
ONE_A_MONTH = Act(kind="interest", yearly_percent=Decimal(12))


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


def with_acts(*acts: Act, jurisdiction: str = "SE") -> Policy:
    first, *others = PUBLISHED.steps
    return replace(PUBLISHED, jurisdiction=jurisdiction, steps=(replace(first, acts=(*first.acts, *acts)), *others))


def agrees(house: Telling, allows: str, on: date = ISSUED) -> None:
    models.Clause.objects.create(
        company_id=house.company,
        debtor="10001",
        allows=allows,
        agreed_on=on,
        evidence="contract 7",
        recorded_at=house.at(on),
        recorded_by=ANNA,
    )


def charges() -> list[tuple[str, Decimal]]:
    return list(Charge.objects.order_by("id").values_list("code", "net"))


class TestFee:
    @pytest.fixture
    def house(self, company) -> Telling:
        house = Telling(company, with_acts(SIXTY))
        house.tenant()
        return house

    def test_the_law_and_the_clause_allow_it(self, house):
        agrees(house, "fee")
        item = house.invoice("1")
        house.tell(LATE_3)
        assert charges() == [("late-fee", Decimal("60.00"))]
        charge = Charge.objects.get()
        assert charge.name == "Förseningsavgift"
        assert charge.evidence == {
            "notice": house.notice().key,
            "policy": "three:1",
            "law": law_of("SE", LATE_3).source,
            "items": [item],
        }
        assert "Avgift, på ditt nästa dokument: 60,00" in house.notice().told["body"]
        assert house.notice().owed == Decimal("1000.00")

    def test_without_a_clause_it_is_not_charged_and_the_reason_is_kept(self, house):
        """Practice 24."""
        house.invoice("1")
        house.tell(LATE_3)
        assert charges() == []
        assert house.notice().told["not_charged"] == [{"act": "fee", "code": "dunning.law.clause-missing"}]
        assert "60,00" not in house.notice().told["body"]

    def test_a_clause_that_has_ended_or_came_after_the_debt_does_not_count(self, house):
        agrees(house, "fee")
        models.Clause.objects.update(ended_on=LATE_3)
        agrees(house, "fee", on=ISSUED + DAY)
        house.invoice("1")
        house.tell(LATE_3)
        assert charges() == []
        assert house.notice().told["not_charged"] == [{"act": "fee", "code": "dunning.law.clause-later"}]

    def test_a_letter_that_did_not_leave_charges_nothing(self, house):
        agrees(house, "fee")
        house.invoice("1")
        house.round(LATE_3)
        house.write()
        house.follow()
        assert charges() == []
        house.office.unknown = {CONTACT, OUTSIDE}
        with house.with_post():
            house.post_leaves()
        assert charges() == []

    def test_told_again_after_it_came_back_it_is_charged_once(self, house):
        from saldo.dunning.actions.notices import settle_failed

        agrees(house, "fee")
        house.invoice("1")
        house.office.unknown = {CONTACT, OUTSIDE}
        house.tell(LATE_3)
        house.office.unknown = set()
        settle_failed(company=house.company, notice=house.notice().key, on=LATE_3, by=ANNA, at=house.at(LATE_3))
        house.tell(LATE_3)
        house.follow()
        assert charges() == [("late-fee", Decimal("60.00"))]

    def test_a_second_debt_in_a_later_letter_has_a_fee_of_its_own_and_the_first_none_again(self, house):
        agrees(house, "fee")
        house.invoice("1")
        house.invoice("2", due=date(2026, 3, 9))
        house.tell(LATE_3)
        house.tell(LATE_3 + 7 * DAY)
        assert charges() == [("late-fee", Decimal("60.00"))] * 2

    def test_nobody_to_invoice_it_to_is_said(self, company):
        house = Telling(company, with_acts(SIXTY))
        agrees(house, "fee")
        house.invoice("1")
        house.tell(LATE_3)
        assert house.notice().told["not_charged"] == [{"act": "fee", "code": "dunning.notice.no-tenant"}]

    def test_rehearsed_it_charges_nothing(self, company):
        house = Telling(company, with_acts(SIXTY), is_open=False)
        house.tenant()
        agrees(house, "fee")
        house.invoice("1")
        house.tell(LATE_3)
        assert charges() == []


class TestInterest:
    def test_runs_from_the_day_after_the_due_day_where_law_and_clause_allow_it(self, company):
        house = Telling(company, with_acts(ONE_A_MONTH, jurisdiction="BR"))
        house.tenant()
        agrees(house, "interest")
        house.invoice("1", currency="BRL")
        house.tell(LATE_3)
        assert charges() == [("late-interest", Decimal("1.00"))]  # 1,000 at 1 per cent a month of thirty days: 3 days
        charge = Charge.objects.get()
        assert (charge.starts_on, charge.ends_on, charge.currency) == (DUE + DAY, LATE_3, "BRL")

    def test_a_reference_rate_that_nobody_has_read_charges_nothing(self, company):
        house = Telling(company, with_acts(Act(kind="interest", yearly_percent=Decimal(8))))
        house.tenant()
        agrees(house, "interest")
        house.invoice("1")
        house.tell(LATE_3)
        assert charges() == []
        assert house.notice().told["not_charged"] == [{"act": "interest", "code": "dunning.law.no-interest"}]


STEP = Step(code="reminder", acts=(Act(kind="mail", letter="reminder"), SIXTY, ONE_A_MONTH))
BRAZIL, SWEDEN = law_of("BR", LATE_3), law_of("SE", LATE_3)
EVER = Agreed(fee=date(2020, 1, 1), interest=date(2020, 1, 1))


def a_claim(item: str = "a", **more) -> Claim:
    return Claim(**({"item": item, "issued_on": ISSUED, "due_on": DUE, "owed": Decimal("1000.00")} | more))


class TestRules:
    def test_no_day_is_charged_twice(self):
        both = costs_of(STEP, [a_claim()], law=BRAZIL, currency="BRL", on=DUE + 30 * DAY, agreed=EVER)
        first = costs_of(STEP, [a_claim()], law=BRAZIL, currency="BRL", on=DUE + 12 * DAY, agreed=EVER)
        again = a_claim(charged_until=first.ends_on)
        second = costs_of(STEP, [again], law=BRAZIL, currency="BRL", on=DUE + 30 * DAY, agreed=EVER)
        assert first.interest + second.interest == both.interest == Decimal("10.00")
        assert second.starts_on == DUE + 13 * DAY

    def test_a_fee_bears_neither_fee_nor_interest(self):
        costs = costs_of(STEP, [a_claim(is_fee=True)], law=BRAZIL, currency="BRL", on=LATE_3, agreed=EVER)
        assert (costs.fee, costs.interest, costs.law) == (0, 0, "")

    def test_the_same_kind_of_fee_comes_once_for_a_debt(self):
        step = replace(STEP, acts=STEP.acts[:2])
        claims = [a_claim(), a_claim("b", fees=frozenset({"reminder"}))]
        costs = costs_of(step, claims, law=SWEDEN, currency="SEK", on=LATE_3, agreed=EVER)
        assert costs.fee == 0
        assert [one.code for one in costs.not_charged] == ["dunning.law.fee-asked-already"]

    @given(
        owed=st.decimals(min_value=1, max_value=10_000_000, places=2),
        late=st.integers(min_value=1, max_value=900),
        where=st.sampled_from(["", "US", "CN", "PT", "SE", "BR", "ES"]),
        fee=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 1, 1))),
        interest=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 1, 1))),
    )
    def test_nothing_is_charged_without_a_verified_law_and_a_clause_older_than_the_debt(
        self, owed, late, where, fee, interest
    ):
        on = DUE + late * DAY
        law = law_of(where, on)
        agreed = Agreed(fee=fee, interest=interest)
        for currency in ("SEK", "BRL"):
            costs = costs_of(STEP, [a_claim(owed=owed)], law=law, currency=currency, on=on, agreed=agreed)
            if costs.fee:
                assert law is not None
                assert law.verified
                assert fee is not None
                assert fee <= ISSUED
                assert costs.fee <= Decimal("60.00")
            if costs.interest:
                assert law is not None
                assert law.verified
                assert interest is not None
                assert interest <= ISSUED
            assert len(costs.not_charged) <= 2

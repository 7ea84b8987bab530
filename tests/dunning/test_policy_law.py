"""What the law lets a policy ask for: dated, with a source, and nothing where nobody has read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saldo.dunning.rules import law
from saldo.dunning.rules.check import check
from saldo.dunning.rules.law import (
    LAW,
    NOTICE_FIELDS,
    law_of,
    most_interest,
    rate_on,
    refusal_of_fee,
    refusal_of_interest,
)
from saldo.dunning.rules.policy import Act, Policy
from tests.dunning.policies import changed, ready

ON = date(2026, 11, 25)
REMINDER = frozenset({"reminder"})
A_FEE = Decimal("60.00")


def with_fee(currency: str, net: str, *, jurisdiction: str, code: str = "reminder") -> Policy:
    policy = replace(ready("standard"), jurisdiction=jurisdiction)
    step = policy.step_by_code[code]
    return changed(policy, code, acts=(*step.acts, Act(kind="fee", net={currency: Decimal(net)})))


def with_interest(percent: str, *, jurisdiction: str) -> Policy:
    policy = replace(ready("standard"), jurisdiction=jurisdiction)
    step = policy.step_by_code["reminder"]
    return changed(policy, "reminder", acts=(*step.acts, Act(kind="interest", yearly_percent=Decimal(percent))))


def codes(policy: Policy, on: date = ON, country: str = "") -> list[str]:
    return [one.code.rpartition(".")[2] for one in check(policy, on=on, country=country)]


class TestTheTable:
    def test_every_row_has_a_source_or_is_not_verified(self) -> None:
        assert [row.jurisdiction for row in LAW if row.verified and not row.source] == []

    def test_the_united_states_begin_with_nothing(self) -> None:
        assert law_of("US", ON) is None

    @pytest.mark.parametrize("country", ["PT", "CN", "US", "FR", ""])
    def test_what_nobody_has_read_carries_neither_fee_nor_interest(self, country: str) -> None:
        """Practice 24: the rows of Portugal and of business in China are known only by hearsay."""
        row = law_of(country, ON)
        assert most_interest(row, ON) is None
        for currency in ("EUR", "CNY", "USD"):
            fee = refusal_of_fee(
                row, letters=REMINDER, currency=currency, net=Decimal(1), claim=Decimal(1000), has_clause=True
            )
            assert fee == "dunning.law.no-fee"

    def test_a_row_begins_on_its_day(self) -> None:
        assert law_of("BR", date(2024, 8, 29)) is None
        assert law_of("BR", date(2024, 8, 30)) is not None
        assert law_of("BR", date(2024, 8, 29), debtor="consumer") is not None

    def test_the_newest_row_of_a_day_counts(self, monkeypatch) -> None:
        row = law_of("SE", ON)
        assert row is not None
        monkeypatch.setattr(law, "LAW", (*LAW, replace(row, valid_from=date(2027, 1, 1), fees=())))
        assert law_of("SE", date(2026, 12, 31)) == row
        assert law_of("SE", date(2027, 1, 1)) == replace(row, valid_from=date(2027, 1, 1), fees=())

    def test_a_notice_tells_amounts_split_and_how_to_object_wherever_it_goes(self) -> None:
        for country in ("SE", "US", "CN"):
            assert set(law.notice_fields(country, ON)) >= set(NOTICE_FIELDS)
        assert {"principal", "interest", "fees", "how-to-object", "pay-by"} <= set(NOTICE_FIELDS)


class TestFees:
    def test_sixty_crowns_for_a_reminder_only_with_the_clause(self) -> None:
        row = law_of("SE", ON)
        asked = {"letters": REMINDER, "currency": "SEK", "claim": Decimal(5000)}
        assert refusal_of_fee(row, net=A_FEE, has_clause=True, **asked) is None
        assert refusal_of_fee(row, net=A_FEE, has_clause=False, **asked) == "dunning.law.clause-missing"
        too_much = refusal_of_fee(row, net=Decimal("60.01"), has_clause=True, **asked)
        assert too_much == "dunning.law.fee-too-high"

    def test_a_collection_letter_may_cost_more_and_needs_no_clause(self) -> None:
        row = law_of("SE", ON)
        letters = frozenset({"formal-notice"})
        fee = refusal_of_fee(
            row, letters=letters, currency="SEK", net=Decimal(180), claim=Decimal(5000), has_clause=False
        )
        assert fee is None

    def test_two_per_cent_of_the_claim_in_brazil(self) -> None:
        row = law_of("BR", ON)
        for claim, expected in ((Decimal(1000), None), (Decimal("999.99"), "dunning.law.fee-too-high")):
            fee = refusal_of_fee(row, letters=REMINDER, currency="BRL", net=Decimal(20), claim=claim, has_clause=True)
            assert fee == expected

    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (with_fee("SEK", "60", jurisdiction="SE"), []),
            (with_fee("SEK", "60.01", jurisdiction="SE"), ["fee-unlawful"]),
            (with_fee("SEK", "60", jurisdiction="PT"), ["fee-unlawful"]),
            (with_fee("SEK", "60", jurisdiction=""), ["fee-unlawful"]),
            (with_fee("EUR", "40", jurisdiction="ES"), []),
            (with_fee("EUR", "40.01", jurisdiction="ES"), ["fee-unlawful"]),
            (with_fee("SEK", "180", jurisdiction="SE", code="formal-notice"), []),
            (with_fee("BRL", "0.50", jurisdiction="BR"), []),
            (with_fee("BRL", "20", jurisdiction="BR"), ["fee-unlawful"]),
        ],
    )
    def test_the_checker_knows(self, policy: Policy, expected: list[str]) -> None:
        assert codes(policy) == expected

    def test_a_policy_without_jurisdiction_follows_the_country_of_the_company(self) -> None:
        assert codes(with_fee("SEK", "60", jurisdiction=""), country="SE") == []


class TestInterest:
    def test_a_rate_counts_for_its_own_half_year_only(self) -> None:
        assert rate_on("RIKSBANK", date(2024, 12, 31)) is not None
        assert rate_on("RIKSBANK", date(2025, 1, 1)) is None

    def test_a_rate_from_a_second_hand_counts_for_nothing(self) -> None:
        assert rate_on("ECB", ON) is None
        assert most_interest(law_of("EU", ON), ON) is None

    @pytest.mark.parametrize(
        ("percent", "on", "expected"),
        [
            ("12.00", date(2024, 9, 1), []),
            ("12.01", date(2024, 9, 1), ["interest-unlawful"]),
            ("1.00", ON, ["interest-unlawful"]),
        ],
    )
    def test_reference_and_margin_in_sweden(self, percent: str, on: date, expected: list[str]) -> None:
        assert codes(with_interest(percent, jurisdiction="SE"), on) == expected

    def test_one_per_cent_a_month_in_brazil_with_the_clause(self) -> None:
        assert codes(with_interest("12", jurisdiction="BR")) == []
        assert codes(with_interest("12.1", jurisdiction="BR")) == ["interest-unlawful"]
        row = law_of("BR", ON)
        assert refusal_of_interest(row, percent=Decimal(12), on=ON, has_clause=False) == "dunning.law.clause-missing"
        assert refusal_of_interest(row, percent=Decimal(12), on=ON, has_clause=True) is None
        assert refusal_of_interest(row, percent=Decimal(13), on=ON, has_clause=True) == "dunning.law.interest-too-high"
        assert refusal_of_interest(None, percent=Decimal(1), on=ON, has_clause=True) == "dunning.law.no-interest"

"""A reason is told with its figures, and without a trace of cost where cost may not be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.core.identity import LANGUAGES
from saldo.core.periods import Month
from saldo.explain.fill import fill
from saldo.explain.rules.explanation import CODES, Reason
from saldo.explain.rules.reasons import explain
from saldo.explain.wording import headline, sentence, sentence_without_cost
from saldo.generator.partner import make_partner
from tests.explain.synthetic import bills_of
from tests.golden.reasons import CASES, PART_OF_MARCH, a_reason
from tools import words

TABLE = Path(__file__).resolve().parent.parent.parent / "docs" / "algorithms" / "reasons.md"
MARKED = {
    "unit_price": Decimal("7777.25"),
    "price_before": Decimal("7777.5"),
    "price_after": Decimal("7777.75"),
    "rate_before": Decimal("7.7771"),
    "rate_after": Decimal("7.7772"),
    "discount_before": Decimal("0.777"),
    "discount_after": Decimal("0.7771"),
}
COST_CODES = re.compile(r"777|SEK|JPY")


def table() -> dict[str, tuple[set[str], set[str]]]:
    """Facts by ``code.variant`` as docs/algorithms/reasons.md lists them: those always there, and those in brackets."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    codes: list[str] = []
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        if not row.startswith("| ") or row.startswith("| code"):
            continue
        code, variant, _, facts = (cell.strip() for cell in row.strip("|").split("|"))
        codes = re.findall(r"`([a-z-]+)`", code) or codes
        facts = re.sub(r"\([^()]*\)", "", facts)
        maybe = set(re.findall(r"\[`(\w+)`\]", facts))
        for one in codes:
            for way in re.findall(r"`([a-z-]+)`", variant):
                found[f"{one}.{way}"] = (set(re.findall(r"`(\w+)`", facts)) - maybe, maybe)
    return found


def said(reason: Reason) -> str:
    return f"{reason.code}.{reason.variant}"


class TestTheTable:
    def test_lists_every_code(self) -> None:
        assert {entry.partition(".")[0] for entry in table()} == set(CODES)

    def test_every_code_and_variant_of_it_has_a_golden_letter(self) -> None:
        assert {said(case) for case in CASES} == set(table())

    def test_letters_are_made_of_the_facts_it_lists(self) -> None:
        listed = table()
        for case in CASES:
            always, maybe = listed[said(case)]
            assert case.facts.keys() <= always | maybe | {"currency"}, said(case)

    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_every_code_and_variant_of_it_has_a_headline_and_a_sentence_in_every_language(self, language: str) -> None:
        known = words.codes_of(words.read_language(language))
        for entry in table():
            for code in (f"explain.{entry}", f"explain.headline.{entry}"):
                assert code in known or {f"{code}.up", f"{code}.down"} <= known.keys(), code

    def test_sentences_use_no_fact_that_it_does_not_list(self) -> None:
        own = {"subject", "amount", "sum", "currency", "counted_seats", "term_before", "term_after"}
        for entry, (always, maybe) in table().items():
            for code, message in words.codes_of(words.read_language("en")).items():
                if code.startswith((f"explain.{entry}.", f"explain.headline.{entry}.")) or code in (
                    f"explain.{entry}",
                    f"explain.headline.{entry}",
                ):
                    assert words.placeholders(message) <= always | maybe | own, code

    @pytest.mark.parametrize("case", CASES, ids=said)
    def test_only_a_fact_in_brackets_may_be_missing_and_then_the_sentence_does_without_it(self, case: Reason) -> None:
        bare = replace(case, facts={name: case.facts[name] for name in case.facts.keys() - table()[said(case)][1]})
        for lang in LANGUAGES:
            for text in (headline(bare, lang=lang), sentence(bare, lang=lang)):
                assert not re.search(r"[%\[\]|]\(|\[|\]|\|", text), text


class TestWithoutCost:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("case", CASES, ids=said)
    def test_no_amount_price_discount_or_exchange_rate_is_said(self, case: Reason, lang: str) -> None:
        marked = {name: MARKED.get(name, value) for name, value in case.facts.items()}
        reason = replace(case, amount=Decimal("777.77"), facts=marked)
        for text in (headline(reason, lang=lang), sentence_without_cost(reason, lang=lang)):
            assert not COST_CODES.search(text), text
            assert "=" not in text

    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("case", CASES, ids=said)
    def test_who_may_see_cost_reads_the_amount(self, case: Reason, lang: str) -> None:
        reason = replace(case, amount=Decimal("-777.77") if case.amount < 0 else Decimal("777.77"))
        if case.facts["currency"] == "SEK":
            assert re.search(r"777[.,]77\sSEK", sentence(reason, lang=lang))

    def test_what_microsoft_gives_the_partner_is_never_named(self) -> None:
        for said_so in ("Partner Earned Credit", "partner-earned credit for services", "PEC"):
            reason = a_reason("credit.given", "-12.00", credit_reason=said_so)
            for lang in LANGUAGES:
                assert said_so not in sentence(reason, lang=lang)


class TestArithmetic:
    def seats(self, amount: str, **other: object) -> str:
        facts = {"seats": 5, "seats_before": 10, "seats_after": 15, "unit_price": "36.00", **PART_OF_MARCH, **other}
        return sentence(a_reason("seats-added.event", amount, **facts), lang="en")

    def test_is_shown_where_it_gives_the_amount(self) -> None:
        assert "5 × 36.00 × 25/31 = 145.16 SEK" in self.seats("145.16")

    def test_may_miss_the_amount_by_one_minor_unit_as_microsoft_cuts(self) -> None:
        assert "= 145.17 SEK" in self.seats("145.17")
        assert "=" not in self.seats("145.18")

    def test_that_does_not_give_the_amount_leaves_the_figures_without_an_equals_sign(self) -> None:
        assert self.seats("145.10").endswith("25 of 31 days, 36.00 SEK a seat, +145.10 SEK.")

    def test_a_price_that_is_only_one_of_several_is_not_shown(self) -> None:
        assert self.seats("2550.64").endswith("25 of 31 days, +2,550.64 SEK.")

    def test_a_price_in_another_currency_is_shown_with_it_and_without_an_equation(self) -> None:
        assert self.seats("1391.21", pricing_currency="USD").endswith("36.00 USD a seat, +1,391.21 SEK.")

    def test_a_whole_cycle_needs_no_fraction(self) -> None:
        assert "5 × 36.00 = 180.00 SEK" in self.seats("180.00", days=31)

    def test_seats_removed_are_subtracted(self) -> None:
        facts = {"seats": 5, "seats_before": 15, "seats_after": 10, "unit_price": "36.00", **PART_OF_MARCH}
        text = sentence(a_reason("seats-removed.event", "-145.16", **facts), lang="sv")
        assert "−5 × 36,00 × 25/31 = −145,16 SEK" in text


class TestLanguages:
    def test_one_seat_is_one_in_every_language(self) -> None:
        one = a_reason("seats-added.between", "36.00", seats=1, seats_before=10, seats_after=11)
        assert [headline(one, lang=lang) for lang in LANGUAGES] == [
            "1 more seat",
            "1 licens till",
            "多 1 个许可证",
            "1 licença a mais",
            "1 licencia más",
        ]

    def test_days_figures_and_the_sign_are_written_as_each_language_writes_them(self) -> None:
        reason = a_reason("ended-subscription.cancelled", "-12345.60", on=date(2026, 3, 5))
        assert "on 5 March, " in sentence(reason, lang="en")
        assert sentence(reason, lang="sv").endswith(": −12\u00a0345,60 SEK.")
        assert "于3月5日在" in sentence(reason, lang="zh-Hans")
        assert "em 5 mar., " in sentence(reason, lang="pt-BR")
        assert sentence(reason, lang="es").endswith(": −12.345,60 SEK.")

    def test_a_reason_without_a_product_is_told_by_its_key(self) -> None:
        assert "sub-1" in sentence(a_reason("credit.given", "-1.00", subject=""), lang="en")

    def test_quantities_keep_six_digits_and_prices_eight(self) -> None:
        usage = a_reason("usage-volume.new-meter", "1.00", quantity_after="1.23456789", unit="1 Hour", meter="D2")
        assert "now 1.234568 (unit: 1 Hour)" in sentence(usage, lang="en")


class TestFilling:
    def test_a_part_in_brackets_needs_all_its_facts(self) -> None:
        assert fill("Ended[ on %(on)s][, %(seats)s of %(all)s].", {"on": "1 May", "seats": "2"}) == "Ended on 1 May."

    def test_the_first_way_that_can_be_said_is_said(self) -> None:
        assert fill("[%(a)s and %(b)s|%(b)s|nothing]", {"b": "two"}) == "two"
        assert fill("[%(a)s and %(b)s|%(b)s|nothing]", {}) == "nothing"

    def test_brackets_and_percent_signs_in_a_fact_are_left_alone(self) -> None:
        assert fill("%(name)s[ (%(unit)s)]", {"name": "[A|B] 100%", "unit": "%(x)s"}) == "[A|B] 100% (%(x)s)"

    def test_a_fact_that_the_sentence_cannot_do_without_is_missed(self) -> None:
        with pytest.raises(KeyError):
            fill("%(name)s", {})


class TestAWholePartner:
    @pytest.mark.parametrize(("seed", "currency"), [(2, "SEK"), (5, "JPY")])
    def test_every_reason_of_every_customer_can_be_said_in_every_language(self, seed: int, currency: str) -> None:
        partner = make_partner(customers=30, months=5, seed=seed, start=Month(2026, 1), currency=currency)
        bills = bills_of(partner)
        told = set()
        for (customer, month), after in bills.items():
            if not month:
                continue
            for reason in explain(before=bills[customer, month - 1], after=after).reasons:
                told.add(reason.code)
                for lang in LANGUAGES:
                    for text in (
                        headline(reason, lang=lang),
                        sentence(reason, lang=lang),
                        sentence_without_cost(reason, lang=lang),
                    ):
                        assert not re.search(r"explain\.|%\(|\.\.|  |^$", text), text
        assert len(told) > 8

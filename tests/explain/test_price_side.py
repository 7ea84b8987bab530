"""Why the customer's bill changed: the same engine at the customer's prices, with nothing of the partner's cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from saldo.agreements.rules.prices import PriceRule
from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.explain.rules.bill import Bill
from saldo.explain.rules.explanation import Explanation
from saldo.explain.rules.price_side import Priced, basis_of, fee_line, tax_line, without_taken_back
from saldo.explain.rules.reasons import explain
from saldo.generator.partner import make_partner
from tests.explain.priced import a_rule, at_prices
from tests.explain.synthetic import bills_of

START, MONTHS, RISE = Month(2025, 11), 4, date(2026, 1, 1)
MARKUP = [a_rule("azure", "markup-on-cost", percent="17.5")]
RAISED = [
    a_rule("azure", "markup-on-cost", percent="10"),
    a_rule("azure", "markup-on-cost", percent="12", starts_on=RISE, version=2),
]
FIXED = [a_rule("seat", "fixed-price", price="245.00", category="licence", currency="SEK")]
FIXED_RAISED = [
    *FIXED,
    a_rule("seat", "fixed-price", price="257.25", category="licence", currency="SEK", starts_on=RISE, version=2),
]
AGREEMENTS = {
    "list price": [],
    "markup": MARKUP,
    "markup raised": RAISED,
    "discount": [a_rule("off", "discount-from-list", percent="5")],
    "pass-through": [a_rule("through", "pass-through")],
    "fixed price": FIXED,
    "fixed price raised": FIXED_RAISED,
}


def explained(rules: list[PriceRule], seed: int) -> Iterator[tuple[Explanation, Bill, Bill]]:
    """Every change of every customer of a partner, with the two cost-side bills behind it."""
    partner = make_partner(customers=6, months=MONTHS, seed=seed, start=START, currency="SEK")
    bills = bills_of(partner)
    for holding in partner.holdings:
        for month in range(1, MONTHS):
            cost = [bills[holding.customer.id, at] for at in (month - 1, month)]
            before, after = (
                at_prices(bill, rules, month=START.plus(at)) for bill, at in zip(cost, (month - 1, month), strict=True)
            )
            yield explain(before=before, after=after), *cost


class TestEveryAgreement:
    @pytest.mark.parametrize("agreed", AGREEMENTS)
    @pytest.mark.parametrize("seed", range(4))
    def test_explains_the_whole_change_to_the_last_cent(self, agreed: str, seed: int) -> None:
        for found, _, _ in explained(AGREEMENTS[agreed], seed):
            assert sum((reason.amount for reason in found.reasons), Decimal(0)) == found.change
            assert found.unexplained == 0

    @pytest.mark.parametrize("seed", range(4))
    def test_that_passes_cost_through_changes_as_cost_does(self, seed: int) -> None:
        for found, before, after in explained(AGREEMENTS["pass-through"], seed):
            assert found.change == after.net - before.net

    @pytest.mark.parametrize("agreed", AGREEMENTS)
    def test_tells_no_number_of_microsofts_documents_and_no_rate(self, agreed: str) -> None:
        for found, _, _ in explained(AGREEMENTS[agreed], 1):
            for reason in found.reasons:
                assert not reason.facts.keys() & {"document", "amends", "rate_before", "rate_after"}
                assert {line.file for line in reason.lines} <= {f"S-{START.plus(at)}" for at in range(MONTHS)}


class TestOwnPrices:
    def test_of_a_fixed_price_never_move_with_microsofts_list_or_promotions(self) -> None:
        for found, before, after in explained(FIXED, 2):
            seats = {line.item.subscription for bill in (before, after) for line in bill.lines if _is_seat(line)}
            codes = {reason.code for reason in found.reasons if reason.key in seats}
            assert not codes & {"price-changed", "promotion-changed", "exchange-rate"}

    @pytest.mark.parametrize(("rules", "share"), [(RAISED, Fraction(112, 110)), (FIXED_RAISED, Fraction(25725, 24500))])
    def test_that_were_raised_are_told_as_our_own_price(self, rules: list[PriceRule], share: Fraction) -> None:
        """Where nothing but our rule moved, the whole change is our price, and it is what the rule says."""
        seen = 0
        for found, before, after in explained(rules, 3):
            if found.after_period != "2026-01":
                continue
            ours = {reason.key: reason for reason in found.reasons if reason.code == "partner-price"}
            alone = {key for key in ours if [reason.key for reason in found.reasons].count(key) == 1}
            for key in alone & _unmoved(before, after):
                old = Fraction(str(ours[key].facts["price_before"]))
                assert Fraction(str(ours[key].facts["price_after"])) == pytest.approx(old * share)
                seen += 1
        assert seen

    def test_say_what_they_make_of_cost_or_list(self) -> None:
        assert basis_of(None) == ("list", 1)
        assert basis_of(MARKUP[0]) == ("cost", Fraction(1175, 1000))
        assert basis_of(AGREEMENTS["discount"][0]) == ("list", Fraction(95, 100))
        assert basis_of(AGREEMENTS["pass-through"][0]) == ("cost", 1)
        assert basis_of(FIXED[0]) == ("own", 1)


class TestOwnCharges:
    def test_are_fees_and_the_tax_on_them_is_tax(self) -> None:
        before = _bill(tax_line(_priced("S-1", 1), percent=Decimal(25), tax=Decimal("25.00")))
        fee = _priced("S-2", 2, charge="support", product="Support", net="500.00")
        after = _bill(fee_line(fee), tax_line(fee, percent=Decimal(25), tax=Decimal("150.00")))
        found = {reason.code: (reason.amount, reason.variant) for reason in explain(before=before, after=after).reasons}
        assert found == {"partner-fee": (Decimal("500.00"), "new"), "tax": (Decimal("125.00"), "changed")}


class TestCorrectedInvoices:
    def test_vanish_with_what_cancelled_them(self) -> None:
        """Lesson A 23: the vendor re-issues an invoice, and the explanation stays intact."""
        wrong = (_priced("S-1", 1), _priced("S-1", 2, net="40.00"))
        mirror = tuple(_priced("S-2", at, net=net, mirrors="S-1") for at, net in ((1, "-100.00"), (2, "-40.00")))
        right = (_priced("S-3", 1), _priced("S-3", 2, net="41.00"))
        assert without_taken_back((*wrong, *mirror, *right)) == right

    def test_stay_where_only_part_of_them_was_taken_back(self) -> None:
        lines = (_priced("S-1", 1), _priced("S-2", 1, net="-40.00", mirrors="S-1"))
        assert without_taken_back(lines) == lines


def _is_seat(line: object) -> bool:
    return line.item.category == "licence"  # type: ignore[attr-defined]


def _unmoved(before: Bill, after: Bill) -> set[str]:
    """Subscriptions with the same seats at the same cost in both months."""
    sides = []
    for bill in (before, after):
        held: dict[str, list[tuple[Decimal, Decimal]]] = {}
        for line in bill.lines:
            held.setdefault(line.item.subscription, []).append((line.item.quantity, line.item.amount))
        sides.append(held)
    return {key for key, rows in sides[0].items() if sides[1].get(key) == rows}


def _priced(number: str, position: int, *, net: str = "100.00", mirrors: str = "", **more: str) -> Priced:
    return Priced(
        number=number,
        position=position,
        customer=CustomerId("c1"),
        currency="SEK",
        product=more.get("product", "Microsoft 365 E3"),
        net=Decimal(net),
        unit_price=Decimal(net),
        rate=Decimal(1),
        price_rule="default",
        basis="list",
        own=Fraction(1),
        charge=more.get("charge", ""),
        mirrors=mirrors,
    )


def _bill(*lines: object) -> Bill:
    return Bill(customer=CustomerId("c1"), currency="SEK", side="price", period="2026-01", lines=lines)  # type: ignore[arg-type]

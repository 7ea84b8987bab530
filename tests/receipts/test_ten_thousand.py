"""The whole town pays: what matches itself is right, always, and it is nearly everything."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from saldo.flows.match_receipts import MatchedCount, match_new
from saldo.ledger.queries import balances, list_open_items
from saldo.receipts.actions.taking import take_file
from saldo.receipts.match_queries import list_matches
from saldo.receipts.queries import list_entries
from tests.conftest import NOW
from tests.receipts.town import as_read, book_of, invent, is_right, rest_of, run_rules, settle_in, world


@pytest.fixture(scope="module")
def town():
    return invent(payers=3000, papers=10_000, payments=2000, seed=11)


def wrong_in(town, done):
    by_number = {payment.number: payment for payment in town.payments}
    return [
        (by_number[number], proposal)
        for number, proposal in done.items()
        if not is_right(by_number[number], [(s.item, s.value) for s in proposal.shares], rest_of(proposal.differences))
    ]


class TestTheRulesAlone:
    def test_of_two_thousand_none_is_wrong_and_nineteen_of_twenty_match_themselves(self, town):
        done = run_rules(book_of(town), town.payments)
        asked = [payment for payment in town.payments if payment.kind == "payment"]
        assert wrong_in(town, done) == []
        assert len(done) >= Decimal("0.95") * len(asked)

    @pytest.mark.parametrize("seed", [21, 22, 23])
    def test_small_towns_full_of_namesakes_are_never_matched_wrongly(self, seed):
        small = invent(payers=60, papers=700, payments=300, seed=seed)
        assert wrong_in(small, run_rules(book_of(small), small.payments)) == []

    def test_what_only_a_person_can_know_is_never_booked(self, town):
        done = run_rules(book_of(town), town.payments)
        assert [
            p.truth.story for p in town.payments if not p.truth.is_plain and p.number in done and p.truth.on_account
        ] == []

    def test_what_is_named_is_settled_alike_in_any_order(self, town):
        forward = run_rules(book_of(town), town.payments)
        backward = run_rules(book_of(town), town.payments[::-1])
        plain = {"right reference", "reference in a sentence", "document number in the text", "exchanged on the way"}
        named = [p.number for p in town.payments if p.truth.story in plain]
        assert [n for n in named if forward[n] != backward[n]] == []

    def test_the_same_town_twice_is_matched_alike(self, town):
        assert run_rules(book_of(town), town.payments) == run_rules(book_of(town), town.payments)


class TestInTheBooks:
    def test_the_flow_books_the_rules_decisions_and_nothing_twice(self, company, town):
        small = invent(payers=400, papers=1500, payments=400, seed=5)
        settle_in(small, company)
        take_file(
            company=company,
            read=as_read(small.payments),
            sha256="5" * 64,
            name="town.xml",
            currency="SEK",
            by="test",
            at=NOW,
        )
        before = sum_receivable(company)
        counted = match_new(company=company, by="test", world=world(), today=NOW.date())
        assert counted.matched >= Decimal("0.9") * (counted.matched + counted.unallocated)
        by_reference = {p.bank_reference: p for p in small.payments}
        told_of = {entry.key: by_reference[entry.bank_reference] for entry in list_entries(company=company)}
        made = list_matches(company=company)
        assert len(made) == counted.matched
        for match in made:
            shares = [(share.item, share.value) for share in match.shares]
            assert is_right(told_of[match.entry], shares, rest_of(match.differences)), told_of[match.entry]
        again = match_new(company=company, by="test", world=world(), today=NOW.date())
        assert again == MatchedCount(matched=0, unallocated=counted.unallocated)
        assert [m.key for m in list_matches(company=company)] == [m.key for m in made]
        assert len({match.entry for match in made}) == len(made)
        after = sum_receivable(company)
        assert before.keys() == after.keys()
        assert sum_open(company) == after


def sum_receivable(company):
    return {
        b.currency: b.value
        for b in balances(company=company, on=NOW.date().replace(year=2027))
        if b.account == "receivable"
    }


def sum_open(company):
    found: Counter = Counter()
    for item in list_open_items(company=company):
        found[item.currency] += item.open
    return dict(found)

"""Laws: never more than the debt nor the money; two runs at once book nothing twice; every reason has words."""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from saldo.flows.match_receipts import match_new
from saldo.ledger.queries import list_open_items
from saldo.ledger.rules.posting import check_posting
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.receipts.actions.taking import take_file
from saldo.receipts.match_queries import list_matches
from saldo.receipts.rules import amounts, by_naming, by_payer, matching
from saldo.receipts.rules.proposals import Difference, Share
from saldo.receipts.rules.settlement import Held, UnableToMatch, UsedMoney, settle
from tests.conftest import NOW
from tests.receipts.town import as_money, as_read, book_of, invent, settle_in, world
from tools import words

cents = st.integers(1, 500_000).map(lambda value: Decimal(value) / 100)


@st.composite
def matches(draw):
    """Items of up to three debtors, shares of them, differences, and the money that makes them up."""
    day = date(2026, 5, 12)
    held, shares = {}, []
    for number in range(draw(st.integers(1, 5))):
        value = draw(cents)
        held[f"i{number}"] = Held(draw(st.sampled_from("ABC")), "SEK", value, day)
        shares.append(Share(item=f"i{number}", value=min(value, draw(cents))))
    debtor = held[shares[0].item].debtor
    differences = [
        Difference(kind=kind, value=draw(cents) / 50 if kind != "on-account" else -draw(cents), debtor=debtor)
        for kind in draw(st.sets(st.sampled_from(["bank-fee", "withholding", "on-account"]), max_size=2))
    ]
    differences = [
        Difference(kind=d.kind, value=d.value.quantize(Decimal("0.01")), debtor=d.debtor) for d in differences
    ]
    used = sum((s.value for s in shares), Decimal(0)) - sum((d.value for d in differences), Decimal(0))
    return UsedMoney(entry="receipt:1", number=1, on=day, currency="SEK", used=used), shares, differences, held


class TestLaws:
    @settings(max_examples=300)
    @given(matches())
    def test_a_match_balances_and_exceeds_neither_payment_nor_debt(self, made):
        money, shares, differences, held = made
        try:
            done = settle(money=money, shares=shares, differences=differences, held=held)
        except UnableToMatch:
            return
        check_posting(done.posting, done.items)
        of_debt, of_credit = Counter(), Counter()
        for allocation in done.allocations:
            assert allocation.value > 0
            of_debt[allocation.debit] += allocation.value
            of_credit[allocation.credit] += allocation.value
        assert dict(of_debt) == {share.item: share.value for share in shares}
        originals = {item.key: -item.original for item in done.items}
        assert all(value <= originals[key] for key, value in of_credit.items())
        assert sum(originals[i.key] for i in done.items if i.kind == "receipt") == money.used

    def test_every_proposal_balances_settles_only_what_is_open_and_at_most_one_is_certain(self):
        town = invent(payers=80, papers=500, payments=250, seed=41)
        book = book_of(town)
        for payment in town.payments:
            if payment.value <= 0:
                continue
            proposals = matching.list_proposals(entry=as_money(payment), book=book)
            assert sum(proposal.is_certain for proposal in proposals) <= 1
            for proposal in proposals:
                assert proposal.is_balanced
                assert proposal.because
                for share in proposal.shares:
                    assert abs(share.value) <= abs(book.open[share.item])
            if proposals and proposals[0].is_certain:
                book.settle(proposals[0])


class TestTwoAtOnce:
    def test_two_runs_at_once_book_nothing_twice(self, own_database):
        company = found_company(name="Fjordlys AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        town = invent(payers=300, papers=1500, payments=700, seed=51)
        with company_context(company):
            settle_in(town, company)
            take_file(
                company=company, read=as_read(town.payments), sha256="1" * 64, name="f", currency="SEK", by="t", at=NOW
            )
        counted, faults = [], []

        def run() -> None:
            try:
                counted.append(match_new(company=company, by="system", world=world(), today=NOW.date()))
            except Exception as fault:
                faults.append(fault)
            finally:
                connection.close()

        both = [threading.Thread(target=run) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert faults == []
        with company_context(company):
            made = [match for match in list_matches(company=company) if match.undone_at is None]
            assert len({match.entry for match in made}) == len(made)
            settled: defaultdict[str, Decimal] = defaultdict(Decimal)
            for match in made:
                for share in match.shares:
                    settled[share.item] += share.value
            gross = {f"invoice:{paper.number}": paper.gross for paper in town.papers}
            assert all(value <= gross[item] for item, value in settled.items() if item in gross)
            open_now = {item.key: item.open for item in list_open_items(company=company)}
            assert all(gross[item] - value == open_now.get(item, 0) for item, value in settled.items() if item in gross)


class TestWords:
    def test_every_reason_of_matching_has_words(self):
        known = set(words.codes_of(words.read_language("en")))
        said = set()
        for module in (amounts, by_naming, by_payer, matching):
            text = Path(module.__file__).read_text()
            said |= set(re.findall(r'"(receipts\.because\.[a-z-]+)"', text))
            said |= {f"receipts.because.{code}" for code in re.findall(r'_because\(\s*"([a-z-]+)"', text)}
        assert len(said) > 25
        assert said - known == set()

"""Laws of the books, on invented lives: whatever was posted, settled, undone and reversed, every day adds up."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.ledger import actions, queries
from saldo.ledger.ageing import age
from saldo.ledger.models import Allocation
from saldo.ledger.rules.allocation import NewAllocation, Side, UnableToAllocate, draw, put_back
from saldo.ledger.rules.buckets import bucket_of
from saldo.ledger.rules.posting import Entry, Posting, canonical_text, is_balanced, mirror
from saldo.ledger.seals import find_items_out_of_step, read_postings
from saldo.ledger.statements import statement_of
from tests.conftest import NOW
from tests.ledger.books import DAY, invoice, post, receipt, settle

DAYS = st.integers(0, 40).map(lambda number: DAY + timedelta(days=number))
CENTS = st.integers(1, 40_000).map(lambda cents: Decimal(cents * 4) / 100)  # a quarter of it is a whole cent
PARTIES = st.sampled_from(["10001", "10001", "10001", "10002"])
CURRENCIES = st.sampled_from(["SEK", "SEK", "SEK", "EUR"])
NUMBERS = st.integers(0, 3)
SHARES = st.sampled_from(["0.40", "4.00", "20.00", "125.00"]).map(Decimal)
LATER = st.integers(8, 40).map(lambda number: DAY + timedelta(days=number))
EVENTS = st.one_of(
    st.tuples(st.just("invoice"), st.integers(4, 6), DAYS, CENTS, PARTIES, CURRENCIES),
    st.tuples(st.just("receipt"), st.integers(4, 6), DAYS, CENTS, PARTIES, CURRENCIES),
    st.tuples(st.just("settle"), NUMBERS, NUMBERS, LATER, SHARES),
    st.tuples(st.just("settle"), NUMBERS, NUMBERS, LATER, SHARES),
    st.tuples(st.just("undo"), st.integers(0, 9), LATER),
    st.tuples(st.just("reverse"), st.sampled_from(["invoice", "receipt", "back"]), NUMBERS, LATER),
)
# Invoices and receipts of one debtor, so that there is something to settle.
BEGINNINGS = st.tuples(
    *(st.tuples(st.just(kind), st.just(name), st.integers(0, 12).map(lambda n: DAY + timedelta(days=n)), CENTS,
                st.just("10001"), st.just("SEK"))
      for kind in ("invoice", "receipt") for name in range(4))
)  # fmt: skip


def live(company: CompanyId, events: list[tuple]) -> None:
    """Do what the events say; what the books refuse does not happen."""
    for number, one in enumerate(events):
        try:
            with transaction.atomic():
                happen(company, number, one)
        except Refused:
            continue


def happen(company: CompanyId, number: int, one: tuple) -> None:
    kind, *facts = one
    if kind == "invoice":
        name, on, worth, party, currency = facts
        post(company, invoice(str(name), str(worth), party=party, on=on, currency=currency, days=14))
    elif kind == "receipt":
        name, on, worth, party, currency = facts
        post(company, receipt(str(name), str(worth), party=party, on=on, currency=currency))
    elif kind == "settle":
        debit, credit, on, worth = facts
        settle(company, f"a{number % 10}", f"invoice:{debit}", f"receipt:{credit}", str(worth), on)
    elif kind == "undo":
        name, on = facts
        actions.undo_allocation(company=company, key=f"a{name}", new_key=f"u{number}", on=on, by="test", at=NOW)
    else:
        of, name, on = facts
        actions.reverse(company=company, key=f"{of}:{name}", new_key=f"back:{number % 10}", on=on, by="test", at=NOW)


def replayed(company: CompanyId, party: str, until: date) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for sealed in read_postings(company=company, after=0, until=None):
        if sealed.posting.on <= until:
            for entry in sealed.posting.entries:
                if (entry.account, entry.party) == ("receivable", party):
                    sums[entry.currency] += entry.value
    return {currency: value for currency, value in sums.items() if value}


def check_day(company: CompanyId, day: date) -> None:
    for party in ("10001", "10002"):
        replay = replayed(company, party, day)
        for since in (date.min, DAY + timedelta(days=7)):
            told = statement_of(company=company, party=party, since=since, until=max(day, since)).currencies
            if day >= since:
                assert {one.currency: one.closing for one in told if one.closing} == replay
            for one in told:
                assert one.opening + sum(m.move.value for m in one.movements) == one.closing
        items = queries.list_open_items(company=company, party=party, as_of=day)
        opens: dict[str, Decimal] = defaultdict(Decimal)
        buckets: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for item in items:
            assert 0 < abs(item.open) <= abs(item.original)
            assert item.open * item.original > 0
            assert item.issued_on <= day
            opens[item.currency] += item.open
            name = "credits" if item.original < 0 else bucket_of(due_on=item.due_on, on=day)
            buckets[item.currency, name] += item.open
        assert {currency: value for currency, value in opens.items() if value} == replay
        assert queries.sum_open(company=company, as_of=day, party=party) == replay
        aged = age(company=company, as_of=day, party=party)
        found = {(one.currency, name): value for one in aged for name, value in one.buckets.items() if value}
        assert found == {place: value for place, value in buckets.items() if value}


class TestBooks:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(beginning=BEGINNINGS, events=st.lists(EVENTS, min_size=8, max_size=25))
    def test_the_statement_of_any_day_is_a_replay_and_open_items_are_the_balance(
        self, company: CompanyId, beginning: tuple[tuple, ...], events: list[tuple]
    ) -> None:
        with transaction.atomic():
            live(company, [*beginning, *events])
            for number in (0, 5, 13, 21, 34, 40, 60):
                check_day(company, DAY + timedelta(days=number))
            assert find_items_out_of_step(company=company) == ()
            now = {item.key: item.open for item in queries.list_open_items(company=company)}
            at_the_end = queries.list_open_items(company=company, as_of=DAY + timedelta(days=99))
            assert now == {item.key: item.open for item in at_the_end}
            event(f"settled {Allocation.objects.count() // 3 * 3} or more times")
            transaction.set_rollback(True)


LEGS = st.lists(
    st.builds(
        Entry,
        account=st.sampled_from(["cost", "bank:main", "sales"]),
        party=PARTIES,
        currency=CURRENCIES,
        value=st.decimals(-(10**9), 10**9, places=2),
    ),
    min_size=1,
    max_size=6,
)


class TestMirror:
    @given(legs=LEGS, on=DAYS, later=DAYS)
    def test_mirrored_twice_it_is_the_posting_again_and_with_its_mirror_nothing(self, legs, on, later) -> None:
        posting = Posting(key="a", on=on, code="test.posted", document="1", entries=tuple(legs))
        back = mirror(posting, key="b", on=later)
        again = mirror(back, key="c", on=later)
        assert (again.entries, again.code, again.document) == (posting.entries, posting.code, posting.document)
        both = Posting(key="d", on=on, code="test.posted", entries=posting.entries + back.entries)
        assert is_balanced(both)
        assert is_balanced(back) == is_balanced(posting)

    @given(legs=LEGS, data=st.data())
    def test_the_canonical_text_knows_no_order_of_legs(self, legs, data) -> None:
        posting = Posting(key="a", on=DAY, code="test.posted", entries=tuple(legs))
        turned = Posting(key="a", on=DAY, code="test.posted", entries=tuple(data.draw(st.permutations(legs))))
        assert canonical_text(posting) == canonical_text(turned)

    @given(legs=LEGS, words=st.tuples(st.text(), st.text(), st.text(), st.text()), party=st.text())
    def test_the_canonical_text_is_what_a_writer_of_json_makes_of_it(self, legs, words, party) -> None:
        key, code, document, reversal_of = words
        entries = tuple(replace(leg, party=party + leg.party) for leg in legs)
        posting = Posting(key=key, on=DAY, code=code, document=document, entries=entries, reversal_of=reversal_of)
        written = sorted([leg.account, leg.party, leg.currency, f"{leg.value:.3f}"] for leg in entries)
        parts = [key, DAY.isoformat(), code, document, reversal_of, written]
        assert canonical_text(posting) == json.dumps(parts, ensure_ascii=True, separators=(",", ":"))


def side(key: str, worth: Decimal) -> Side:
    return Side(
        key=key,
        account="receivable",
        party="10001",
        currency="SEK",
        issued_on=DAY,
        open=worth,
        touched_on=None,
        undone_on=None,
    )


class TestAllocation:
    @given(
        debts=st.lists(CENTS, min_size=1, max_size=4),
        credits=st.lists(CENTS, min_size=1, max_size=4),
        asked=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.decimals(-5, 2000, places=2)), max_size=20),
    )
    def test_takes_no_more_than_payment_and_debt_and_gives_back_all(self, debts, credits, asked) -> None:
        sides = {f"d{n}": side(f"d{n}", worth) for n, worth in enumerate(debts)}
        sides |= {f"c{n}": side(f"c{n}", -worth) for n, worth in enumerate(credits)}
        before = {key: one.open for key, one in sides.items()}
        drawn = []
        for number, (debit, credit, value) in enumerate(asked):
            allocation = NewAllocation(key=str(number), on=DAY, debit=f"d{debit}", credit=f"c{credit}", value=value)
            try:
                draw(allocation, sides)
            except UnableToAllocate:
                continue
            drawn.append(allocation)
        for key, one in sides.items():
            moved = sum(a.value for a in drawn if key in (a.debit, a.credit))
            assert abs(before[key]) - moved == abs(one.open)
            assert one.open * before[key] >= 0
            assert (one.settled_on is None) == (one.open != 0)
        for allocation in drawn:
            put_back(allocation, sides, key=f"{allocation.key}/undone", on=DAY)
        assert {key: one.open for key, one in sides.items()} == before

"""The ageing as a list: whatever it is sorted by, its pages are the same debts that the ageing of the day tells."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, add_up
from saldo.ledger.ageing import age
from saldo.ledger.ageing_page import BUCKETS, SORTS, AgedRow, AgeingPage, Named, page_ageing
from tests.ledger.books import DAY, invoice, post, receipt, settle

LATER = DAY + timedelta(days=100)
PARTIES = [f"1000{number}" for number in range(8)]


def fill(company: CompanyId, seed: int) -> None:
    """Debts of every age in two currencies, some alike to the cent, credits, and some that were settled later."""
    chance = random.Random(seed)
    for number in range(40):
        party, currency = chance.choice(PARTIES), chance.choice(("SEK", "SEK", "EUR"))
        on = DAY + timedelta(days=chance.randrange(0, 90))
        net = chance.choice(("100.00", "100.00", "40.00"))
        post(company, invoice(f"{number}", net, party=party, on=on, days=chance.randrange(5, 40), currency=currency))
        if chance.random() < 0.4:
            paid = LATER + timedelta(days=chance.randrange(-9, 10))
            post(company, receipt(f"{number}", "25.00", party=party, on=on, currency=currency))
            settle(company, f"s{number}", f"invoice:{number}", f"receipt:{number}", "25.00", max(on, paid))
        elif chance.random() < 0.3:
            post(company, receipt(f"{number}", "60.00", party=party, on=on, currency=currency))


def page(company: CompanyId, **asked: object) -> AgeingPage:
    usual = {"as_of": LATER, "currency": "", "usual": "SEK", "limit": 50}
    return page_ageing(company=company, **(usual | asked))  # type: ignore[arg-type]


def rows_of(company: CompanyId, currency: str, on: date) -> list[AgedRow]:
    """The same by the ageing of the day."""
    return [
        AgedRow(
            party=one.party,
            buckets=tuple(one.buckets[name] for name in BUCKETS),
            credits=one.buckets["credits"],
            total=one.total,
        )
        for one in age(company=company, as_of=on)
        if one.currency == currency
    ]


def figure_of(name: str) -> Callable[[AgedRow], Decimal]:
    if name in ("open", "overdue"):
        return lambda row: row.total if name == "open" else row.overdue
    return lambda row: row.buckets[BUCKETS.index(name)]


@pytest.mark.parametrize("seed", [1, 2])
class TestAPage:
    def test_of_any_day_is_the_ageing_of_that_day(self, company: CompanyId, seed: int) -> None:
        fill(company, seed)
        for on in (DAY - timedelta(days=1), DAY + timedelta(days=45), LATER, LATER + timedelta(days=30)):
            for currency in ("SEK", "EUR"):
                wanted = rows_of(company, currency, on)
                found = page(company, as_of=on, currency=currency, usual=currency)
                assert sorted(found.rows, key=lambda row: row.party) == wanted
                assert found.total.buckets == tuple(
                    add_up(row.buckets[place] for row in wanted) for place in range(len(BUCKETS))
                )
                assert (found.total.credits, found.total.total) == (
                    add_up(row.credits for row in wanted),
                    add_up(row.total for row in wanted),
                )
                assert (found.count, found.overdue_count) == (len(wanted), sum(1 for row in wanted if row.overdue))
                assert found.debtors == tuple(
                    sum(1 for row in wanted if row.buckets[place]) for place in range(len(BUCKETS))
                )

    def test_sorts_by_every_figure_and_equal_ones_by_number(self, company: CompanyId, seed: int) -> None:
        fill(company, seed)
        rows = rows_of(company, "SEK", LATER)
        for name in SORTS:
            for way in ("", "-") if name != "name" else ():
                wanted = sorted(rows, key=figure_of(name), reverse=bool(way))
                found = [page(company, sort=f"{way}{name}", limit=3, offset=start).rows for start in (0, 3, 6)]
                assert [row for part in found for row in part] == wanted


class TestWhoIsListed:
    def test_by_name_in_the_order_of_the_names(self, company: CompanyId) -> None:
        post(company, *(invoice(party, party=party) for party in PARTIES[:4]))
        order = [PARTIES[2], PARTIES[7], PARTIES[0], PARTIES[1], PARTIES[3]]
        found = page(company, sort="name", named=Named(parties=order))
        assert parties(found.rows) == [PARTIES[2], PARTIES[0], PARTIES[1], PARTIES[3]]
        assert parties(page(company, sort="-name", named=Named(parties=order[::-1]), limit=2).rows) == [
            PARTIES[3],
            PARTIES[1],
        ]

    def test_who_owes_nothing_only_where_asked_for(self, company: CompanyId) -> None:
        post(company, invoice("1", party=PARTIES[0]), invoice("2", party=PARTIES[1]))
        everybody = page(company, named=Named(parties=PARTIES[1:4], with_settled=True))
        assert parties(everybody.rows) == PARTIES[:4]  # whom no name was given still owes
        assert everybody.count == 4
        searched = page(company, named=Named(parties=PARTIES[1:4], alone=True, with_settled=True))
        assert [(row.party, row.total) for row in searched.rows] == [
            (PARTIES[1], Decimal(125)),
            (PARTIES[2], ZERO),
            (PARTIES[3], ZERO),
        ]
        assert searched.open_by_currency == {"SEK": Decimal(250)}  # a search narrows the list, not what is open
        nobody = page(company, named=Named(parties=(), alone=True, with_settled=True))
        assert (nobody.rows, nobody.count) == ((), 0)

    def test_nobody_beyond_the_reach(self, company: CompanyId) -> None:
        post(company, invoice("1", party=PARTIES[0]), invoice("2", party=PARTIES[1], currency="EUR"))
        found = page(company, reach={PARTIES[0]}, currency="EUR")
        assert (parties(found.rows), found.currency, dict(found.open_by_currency)) == (
            [PARTIES[0]],
            "SEK",
            {"SEK": Decimal(125)},
        )
        assert page(company, reach=()).rows == ()

    def test_one_currency_at_a_time_and_the_usual_one_where_the_other_holds_nothing(self, company: CompanyId) -> None:
        post(company, invoice("1", party=PARTIES[0]), invoice("2", party=PARTIES[1], currency="EUR"))
        assert parties(page(company, currency="EUR").rows) == [PARTIES[1]]
        found = page(company, currency="USD")
        assert (found.currency, parties(found.rows)) == ("SEK", [PARTIES[0]])

    def test_of_empty_books_nobody(self, company: CompanyId) -> None:
        found = page(company, offset=50)
        assert (found.currency, found.rows, found.count, found.total.total) == ("SEK", (), 0, ZERO)


def parties(rows: Sequence[AgedRow]) -> list[str]:
    return [row.party for row in rows]

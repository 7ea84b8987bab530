"""Raising a price by 5 %: who pays more, from which day, how much, and whether the letter can still leave in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saldo.agreements.rules.exchange import NO_RATES
from saldo.agreements.rules.price_changes import SubscriptionSeen, Touched, reaches_on, who_is_touched
from saldo.agreements.rules.prices import RuleBook
from tests.agreements.builders import fixed, line, markup, row, rule

OLD = fixed("10.00")
NEW = replace(OLD, version=2, value={"price": "10.50"}, starts_on=date(2026, 7, 1))
TODAY = date(2026, 5, 20)


def seen(
    subscription: str, term: tuple[date, date] | None, seats: str = "12", months: int = 1, **facts
) -> SubscriptionSeen:
    first = term[0] if term else None
    known = line(term_starts_on=first, charge_starts_on=date(2026, 5, 15), **facts)
    priced = row(seats, "9", "108", months=months)
    return SubscriptionSeen(subscription, "Basic", known, priced, term[1] if term else None, "EUR")


YEAR = (date(2026, 3, 15), date(2027, 3, 14))
MONTH = (date(2026, 5, 15), date(2026, 6, 14))


def touched(
    *subscriptions: SubscriptionSeen, version=NEW, book=(OLD,), today=TODAY, notice: int = 30
) -> tuple[Touched, ...]:
    return who_is_touched(
        subscriptions, book=RuleBook.of(book), version=version, today=today, notice_days=notice, rates=NO_RATES
    )


def test_each_subscription_is_reached_at_its_next_renewal_soonest_first() -> None:
    told = touched(seen("year", YEAR), seen("month", MONTH))
    assert [(one.subscription, one.effective_on, one.difference) for one in told] == [
        ("month", date(2026, 7, 15), Decimal("6.00")),
        ("year", date(2027, 3, 15), Decimal("6.00")),
    ]
    assert [(one.price_before, one.price_after) for one in told] == [(Decimal(10), Decimal("10.5"))] * 2


def test_from_a_date_the_next_cycle_pays() -> None:
    told = touched(seen("year", YEAR), version=replace(NEW, reaches="from-date"))
    assert [one.effective_on for one in told] == [date(2026, 7, 15)]


def test_a_version_not_numbered_yet_is_the_newest() -> None:
    book = (OLD, replace(OLD, version=2, value={"price": "10.20"}))
    again = replace(OLD, value={"price": "10.50"})  # for the same day as both: the one agreed last holds
    told = touched(seen("year", YEAR), book=book, version=again)
    assert [(one.price_before, one.price_after) for one in told] == [(Decimal("10.2"), Decimal("10.5"))]


def test_a_year_billed_at_once_is_told_by_the_month() -> None:
    told = touched(seen("year", YEAR, months=12))
    assert [one.difference for one in told] == [Decimal("6.00")]


def test_the_letter_leaves_a_notice_before_the_day() -> None:
    late = touched(seen("month", MONTH), today=date(2026, 6, 16))
    early = touched(seen("month", MONTH), today=date(2026, 6, 15))
    assert [(one.announce_by, one.is_in_time) for one in late + early] == [
        (date(2026, 6, 15), False),
        (date(2026, 6, 15), True),
    ]


def test_who_has_an_own_price_is_not_touched() -> None:
    own = fixed("9", code="own", level="debtor", target="10001")
    assert touched(seen("year", YEAR), book=(OLD, own)) == ()
    assert len(touched(seen("year", YEAR, debtor="10002"), book=(OLD, own))) == 1


def test_a_change_that_changes_no_amount_touches_nobody() -> None:
    assert touched(seen("year", YEAR), version=replace(NEW, value={"price": "10"})) == ()


def test_ending_a_rule_shows_the_way_back_to_the_list_price() -> None:
    told = touched(seen("year", YEAR), version=replace(NEW, method="end", value={}))
    assert [(one.price_after, one.difference) for one in told] == [(Decimal(9), Decimal("-12.00"))]


def test_what_becomes_free_of_charge_saves_all_of_it() -> None:
    free = rule(
        "free", "not-billed", {"reason": "campaign"}, level="debtor", target="10001", starts_on=date(2026, 7, 1)
    )
    told = touched(seen("year", YEAR), version=free)
    assert [(one.price_after, one.difference) for one in told] == [(0, Decimal("-120.00"))]


def test_usage_has_no_term_and_is_reached_on_the_first_day() -> None:
    usage = seen("azure", None, category="usage")
    assert [one.effective_on for one in touched(usage)] == [date(2026, 7, 1)]


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.sampled_from([1, 12, 36]),
    st.dates(date(2026, 1, 1), date(2029, 1, 1)),
    st.sampled_from(["renewal", "from-date"]),
)
def test_no_version_reaches_anybody_before_its_own_day(first, months, starts_on, reaches) -> None:
    last = date(first.year + months // 12, first.month, min(first.day, 28)) if months > 1 else first.replace(day=28)
    facts = line(term_starts_on=first, charge_starts_on=first)
    one = SubscriptionSeen("s", "Basic", facts, row(), max(last, first), "EUR")
    version = markup("5", starts_on=starts_on, reaches=reaches)
    assert reaches_on(version, one) >= starts_on

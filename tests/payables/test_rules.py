"""By when, how loud, what ties out, who approves, what must be claimed: decided without a database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.agreements.rules.exchange import Published, Rates
from saldo.core.periods import Month
from saldo.core.workdays import any_closed, is_workday, plus_workdays
from saldo.parties.calendars import calendar_of
from saldo.payables.rules.approval import object_to, people_needed
from saldo.payables.rules.claims import Purchase, fraud_claim_by, open_windows, sla_claim_by
from saldo.payables.rules.documents import RowSum, Seen, read_graph
from saldo.payables.rules.due import assume_due, chase_on, last_safe_day, stand
from saldo.payables.rules.tie_out import tie_out

SWEDEN, IRELAND = calendar_of("SE"), calendar_of("IE")
CLOSED = any_closed(SWEDEN, IRELAND)
CENTS = st.decimals(min_value=-100000, max_value=100000, places=2)


def safe(due: date, *, lead: int = 1) -> date:
    return last_safe_day(due_on=due, bank_lead_days=lead, our_bank=SWEDEN, microsoft=IRELAND)


class TestDue:
    def test_terms_are_sixty_days_and_thirty_at_21vianet(self) -> None:
        assert assume_due(invoiced_on=date(2026, 1, 8), cloud="global") == date(2026, 3, 9)
        assert assume_due(invoiced_on=date(2026, 1, 8), cloud="us-gov") == date(2026, 3, 9)
        assert assume_due(invoiced_on=date(2026, 1, 8), cloud="cn-21vianet") == date(2026, 2, 7)

    @pytest.mark.parametrize(
        ("due", "last"),
        [
            (date(2026, 3, 13), date(2026, 3, 5)),  # six plain business days
            (date(2026, 3, 15), date(2026, 3, 5)),  # a Sunday is as good as the Friday before
            (date(2026, 4, 10), date(2026, 3, 31)),  # Good Friday and Easter Monday in both countries
            (date(2026, 5, 7), date(2026, 4, 27)),  # Walpurgis day in Sweden, a bank holiday on 4 May in Ireland
            (date(2026, 1, 8), date(2025, 12, 23)),  # Epiphany, New Year and its Eve, Christmas and its Eve
            (date(2026, 3, 24), date(2026, 3, 13)),  # Saint Patrick's day is closed in Ireland only
        ],
    )
    def test_the_last_safe_day_counts_back_over_both_calendars(self, due: date, last: date) -> None:
        assert safe(due) == last

    @given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(0, 5))
    def test_money_sent_on_the_last_safe_day_is_there_in_time_and_a_day_later_is_not(
        self, due: date, lead: int
    ) -> None:
        last = safe(due, lead=lead)
        assert is_workday(last, closed=CLOSED)
        assert plus_workdays(last, 5 + lead, closed=CLOSED) <= due
        next_day = plus_workdays(last, 1, closed=CLOSED)
        assert plus_workdays(next_day, 5 + lead, closed=CLOSED) > due

    @pytest.mark.parametrize(
        ("today", "level"),
        [
            (date(2026, 2, 18), "far"),
            (date(2026, 2, 19), "soon"),
            (date(2026, 3, 1), "soon"),
            (date(2026, 3, 2), "now"),
            (date(2026, 3, 5), "now"),
            (date(2026, 3, 6), "passed"),
            (date(2026, 3, 13), "passed"),
            (date(2026, 3, 14), "overdue"),
            (date(2026, 4, 11), "overdue"),
            (date(2026, 4, 12), "suspension-near"),
            (date(2026, 6, 30), "suspension-near"),
        ],
    )
    def test_it_grows_louder_day_by_day(self, today: date, level: str) -> None:
        due = date(2026, 3, 13)
        standing = stand(due_on=due, last_safe_on=safe(due), today=today, is_settled=False, is_approved=False)
        assert standing.level == level
        assert standing.days_left == (due - today).days

    def test_approved_money_on_its_way_is_not_shouted_at(self) -> None:
        due, today = date(2026, 3, 13), date(2026, 3, 6)
        standing = stand(due_on=due, last_safe_on=safe(due), today=today, is_settled=False, is_approved=True)
        assert standing.level == "now"
        assert (
            stand(due_on=due, last_safe_on=safe(due), today=date(2026, 4, 30), is_settled=True, is_approved=False).level
            == "paid"
        )

    def test_a_payment_is_chased_after_seven_business_days_of_microsofts(self) -> None:
        assert chase_on(paid_on=date(2026, 3, 12), microsoft=IRELAND) == date(2026, 3, 25)  # Saint Patrick's between


class TestTieOut:
    def test_rows_with_their_own_tax_come_to_the_document(self) -> None:
        sums = tie_out(currency="USD", total=Decimal("125"), rows=3, lines_net=Decimal(100), lines_tax=Decimal(25))
        assert (sums.ties, sums.tax, sums.tax_from, sums.rest) == (True, Decimal(25), "rows", 0)

    def test_a_tax_on_the_document_only_is_known_by_its_rate_or_read(self) -> None:
        facts = {"currency": "SEK", "rows": 3, "lines_net": Decimal(1000), "lines_tax": Decimal(0)}
        assert tie_out(total=Decimal(1250), **facts).tax_from == "rate"
        unknown = tie_out(total=Decimal("1333.33"), **facts)
        assert (unknown.ties, unknown.code, unknown.rest) == (False, "payables.tie-out.rest", Decimal("333.33"))
        read = tie_out(total=Decimal("1333.33"), printed_tax=Decimal("333.33"), **facts)
        assert (read.ties, read.tax_from) == (True, "document")

    def test_an_adjustment_without_rows_is_named_and_only_the_rest_blocks(self) -> None:
        facts = {
            "currency": "USD",
            "total": Decimal(110),
            "rows": 3,
            "lines_net": Decimal(100),
            "lines_tax": Decimal(25),
        }
        assert tie_out(**facts).rest == Decimal(-15)
        assert tie_out(named=[Decimal(-15)], **facts).ties

    def test_credit_notes_are_in_the_rows_or_they_are_not(self) -> None:
        facts = {"currency": "USD", "total": Decimal(100), "credit_notes": [Decimal(-30)], "rows": 3}
        within = tie_out(lines_net=Decimal(70), lines_tax=Decimal(0), **facts)
        beside = tie_out(lines_net=Decimal(100), lines_tax=Decimal(0), **facts)
        assert (within.ties, within.credit_notes, beside.ties, beside.credit_notes) == (True, Decimal(-30), True, 0)

    @given(CENTS, CENTS, CENTS, st.lists(CENTS, max_size=3), st.lists(CENTS, max_size=3))
    def test_what_is_shown_adds_up_whatever_it_is(
        self, total: Decimal, net: Decimal, tax: Decimal, named: list[Decimal], notes: list[Decimal]
    ) -> None:
        one = tie_out(
            currency="SEK", total=total, credit_notes=notes, rows=1, lines_net=net, lines_tax=tax, named=named
        )
        assert one.total + one.credit_notes == one.lines + one.named + one.tax + one.tax_cuts + one.rest
        assert one.ties == (one.rest == 0)


class TestApproval:
    TIES = tie_out(currency="SEK", total=Decimal(100), rows=1, lines_net=Decimal(100), lines_tax=Decimal(0))

    def test_two_people_above_the_limit_and_where_it_cannot_be_compared(self) -> None:
        def needed(gross: int, currency: str = "SEK", limit: int = 1000) -> int:
            return people_needed(
                gross=Decimal(gross),
                currency=currency,
                limit=Decimal(limit),
                limit_currency="SEK",
                on=date(2026, 5, 12),
            )

        assert (needed(1000), needed(1001), needed(5, "USD"), needed(5, limit=0)) == (1, 2, 2, 2)

    def test_another_currency_is_compared_by_the_rate_of_the_day(self) -> None:
        day = date(2026, 5, 12)
        rates = Rates.of([Published("SEK", day, Decimal(10)), Published("USD", day, Decimal("1.25"))], source="ecb")

        def needed(gross: str, on: date = day) -> int:
            limits = {"limit": Decimal(1000), "limit_currency": "SEK", "rates": rates, "on": on}
            return people_needed(gross=Decimal(gross), currency="USD", **limits)

        assert (needed("125.00"), needed("125.01")) == (1, 2)  # 8 SEK a dollar
        assert needed("1.00", date(2026, 5, 20)) == 2  # the rate is too old

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({}, None),
            ({"approvals": ["user:1"]}, "payables.approval.twice"),
            ({"namers": ["user:1"]}, "payables.approval.named-line-by-same"),
            ({"person": "command"}, "parties.approval.not-a-person"),
            ({"has_payee": False}, "payables.approval.no-payee-account"),
            (
                {
                    "tie_out": tie_out(
                        currency="SEK", total=Decimal(9), rows=0, lines_net=Decimal(0), lines_tax=Decimal(0)
                    )
                },
                "payables.tie-out.no-rows",
            ),
        ],
    )
    def test_what_speaks_against_an_approval(self, changed: dict, code: str | None) -> None:
        facts = {"person": "user:1", "approvals": [], "namers": ["user:2"], "tie_out": self.TIES, "has_payee": True}
        found = object_to(**(facts | changed))
        assert (found.code if found else None) == code


class TestClaims:
    def test_azure_gives_two_months_and_everything_else_one(self) -> None:
        assert sla_claim_by(incident_on=date(2026, 3, 10), service="Azure") == date(2026, 5, 31)
        assert sla_claim_by(incident_on=date(2026, 3, 10), service="Exchange") == date(2026, 4, 30)
        assert sla_claim_by(incident_on=date(2026, 2, 10), service="azure") == date(2026, 4, 28)
        assert sla_claim_by(incident_on=date(2025, 12, 31), service="azure") == date(2026, 2, 28)

    def test_fraud_is_reported_within_sixty_days(self) -> None:
        assert fraud_claim_by(first_use_on=date(2026, 1, 1)) == date(2026, 3, 2)

    def test_a_window_is_open_for_seven_days_from_order_or_renewal(self) -> None:
        def bought(charge_type: str, on: date, begins: date | None = None) -> Purchase:
            return Purchase(
                subscription="s", customer="c", product="E3", charge_type=charge_type, ordered_on=on,
                charge_starts_on=begins, currency="SEK", amount=Decimal(10),
            )  # fmt: skip

        today = date(2026, 5, 12)
        windows = open_windows(
            purchases=[
                bought("new", date(2026, 5, 6)),
                bought("new", date(2026, 5, 5)),  # closed yesterday
                bought("cycleCharge", today),
                bought("Renew", date(2026, 4, 1), today),  # ordered long ago, begins today
                bought("addQuantity", today),
                bought("new", date(2026, 5, 13)),  # not yet
            ],
            today=today,
        )
        assert [(one.opened_on, one.last_day, one.value) for one in windows] == [
            (date(2026, 5, 6), date(2026, 5, 12), Decimal(10)),
            (today, date(2026, 5, 18), Decimal(20)),
        ]


def test_a_note_may_name_its_sum_with_or_without_a_sign() -> None:
    def seen(total: str, rows: RowSum) -> Seen:
        return Seen(
            document="G2", currency="SEK", month=Month(2026, 3), document_type="adjustment_note", amends="G1",
            invoiced_on=date(2026, 4, 8), total=Decimal(total), rows=rows,
        )  # fmt: skip

    none, less = RowSum(), RowSum(rows=1, net=Decimal(-60), gross=Decimal(-60))
    more = RowSum(rows=1, net=Decimal(60), gross=Decimal(60))
    cases = [("60", none), ("-60", none), ("60", less), ("60", more)]
    found = [read_graph(seen=[seen(*case)], printed={}, cloud="global")[0].gross for case in cases]
    assert found == [-60, -60, -60, 60]


def test_a_void_without_a_sum_takes_back_also_what_only_rows_tell_of() -> None:
    rows = RowSum(rows=1, net=Decimal(80), tax=Decimal(20), gross=Decimal(100))
    first = Seen(document="G1", currency="SEK", month=Month(2026, 3), rows=rows)
    note = Seen(
        document="G2", currency="SEK", month=Month(2026, 3), document_type="void_note", amends="G1",
        invoiced_on=date(2026, 4, 8), total=Decimal(0), rows=RowSum(),
    )  # fmt: skip
    assert [one.gross for one in read_graph(seen=[first, note], printed={}, cloud="global")] == [100, -100]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_document_known_by_its_rows_is_never_assumed_later_than_microsoft_bills(day: date) -> None:
    month = Month.of(day)
    rows = RowSum(rows=1, net=Decimal(1), gross=Decimal(1))
    seen = Seen(document="G1", currency="SEK", month=month, rows=rows)
    (owed,) = read_graph(seen=[seen], printed={}, cloud="global")
    assert owed.invoiced_on <= month.plus(1).starts_on + timedelta(days=5)  # day 6 is the earliest (reference 1)

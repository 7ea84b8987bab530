"""Laws of taking over: sums add up, twice changes nothing, and giving back is as if it had never been."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.ledger.openings import list_take_overs
from saldo.ledger.queries import balances, list_open_items, sum_open
from saldo.ledger.taking_over import undo_take_over
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.opening.old_book import AS_OF, as_csv, debtor, row, take

ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "credit", "deposit", "receipt"]),
        st.integers(1, 10_000_000),
        st.sampled_from(["SEK", "EUR", "JPY"]),
    ),
    min_size=1,
    max_size=12,
)


class _TakenBack(Exception):
    """Ends an example, so that the next begins with empty books."""


class TestLaws:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(items=ITEMS)
    def test_what_is_open_is_the_control_total_and_twice_changes_nothing(
        self, company: CompanyId, items: list[tuple[str, int, str]]
    ) -> None:
        try:
            with company_context(company):
                self.check(company, items)
                raise _TakenBack
        except _TakenBack:
            return

    def check(self, company: CompanyId, items: list[tuple[str, int, str]]) -> None:
        debtor(company)
        rows, sums = [], dict[str, Decimal]()
        for place, (kind, units, currency) in enumerate(items):
            value = Decimal(units if kind == "invoice" else -units).scaleb(0 if currency == "JPY" else -2)
            sums[currency] = sums.get(currency, ZERO) + value
            rows.append(row(f"N{place}", f"{value:f}", kind=kind, currency=currency))
        data, controls = as_csv(*rows), {currency: f"{value:f}" for currency, value in sums.items()}
        assert take(company, data, **controls).taken == len(items)
        held = {one.currency: one.value for one in balances(company=company, on=AS_OF) if one.account == "receivable"}
        assert sum_open(company=company, as_of=AS_OF) == held
        assert held == {currency: value for currency, value in sums.items() if value}
        before = list_open_items(company=company)
        assert take(company, data, **controls).taken == 0
        assert list_open_items(company=company) == before
        (file,) = list_take_overs(company=company)
        undo_take_over(company=company, name=file.name, by="person:1", at=NOW)
        assert list_open_items(company=company) == ()
        assert balances(company=company, on=AS_OF) == ()

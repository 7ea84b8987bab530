"""What a document comes to is kept beside it: it always equals its lines, whatever is delivered, refused, taken out."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.charges import actions, history, models
from saldo.charges.kept_sums import find_totals_out_of_step
from saldo.charges.queries import MonthTotal, sum_by_customer, sum_by_month
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from tests.conftest import NOW
from tests.microsoft_files import HAVSBRIS, SODER, Row, legacy_usage, seats
from tests.rooms.importing import Postman

OTHERS = "6b7c8d9e-0003-4000-8000-000000000003"
ROWS = st.builds(
    seats,
    customer=st.sampled_from((HAVSBRIS, SODER, OTHERS)),
    seats=st.integers(min_value=1, max_value=40),
    Currency=st.sampled_from(("SEK", "EUR")),
)
DOCUMENTS = st.sampled_from(("G000000001", "G000000002"))
BROUGHT = st.tuples(st.just("bring"), DOCUMENTS, st.lists(ROWS, min_size=1, max_size=4))
REFUSED = st.tuples(st.just("refused"), DOCUMENTS, st.lists(ROWS, min_size=1, max_size=2))
DECIDED = st.tuples(st.sampled_from(("again", "withdraw", "take-back")), st.integers(1, 6))


def happen(postman: Postman, before: list[list[Row]], one: tuple) -> None:
    """One delivery or decision; what is refused is part of the story."""
    kind, *facts = one
    if kind in ("bring", "refused"):
        document, rows = facts
        rows = [dict(row) | {"InvoiceNumber": document} for row in rows]
        rows += [seats(Subtotal="12,4O", InvoiceNumber=document)] if kind == "refused" else []
        before.append(rows)
        postman.bring(*rows)
    elif kind == "again":
        if before:
            postman.bring(*before[facts[0] % len(before)])
    else:
        known = history.list_deliveries(company=postman.company, limit=50)
        if not known:
            return
        act = actions.withdraw_delivery if kind == "withdraw" else actions.take_back_delivery
        delivery = known[facts[0] % len(known)].id
        try:
            with transaction.atomic():
                act(company=postman.company, delivery=delivery, reason="void", actor="test", at=NOW)
        except Refused:
            pass


def from_the_lines(company: CompanyId) -> dict[tuple[object, str], tuple[Decimal, int]]:
    """Months and currencies, summed over every line of what counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.month, l.currency, sum(l.amount), count(*) FROM charges_line l"
            " JOIN charges_delivery d ON d.id = l.delivery_id"
            " WHERE d.company_id = %s AND d.state = 'counts' GROUP BY 1, 2",
            [company],
        )
        return {(month, currency): (net, lines) for month, currency, net, lines in cursor.fetchall()}


def keyed(sums: tuple[MonthTotal, ...]) -> dict[tuple[object, str], tuple[Decimal, int]]:
    return {(one.month.starts_on, one.currency): (one.net, one.lines) for one in sums}


class TestKeptSums:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(story=st.lists(st.one_of(BROUGHT, REFUSED, DECIDED), min_size=2, max_size=8))
    def test_equal_the_lines_after_import_replacement_refusal_and_re_import(
        self, postman: Postman, story: list[tuple]
    ) -> None:
        with transaction.atomic():
            before: list[list[Row]] = []
            for one in story:
                happen(postman, before, one)
                sums = sum_by_month(company=postman.company)
                assert keyed(sums) == from_the_lines(postman.company)
                assert find_totals_out_of_step(company=postman.company) == ()
                for total in sums:
                    customers = sum_by_customer(company=postman.company, month=total.month, currency=total.currency)
                    assert sum(one.net for one in customers) == total.net
            transaction.set_rollback(True)

    def test_stay_when_rows_that_only_named_their_customer_find_it(self, postman: Postman) -> None:
        postman.bring(legacy_usage(CustomerId=""))
        before = keyed(sum_by_month(company=postman.company))
        postman.bring(seats(InvoiceNumber="G000000009", ChargeStartDate="4/1/2026", ChargeEndDate="4/30/2026"))
        assert before
        assert before.items() <= keyed(sum_by_month(company=postman.company)).items()
        assert find_totals_out_of_step(company=postman.company) == ()

    def test_one_that_does_not_add_up_is_found(self, postman: Postman) -> None:
        postman.bring(seats())
        models.DeliveryTotal.objects.update(net=1)
        assert find_totals_out_of_step(company=postman.company) == ("G000000001",)
        models.DeliveryTotal.objects.all().delete()
        assert find_totals_out_of_step(company=postman.company) == ("G000000001",)


def test_the_migration_fills_what_an_older_installation_holds(postman: Postman) -> None:
    postman.bring(seats(), seats(customer=SODER, Currency="EUR"))
    before = sum_by_month(company=postman.company)
    models.DeliveryTotal.objects.all().delete()
    fill = import_module("saldo.charges.migrations.0004_delivery_totals")._FILL
    with connection.cursor() as cursor:
        cursor.execute(fill)
        cursor.execute("SELECT set_config('saldo.company', %s, true)", [str(postman.company)])
    assert sum_by_month(company=postman.company) == before
    assert find_totals_out_of_step(company=postman.company) == ()

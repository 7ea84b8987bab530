"""What happens to a book: each event as a careful reader expects it, and every impossible one refused by name."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.dunning.rules.book import Book, BookItem, BookMoney
from saldo.dunning.rules.event_rows import read_events
from saldo.dunning.rules.events import EVENT_TYPES, Event, UnableToReplay, apply

ON = date(2026, 3, 1)
AN_INVOICE = {"on": "2026-03-01", "type": "invoice", "id": "A", "amount": "1000.00", "currency": "SEK"} | {
    "due": "2026-03-31"
}


def read(*rows: Any) -> tuple[Event, ...]:
    return read_events(list(rows))


def told(*rows: dict[str, Any]) -> Book:
    """A book after these; each without a day is of the first of March, without a currency in crowns."""
    book = Book()
    for event in read(*({"on": "2026-03-01", "currency": "SEK", "due": "2026-03-31"} | row for row in rows)):
        apply(book, event)
    return book


def invoice(id: str, amount: str, **more: str) -> dict[str, Any]:
    return {"type": "invoice", "id": id, "amount": amount, **more}


def refused(*rows: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(UnableToReplay) as refusal:
        told(*rows)
    return refusal.value.code.removeprefix("dunning.event."), refusal.value.facts


def owed(book: Book) -> dict[str, str]:
    return {item.key: f"{item.open:.2f}" for item in book.items.values()}


class TestPayments:
    def test_settle_the_invoice_they_name(self) -> None:
        book = told(invoice("A", "1000"), invoice("B", "500"), {"type": "payment", "amount": "300", "invoice": "B"})
        assert owed(book) == {"A": "1000.00", "B": "200.00"}

    def test_beyond_the_invoice_they_name_lie_there(self) -> None:
        book = told(invoice("A", "1000"), {"type": "payment", "id": "P", "amount": "1300", "invoice": "A"})
        assert [(money.key, money.left) for money in book.credits] == [("P", Decimal(300))]

    @pytest.mark.parametrize(
        ("amount", "left"),
        [
            ("500", {"A": "1000.00", "B": "0.00"}),
            ("1500", {"A": "0.00", "B": "0.00"}),
            ("700", {"A": "1000.00", "B": "500.00"}),
        ],
    )
    def test_without_a_name_settle_what_can_be_nothing_else(self, amount: str, left: dict[str, str]) -> None:
        book = told(invoice("A", "1000"), invoice("B", "500"), {"type": "payment", "amount": amount})
        assert owed(book) == left
        assert bool(book.credits) is (amount == "700")

    def test_of_the_only_open_invoice_settle_part_of_it(self) -> None:
        assert owed(told(invoice("A", "1000"), {"type": "payment", "amount": "1"})) == {"A": "999.00"}

    def test_in_another_currency_settle_nothing_of_this_one(self) -> None:
        book = told(invoice("A", "1000"), {"type": "payment", "amount": "1000", "currency": "EUR"})
        assert owed(book) == {"A": "1000.00"}
        facts = book.facts_on(ON + timedelta(days=60))["A"]
        assert (facts.credit, facts.unallocated_since) == (0, None)

    def test_of_two_equal_invoices_wait_for_a_person(self) -> None:
        book = told(invoice("A", "500"), invoice("B", "500"), {"type": "payment", "amount": "500"})
        assert owed(book) == {"A": "500.00", "B": "500.00"}
        assert book.facts_on(ON)["A"].credit == 500

    def test_in_flight_count_when_they_land_and_not_when_they_fail(self) -> None:
        pending = {"type": "payment-pending", "id": "P", "amount": "1000", "invoice": "A"}
        book = told(invoice("A", "1000"), pending)
        assert book.facts_on(ON)["A"].pending == 1000
        assert owed(told(invoice("A", "1000"), pending, {"type": "payment-settled", "id": "P"})) == {"A": "0.00"}
        failed = told(invoice("A", "1000"), pending, {"type": "payment-failed"})
        assert owed(failed) == {"A": "1000.00"}
        assert failed.facts_on(ON)["A"].pending == 0

    def test_that_land_with_less_settle_less(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "payment-pending", "id": "P", "amount": "1000"},
            {"type": "payment-settled", "id": "P", "amount": "990"},
        )
        assert owed(book) == {"A": "10.00"}


class TestReturned:
    def test_the_id_of_a_chargeback_names_the_payment(self) -> None:
        book = told(
            invoice("A", "1000"),
            invoice("B", "500"),
            {"type": "payment", "id": "P", "amount": "1500"},
            {"on": "2026-04-01", "type": "chargeback", "id": "P"},
        )
        assert owed(book) == {"A": "1000.00", "B": "500.00"}
        assert {item.reopened_on for item in book.items.values()} == {date(2026, 4, 1)}

    def test_without_an_id_it_is_the_newest_payment_of_just_this_value(self) -> None:
        book = told(
            invoice("A", "1000"),
            invoice("B", "500"),
            {"type": "payment", "amount": "1000", "invoice": "A", "id": "P"},
            {"type": "payment", "amount": "500", "invoice": "B", "id": "Q"},
            {"type": "chargeback", "amount": "1000"},
        )
        assert owed(book) == {"A": "1000.00", "B": "0.00"}

    def test_of_an_invoice_takes_back_what_was_paid_on_it_and_no_more(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "credit", "amount": "200", "invoice": "A"},
            {"type": "payment", "amount": "800", "invoice": "A"},
            {"type": "chargeback", "amount": "900", "invoice": "A"},
        )
        assert owed(book) == {"A": "800.00"}

    def test_what_lay_there_without_an_invoice_goes_first(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "payment", "id": "P", "amount": "1300", "invoice": "A"},
            invoice("B", "300"),
            {"on": "2026-04-01", "type": "chargeback", "id": "P", "amount": "300"},
        )
        assert owed(book) == {"A": "0.00", "B": "300.00"}
        assert book.facts_on(ON)["B"].credit == 0
        assert book.items["B"].reopened_on == date(2026, 4, 1)  # the money had covered it

    def test_twice_is_refused(self) -> None:
        paid = [invoice("A", "1000"), {"type": "payment", "id": "P", "amount": "1000"}]
        assert refused(*paid, *[{"type": "chargeback", "id": "P"}] * 2)[0] == "unknown-payment"

    @pytest.mark.parametrize("named", [{"id": "Q"}, {"invoice": "A"}, {"amount": "1001"}, {}])
    def test_of_a_payment_that_never_was_is_refused(self, named: dict[str, str]) -> None:
        assert refused(invoice("A", "1000"), {"type": "chargeback", **named})[0] == "unknown-payment"

    def test_paid_again_it_is_not_reopened_any_more(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "payment", "id": "P", "amount": "1000"},
            {"type": "chargeback", "id": "P"},
            {"type": "payment", "id": "Q", "amount": "1000"},
        )
        assert book.items["A"].reopened_on is None


class TestCircumstances:
    def test_a_dispute_is_of_an_amount_and_shrinks_with_what_is_open(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "dispute", "invoice": "A", "amount": "600"},
            {"type": "payment", "amount": "800", "invoice": "A"},
        )
        assert book.items["A"].disputed == 200
        assert told(invoice("A", "1000"), {"type": "dispute", "invoice": "A"}).items["A"].disputed == 1000

    @pytest.mark.parametrize(("closed", "left"), [({"invoice": "A"}, 500), ({}, 0)])
    def test_a_dispute_ends_for_one_invoice_or_all(self, closed: dict[str, str], left: int) -> None:
        disputes = [{"type": "dispute", "invoice": key} for key in "AB"]
        book = told(invoice("A", "1000"), invoice("B", "500"), *disputes, {"type": "dispute-closed", **closed})
        assert (book.items["A"].disputed, book.items["B"].disputed) == (0, left)

    def test_a_promise_is_kept_by_what_is_paid_on_its_invoice(self) -> None:
        book = told(
            invoice("A", "1000"),
            invoice("B", "500"),
            {"type": "promise", "amount": "1000", "invoice": "A"},
            {"type": "promise", "amount": "500"},
            {"type": "payment", "amount": "400", "invoice": "A"},
            {"type": "payment", "amount": "100", "invoice": "B"},
        )
        assert [promise.left for promise in book.promises] == [600, 400]

    def test_a_broken_promise_is_kept_by_nothing(self) -> None:
        book = told(
            invoice("A", "1000"),
            {"type": "promise", "amount": "1000", "due": "2026-03-10"},
            {"on": "2026-03-11", "type": "payment", "amount": "400"},
        )
        assert book.promises[0].left == 1000
        assert book.facts_on(date(2026, 3, 11))["A"].promised == 0

    def test_the_longer_hold_counts_with_its_reason(self) -> None:
        book = Book(items={"A": BookItem(key="A", due_on=ON, currency="SEK", open=Decimal(9))})
        book.held_until, book.hold_reason = date(2026, 3, 9), "the debtor's"
        assert book.facts_on(ON)["A"].hold_reason == "the debtor's"
        book.items["A"].held_until, book.items["A"].hold_reason = date(2026, 3, 8), "its own"
        assert book.facts_on(ON)["A"].held_until == date(2026, 3, 9)
        book.items["A"].held_until = date(2026, 3, 10)
        assert book.facts_on(ON)["A"].hold_reason == "its own"

    @pytest.mark.parametrize(("about", "held"), [({}, (None, None)), ({"invoice": "A"}, (None, date(2026, 3, 31)))])
    def test_a_second_hold_never_shortens_the_first_and_a_release_ends_both(self, about, held) -> None:
        holds = [{"type": "hold", "invoice": "A"}, {"type": "hold", "invoice": "A", "due": "2026-03-02"}]
        book = told(invoice("A", "1000"), *holds)
        assert book.items["A"].held_until == date(2026, 3, 31)
        released = told(invoice("A", "1000"), *holds, {"type": "hold"}, {"type": "release", **about})
        assert (released.items["A"].held_until, released.held_until) == held

    def test_a_hold_without_an_end_has_none(self) -> None:
        assert told(invoice("A", "1000"), {"type": "hold", "due": ""}).held_until == date.max

    def test_a_write_off_takes_the_oldest_first(self) -> None:
        book = told(
            invoice("B", "500", due="2026-04-30"), invoice("A", "1000"), {"type": "write-off", "amount": "1200"}
        )
        assert owed(book) == {"B": "300.00", "A": "0.00"}
        named = told(invoice("A", "1000"), {"type": "write-off", "amount": "1200", "invoice": "A"})
        assert owed(named) == {"A": "0.00"}

    def test_the_newest_money_without_an_invoice_wants_its_triage(self) -> None:
        book = told(invoice("A", "500"), invoice("B", "500"), {"type": "payment", "amount": "100"})
        apply(book, Event(on=date(2026, 3, 20), type="payment", value=Decimal(50), currency="SEK"))
        assert book.facts_on(date(2026, 3, 20))["A"].unallocated_since == date(2026, 3, 20)
        waiting = BookMoney(key="w", currency="SEK", left=Decimal(0), on=date(2026, 3, 25), may_be_anothers=True)
        book.credits.append(waiting)
        assert book.facts_on(date(2026, 3, 25))["A"].unallocated_since == date(2026, 3, 25)


class TestRefusals:
    @pytest.mark.parametrize("kind", ["payment", "dispute", "promise", "hold", "release", "notice-failed", "write-off"])
    def test_of_an_invoice_that_was_not_issued(self, kind: str) -> None:
        code, facts = refused(invoice("A", "1000"), {"type": kind, "invoice": "B", "amount": "1"})
        assert (code, facts) == ("unknown-invoice", {"on": "2026-03-01", "invoice": "B"})

    @pytest.mark.parametrize("kind", ["payment", "chargeback", "payment-pending", "credit", "write-off", "promise"])
    def test_of_another_currency_than_the_invoice(self, kind: str) -> None:
        code, facts = refused(invoice("A", "1000"), {"type": kind, "invoice": "A", "amount": "1", "currency": "EUR"})
        assert (code, facts["currency"], facts["seen"]) == ("other-currency", "SEK", "EUR")

    def test_of_a_number_that_is_taken(self) -> None:
        assert refused(invoice("A", "1000"), invoice("A", "1000"))[0] == "duplicate-invoice"

    @pytest.mark.parametrize("kind", ["payment-settled", "payment-failed"])
    def test_of_a_payment_that_is_not_on_its_way(self, kind: str) -> None:
        pending = {"type": "payment-pending", "amount": "1"}
        assert refused(invoice("A", "1000"), {"type": kind})[0] == "unknown-payment"
        assert refused(invoice("A", "1000"), pending | {"id": "P"}, {"type": kind, "id": "Q"})[0] == "unknown-payment"
        assert refused(invoice("A", "1000"), pending, pending, {"type": kind})[0] == "unknown-payment"


class TestReading:
    @pytest.mark.parametrize(
        ("row", "code", "name"),
        [
            ([], "wrong-shape", ""),
            ({}, "unknown-type", ""),
            ({"type": ["invoice"]}, "unknown-type", ""),
            (AN_INVOICE | {"on": ""}, "missing", "on"),
            (AN_INVOICE | {"on": 20260301}, "bad-day", "on"),
            (AN_INVOICE | {"on": "20260301"}, "bad-day", "on"),
            (AN_INVOICE | {"due": "2026-02-29"}, "bad-day", "due"),
            (AN_INVOICE | {"due": "9999-12-31"}, "bad-day", "due"),
            (AN_INVOICE | {"due": None}, "missing", "due"),
            (AN_INVOICE | {"id": None}, "missing", "id"),
            (AN_INVOICE | {"id": ["A"]}, "bad-name", "id"),
            (AN_INVOICE | {"id": True}, "bad-name", "id"),
            (AN_INVOICE | {"amount": None}, "missing", "amount"),
            (AN_INVOICE | {"amount": "-1"}, "bad-amount", ""),
            (AN_INVOICE | {"amount": "1.001"}, "bad-amount", ""),
            (AN_INVOICE | {"amount": "1_000"}, "bad-amount", ""),
            (AN_INVOICE | {"amount": Decimal("1E+99999")}, "bad-amount", ""),
            (AN_INVOICE | {"amount": True}, "bad-amount", ""),
            (AN_INVOICE | {"amount": "1.5", "currency": "JPY"}, "bad-amount", ""),
            (AN_INVOICE | {"currency": "kr"}, "bad-currency", ""),
            (AN_INVOICE | {"currency": 7}, "bad-currency", ""),
            (AN_INVOICE | {"currency": ""}, "missing", "currency"),
            (AN_INVOICE | {"type": "dispute"}, "missing", "invoice"),
        ],
    )
    def test_each_fault_has_its_code_and_place(self, row: Any, code: str, name: str) -> None:
        with pytest.raises(UnableToReplay) as refusal:
            read(row)
        assert refusal.value.code == f"dunning.event.{code}"
        assert (refusal.value.facts["place"], refusal.value.facts["name"]) == (1, name)

    @pytest.mark.parametrize("document", [None, 7, "events", {}, {"events": {}}, True])
    def test_what_is_no_list_is_refused(self, document: object) -> None:
        with pytest.raises(UnableToReplay) as refusal:
            read_events(document)
        assert refusal.value.code == "dunning.event.wrong-shape"

    def test_a_list_may_stand_under_events(self) -> None:
        assert read_events({"events": [AN_INVOICE]}) == read(AN_INVOICE)

    def test_numbers_are_taken_as_they_are_written(self) -> None:
        (event,) = read(AN_INVOICE | {"amount": Decimal("1000.10"), "id": 17})
        assert (event.value, event.id) == (Decimal("1000.10"), "17")

    def test_a_missing_currency_is_that_of_the_invoice_else_the_only_one(self) -> None:
        other = AN_INVOICE | {"id": "B", "currency": "EUR"}
        paid = {"on": "2026-03-02", "type": "payment", "amount": "1", "invoice": "B"}
        assert read(AN_INVOICE, other, paid)[2].currency == "EUR"
        assert read(AN_INVOICE, paid | {"invoice": ""})[1].currency == "SEK"
        with pytest.raises(UnableToReplay):
            read(AN_INVOICE, other, paid | {"invoice": ""})

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=True) | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["on", "type", "id", "amount", "currency", "due", "invoice", "x"]),
                    inner,
                    max_size=7,
                )
            ),
            max_leaves=20,
        )
    )
    def test_no_document_at_all_makes_it_fall(self, document: object) -> None:
        with suppress(UnableToReplay):
            assert isinstance(read_events(document), tuple)

    @given(st.lists(st.sampled_from(EVENT_TYPES), max_size=12), st.randoms(use_true_random=False))
    def test_no_events_at_all_make_a_book_fall(self, kinds, random) -> None:
        book = Book()
        for kind in kinds:
            event = Event(
                on=ON + timedelta(days=random.randrange(9)),
                type=kind,
                id=random.choice(["", "A", "B"]),
                value=random.choice([None, Decimal(0), Decimal(7), Decimal("99.99")]),
                currency=random.choice(["SEK", "SEK", "EUR"]),
                due=random.choice([None, ON]),
                invoice=random.choice(["", "A", "B"]),
            )
            try:
                apply(book, event)
            except UnableToReplay:
                continue
            for item in book.items.values():
                assert 0 <= item.disputed <= item.open <= item.original
            for facts in book.facts_on(ON).values():
                assert facts.credit + facts.withheld + facts.disputed + facts.pending + facts.promised <= facts.open

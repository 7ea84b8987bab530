"""A whole partner's files: every document is owed once and ties out, and the books come to what the headers say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saldo.core.periods import Month
from saldo.flows.payables_follow import follow
from saldo.generator.generation import generate
from saldo.ledger.actions import close_period
from saldo.ledger.queries import sum_open
from saldo.ledger.seals import find_items_out_of_step
from saldo.payables.queries import list_payables
from tests.conftest import NOW
from tests.microsoft_files import header, seats
from tests.rooms.importing import A_WORLD, Postman

TODAY = NOW.date()


def test_a_generated_partner_is_owed_to_the_cent(postman: Postman) -> None:
    generate(folder=postman.folder, customers=12, months=4, seed=5, start=Month(2025, 11))
    postman.bring_paths(
        *sorted(path for path in postman.folder.rglob("*") if path.name != "truth.json" and path.is_file())
    )
    shown = list_payables(company=postman.company, today=TODAY)
    assert len(shown) >= 8
    assert {one.source for one in shown} == {"header"}
    assert {one.document: one.tie_out.code for one in shown if not one.tie_out.ties} == {}
    owing: dict[str, Decimal] = {}
    for one in shown:
        owing[one.currency] = owing.get(one.currency, Decimal(0)) + one.gross
        assert one.open == 0 or one.level not in ("paid",)
    assert sum_open(company=postman.company, account="microsoft", as_of=TODAY) == {
        currency: -value for currency, value in owing.items()
    }
    again = follow(company=postman.company, world=A_WORLD)
    assert (again.new, again.corrected, again.gone, again.allocated, again.problems) == (0, 0, 0, 0, ())
    assert find_items_out_of_step(company=postman.company) == ()


def test_closed_books_take_a_late_document_on_their_first_open_day(postman: Postman) -> None:
    close_period(company=postman.company, ends_before=date(2026, 5, 1), by="test", at=NOW)
    postman.bring(seats())
    postman.bring_header(header())
    (one,) = list_payables(company=postman.company, today=TODAY)
    assert (one.open, one.invoiced_on, one.due_on) == (Decimal(360), date(2026, 4, 8), date(2026, 6, 7))
    assert sum_open(company=postman.company, account="microsoft", as_of=date(2026, 4, 30)) == {}
    assert sum_open(company=postman.company, account="microsoft", as_of=date(2026, 5, 12)) == {"SEK": Decimal(-360)}

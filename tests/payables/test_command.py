"""`saldo payables` says what is owed to Microsoft on a day."""

from __future__ import annotations

import pytest

from saldo.cli.commands import parser
from tests.cli.asking import Asker
from tests.microsoft_files import header, seats
from tests.rooms.importing import Postman


@pytest.fixture
def asker(postman: Postman, capsys: pytest.CaptureFixture[str]) -> Asker:
    return Asker(postman.company, capsys)


def test_the_document_has_what_the_interface_promises(postman: Postman, asker: Asker) -> None:
    postman.bring(seats())
    postman.bring_header(header(), header(number="G000000002", total="90.50", on="2026-03-09"))
    (late, due) = asker.ask("payables", "--today", "2026-05-12").document["payables"]
    assert (late["document"], late["level"]) == ("G000000002", "overdue")
    assert {name: due[name] for name in ("document", "due", "amount", "currency", "paid", "days_left", "level")} == {
        "document": "G000000001",
        "due": "2026-06-07",
        "amount": "360.00",
        "currency": "SEK",
        "paid": "0.00",
        "days_left": 26,
        "level": "far",
    }
    assert asker.ask("payables", "--today", "2026-03-01").document == {"payables": []}


def test_people_read_it_in_their_language(postman: Postman, asker: Asker) -> None:
    postman.bring_header(header())
    told = asker.ask("payables", "--today", "2026-05-28", "--lang", "sv").text
    assert "Säker dag missad" in told
    assert "7 juni*" in told  # assumed
    assert "360,00 SEK" in told


def test_a_day_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser(["payables"]).parse_args(["payables", "--today", "2026-13-01"])

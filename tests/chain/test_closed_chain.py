"""The closed chain: each cent of Microsoft's in a bucket, each cent of a customer's received or open."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from saldo.core.identity import CompanyId
from saldo.ledger.rules.export import write_hledger
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.chain.year import Year, check_all, rows
from tests.conftest import NOW
from tests.ledger import test_export as exported

END = date(2027, 12, 31)


def live(company: CompanyId, folder: Path, *, customers: int, months: int) -> Year:
    """Import, close, receive, month after month, with every law checked after every step."""
    year = Year(company=company, folder=folder, customers=customers, months=months)
    year.deliver()
    late = Random("late")
    for number in range(months):
        month = year.start.plus(number)
        assert {result.state for result in year.take_in(month)} == {"accepted"}
        closed = year.close(month)
        assert closed.issued > 0
        assert year.credit(month) == closed.drafts
        assert {problem["code"] for problem in closed.problems} <= {"agreements.price.default-used"}
        check_all(company, END)
        received = year.pay(month, late=late)
        assert (received.unallocated, received.problems) == (0, ()) or received.entries == received.matched
        check_all(company, END)
        again = year.close(month)
        assert (again.drafts, again.issued) == (0, closed.issued + closed.drafts)
    return year


def a_company() -> CompanyId:
    return found_company(name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)


class TestClosedChain:
    def test_of_a_dozen_customers_and_three_months(self, own_database: str, tmp_path: Path) -> None:
        company = a_company()
        year = live(company, tmp_path, customers=12, months=3)
        with company_context(company):
            assert rows("SELECT DISTINCT bucket FROM invoicing_line WHERE company_id = %s", company) == [("rated",)]
            (settled,) = rows(
                "SELECT sum(value) FROM ledger_allocation WHERE company_id = %s AND debit LIKE 'invoice:%%'"
                " AND credit LIKE 'receipt:%%'",
                company,
            )
            assert settled == (year.paid,)
            hledger_agrees(company, tmp_path)

    @pytest.mark.laws
    def test_of_three_hundred_customers_and_a_year(self, own_database: str, tmp_path: Path) -> None:
        company = a_company()
        live(company, tmp_path, customers=300, months=12)
        with company_context(company):
            hledger_agrees(company, tmp_path)


def hledger_agrees(company: CompanyId, folder: Path) -> None:
    """Debian's hledger, where it is installed, comes to the same balance of every account and party."""
    if not exported.HLEDGER:
        pytest.skip("hledger is not installed")
    journal = folder / "books.journal"
    journal.write_text("".join(write_hledger(exported.postings(company))), encoding="utf-8")
    told = exported.TestHledger.run("balance", "-f", str(journal), "--flat", "--no-total", "-O", "csv", "--layout=bare")
    found = {
        (row["account"], row["commodity"]): Decimal(row["balance"])
        for row in csv.DictReader(io.StringIO(told))
        if row["commodity"]
    }
    assert {place: value for place, value in found.items() if value} == exported.expected(company)

"""The closed chain: each cent of Microsoft's in a bucket, each cent of a customer's received or open."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from saldo.core.identity import CompanyId
from saldo.flows.explain_documents import explain_documents
from saldo.invoicing.queries import list_invoices
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
        check_every_paper_says_why(company, year)

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


def check_every_paper_says_why(company: CompanyId, year: Year) -> None:
    """Each invoice of the last month carries, frozen, reasons that come to the change of its net to the cent."""
    last = year.start.plus(year.months - 1)
    with company_context(company):
        numbers = [one.number for one in list_invoices(company=company, month=last, kind="invoice")]
    told = explain_documents(company=company, numbers=numbers, by="user:1", world=year.world(END))
    assert told == len(numbers) > 10
    assert explain_documents(company=company, numbers=numbers, by="user:1", world=year.world(END)) == 0
    with company_context(company):
        explained = rows(
            "SELECT e.number, new.net - old.net, e.reasons FROM invoicing_explanation e"
            " JOIN invoicing_invoice new ON new.number = e.number JOIN invoicing_invoice old ON old.number = e.before"
            " WHERE e.company_id = %s",
            company,
        )
    assert len(explained) == len(numbers)
    for number, change, reasons in explained:
        reasons = json.loads(reasons) if isinstance(reasons, str) else reasons
        assert sum((Decimal(reason["amount"]) for reason in reasons), Decimal(0)) == change, number
        assert all(reason["text"] and reason["subject"] for reason in reasons)

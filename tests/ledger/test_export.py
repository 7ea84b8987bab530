"""The books for other programs: hledger and beancount accept them and agree on every balance."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.core.identity import CompanyId
from saldo.ledger import actions, queries
from saldo.ledger.rules.export import AccountNames, write_beancount, write_csv, write_hledger
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.ledger.seals import read_postings
from tests.conftest import NOW
from tests.ledger.books import DAY, Pair, invoice, post, receipt

HLEDGER = shutil.which("hledger")
BEANCOUNT = os.environ.get("SALDO_BEANCOUNT_PYTHON")  # a Python that has beancount, which is never ours: GPL


def from_microsoft(number: str, worth: str, currency: str) -> Pair:
    value = Decimal(worth)
    entries = (
        Entry(account="cost", party="microsoft", currency=currency, value=value),
        Entry(account="microsoft", party="microsoft", currency=currency, value=-value),
    )
    key = f"microsoft:{number}"
    item = NewItem(
        key=key,
        account="microsoft",
        party="microsoft",
        kind="invoice",
        issued_on=DAY,
        due_on=DAY + timedelta(days=60),
        currency=currency,
        original=-value,
    )
    return Posting(key=key, on=DAY, code="payables.recorded", document=number, entries=entries), (item,)


def transfer(key: str, source: str, target: str, worth: str, document: str = "") -> Pair:
    value = Decimal(worth)
    entries = (
        Entry(account=target, currency="SEK", value=value),
        Entry(account=source, currency="SEK", value=-value),
    )
    return Posting(key=key, on=DAY, code="test.moved", document=document, entries=entries), ()


@pytest.fixture
def books(company: CompanyId) -> CompanyId:
    post(
        company,
        invoice("2026-1"),
        invoice("2026-2", "0.80", party="NO 7;(x)", currency="EUR"),
        receipt("1", "60.10"),
        from_microsoft("G1", "12345", "JPY"),
        from_microsoft("G2", "1.234", "KWD"),
        transfer("t:1", "bank:a b", "bank:a-b", "5.00", 'said "yes"; (or\nno) | \\ 中文'),
        transfer("t:2", "bank-fees", "input-tax", "1.00"),
        transfer("t:3", "bank:中文", "write-off", "1.00"),
        transfer("t:4", "bank:main", "bank:Main", "3.00"),
    )
    actions.reverse(company=company, key="invoice:2026-1", new_key="cancellation:1", on=DAY, by="test", at=NOW)
    return company


def postings(company: CompanyId) -> list[Posting]:
    return [sealed.posting for sealed in read_postings(company=company, after=0, until=None)]


def expected(company: CompanyId) -> dict[tuple[str, str], Decimal]:
    """Balance by exported name and currency, from the legs themselves."""
    names = AccountNames()
    found: dict[tuple[str, str], Decimal] = {}
    for posting in postings(company):
        for entry in posting.entries:
            key = (names.name(entry)[0], entry.currency)
            found[key] = found.get(key, Decimal(0)) + entry.value
    return {key: value for key, value in found.items() if value}


class TestCsv:
    def test_has_exactly_the_columns_others_rely_on_and_every_leg(self, books: CompanyId) -> None:
        rows = list(csv.DictReader(io.StringIO("".join(write_csv(postings(books))))))
        assert list(rows[0]) == [
            "posting", "on", "account", "currency", "amount", "document", "customer", "reversal_of"
        ]  # fmt: skip
        assert rows[0] == {
            "posting": "invoice:2026-1",
            "on": "2026-03-02",
            "account": "receivable",
            "currency": "SEK",
            "amount": "125.00",
            "document": "2026-1",
            "customer": "10001",
            "reversal_of": "",
        }
        assert rows[-1]["reversal_of"] == "invoice:2026-1"
        assert {row["amount"] for row in rows if row["currency"] == "JPY"} == {"12345", "-12345"}
        sums: dict[tuple[str, str], Decimal] = {}
        for row in rows:
            place = (row["account"], row["currency"])
            sums[place] = sums.get(place, Decimal(0)) + Decimal(row["amount"])
        held = {(b.account, b.currency): b.value for b in queries.balances(company=books, on=DAY)}
        assert {place: value for place, value in sums.items() if value} == held

    def test_books_without_a_posting_are_a_header(self, company: CompanyId) -> None:
        assert "".join(write_csv(())).count("\n") == 1


class TestNames:
    def test_speak_both_programs_language_and_never_fall_together(self) -> None:
        names = AccountNames()

        def name(account: str, party: str = "") -> str:
            return names.name(Entry(account=account, party=party, currency="SEK", value=Decimal(1)))[0]

        assert name("receivable", "10001") == "Assets:Receivable:10001"
        assert name("tax:SE:25") == "Liabilities:Tax:SE:25"
        assert name("input-tax") == "Assets:InputTax"
        assert name("sales", "10001") == name("sales", "10002") == "Income:Sales"
        assert (name("bank:a b"), name("bank:a-b"), name("bank:a b")) == (
            "Assets:Bank:A-b",
            "Assets:Bank:A-b-2",
            "Assets:Bank:A-b",
        )


@pytest.mark.skipif(not HLEDGER, reason="hledger is not installed")
class TestHledger:
    def test_accepts_the_journal_strictly_and_agrees_on_every_balance(self, books: CompanyId, tmp_path: Path) -> None:
        journal = tmp_path / "books.journal"
        journal.write_text("".join(write_hledger(postings(books))), encoding="utf-8")
        assert self.run("check", "--strict", "-f", str(journal)) == ""
        told = self.run("balance", "-f", str(journal), "--flat", "--no-total", "-O", "csv", "--layout=bare")
        rows = list(csv.DictReader(io.StringIO(told)))
        found = {(row["account"], row["commodity"]): Decimal(row["balance"]) for row in rows if row["commodity"]}
        assert {place: value for place, value in found.items() if value} == expected(books)

    @staticmethod
    def run(*words: str) -> str:
        assert HLEDGER
        environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        done = subprocess.run([HLEDGER, *words], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


_BEAN = """
import sys
from beancount import loader
from beancount.core import data, realization
entries, errors, _ = loader.load_file(sys.argv[1])
assert not errors, errors
for account in realization.iter_children(realization.realize(entries)):
    for position in account.balance:
        print(account.account, position.units.currency, position.units.number)
"""


@pytest.mark.skipif(not BEANCOUNT, reason="SALDO_BEANCOUNT_PYTHON names no Python with beancount")
class TestBeancount:
    def test_accepts_the_journal_and_agrees_on_every_balance(self, books: CompanyId, tmp_path: Path) -> None:
        journal = tmp_path / "books.beancount"
        journal.write_text("".join(write_beancount(postings(books))), encoding="utf-8")
        assert BEANCOUNT
        done = subprocess.run([BEANCOUNT, "-c", _BEAN, str(journal)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found = {}
        for line in done.stdout.splitlines():
            account, currency, value = line.split()
            found[account, currency] = Decimal(value)
        assert {place: value for place, value in found.items() if value} == expected(books)


class TestBeancountText:
    def test_opens_each_account_once_and_quotes_what_it_tells(self, books: CompanyId) -> None:
        text = "".join(write_beancount(postings(books)))
        opened = [line for line in text.splitlines() if " open " in line]
        assert len(opened) == len(set(opened))
        assert '  document: "said \\"yes\\"; (or no) | \\\\ 中文"' in text

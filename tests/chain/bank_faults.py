"""Faults in what a bank tells and in how customers pay: where each must be found and what must be named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tests.chain.findings import Finding
from tests.chain.till import Till

Harm = Callable[[Till], set[Finding]]


@dataclass(frozen=True, slots=True)
class BankFault:
    """A kind of fault, how it is made, and at how many places it is tried."""

    name: str
    harm: Harm
    places: int = 1


def wrong_closing_balance(till: Till) -> set[Finding]:
    path = till.write("balance.xml")
    text = path.read_text("utf-8")
    balances = list(re.finditer(r'<Amt Ccy="SEK">([0-9.]+)</Amt>', text))
    closing = balances[1]
    wrong = Decimal(closing[1]) + till.random.randrange(1, 5000)
    path.write_text(text[: closing.start(1)] + f"{wrong:.2f}" + text[closing.end(1) :], encoding="utf-8")
    return {Finding("bank-file", "receipts.statement.unbalanced", "balance.xml")}


def dropped_entry(till: Till) -> set[Finding]:
    path = till.write("dropped.xml")
    entries = re.findall(r"<Ntry>.*?</Ntry>", path.read_text("utf-8"))
    path.write_text(path.read_text("utf-8").replace(till.random.choice(entries), "", 1), encoding="utf-8")
    return {Finding("bank-file", "receipts.statement.unbalanced", "dropped.xml")}


def doubled_entry(till: Till) -> set[Finding]:
    path = till.write("doubled.xml")
    entry = till.random.choice(re.findall(r"<Ntry>.*?</Ntry>", path.read_text("utf-8")))
    path.write_text(path.read_text("utf-8").replace(entry, entry + entry, 1), encoding="utf-8")
    return {Finding("bank-file", "receipts.statement.unbalanced", "doubled.xml")}


def dropped_line_of_mt940(till: Till) -> set[Finding]:
    path = till.write("dropped.sta", form="mt940")
    lines = path.read_bytes().split(b"\r\n")
    place = till.random.choice([place for place, line in enumerate(lines) if line.startswith(b":61:")])
    path.write_bytes(b"\r\n".join(lines[:place] + lines[place + 2 :]))
    return {Finding("bank-file", "receipts.statement.unbalanced", "dropped.sta")}


def same_file_twice(till: Till) -> set[Finding]:
    first = till.write("first.xml")
    till.write("again.xml").write_bytes(first.read_bytes())
    return {Finding("bank-file", "duplicate", "again.xml")}


def overlapping_files(till: Till) -> set[Finding]:
    middle = till.random.randrange(1, len(till.payments) - 1)
    told = sorted(till.payments, key=lambda one: one.on)
    till.write("early.xml", payments=told[: middle + 1])
    till.write("late.xml", payments=told[middle:])
    return {Finding("bank-file", "known-again", "late.xml 1")}


def other_account(till: Till) -> set[Finding]:
    till.write("stranger.xml", account="SE4550000000058398257466")
    return {Finding("bank-file", "receipts.account.unknown", "stranger.xml")}


def wrong_currency(till: Till) -> set[Finding]:
    """A statement in euro of what is owed in kronor, on an account of ours in kronor."""
    till.payments = [till.payments[till.pick()]]
    named = till.change(0, currency="EUR")
    return {Finding("proposal", "receipts.because.other-currency", named)}


def wrong_check_digit(till: Till) -> set[Finding]:
    place = till.pick()
    said = till.payments[place].references[0]
    wrong = said[:-1] + str((int(said[-1]) + till.random.randrange(1, 10)) % 10)
    named = till.change(place, references=(wrong,), payer="", value=till.payments[place].value + 1)
    return {Finding("proposal", "receipts.because.wrong-check-digit", named)}


def paid_by_another(till: Till) -> set[Finding]:
    place = till.pick()
    other = till.payments[(place + 1) % len(till.payments)].payer
    named = till.change(place, payer=other)
    return {Finding("proposal", "receipts.because.payer-is-another", named)}


def short_payment(till: Till) -> set[Finding]:
    place = till.pick()
    short = till.random.randrange(200, 900)
    till.change(place, value=till.payments[place].value - short)
    document = till.payments[place].truth.settles[0][0]
    return {Finding("open", "invoice", f"{document} {short}.000")}


def too_much(till: Till) -> set[Finding]:
    place = till.pick()
    named = till.change(place, value=till.payments[place].value + till.random.randrange(200, 900))
    return {Finding("over", "receipts.because.over", named)}


def paid_twice(till: Till) -> set[Finding]:
    named = till.again(till.pick())
    return {Finding("proposal", "receipts.because.paid-already", named)}


def nobody_known(till: Till) -> set[Finding]:
    place = till.pick()
    value = till.payments[place].value + Decimal("0.37")
    named = till.change(place, payer="Ukänd Betalare KB", references=(), value=value)
    return {Finding("proposal", "receipts.because.nothing-known", named)}


def charged_back(till: Till) -> set[Finding]:
    """A direct debit comes back."""
    place = till.pick()
    value = till.payments[place].value
    till.again(place, value=-value, kind="return")
    return {Finding("open", "invoice", f"{till.payments[place].truth.settles[0][0]} {value:.3f}")}


def broken_off(till: Till) -> set[Finding]:
    path = till.write("short.xml")
    data = path.read_bytes()
    path.write_bytes(data[: till.random.randrange(len(data) // 2, len(data) - 40)])
    return {Finding("bank-file", "receipts.file.broken-xml", "short.xml")}


def cut_off_mt940(till: Till) -> set[Finding]:
    path = till.write("short.sta", form="mt940")
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join(lines[: len(lines) // 2]))
    return {Finding("bank-file", "receipts.statement.cut-off", "short.sta")}


def no_bank_file(till: Till) -> set[Finding]:
    (till.folder / "page.html").write_bytes(b"<html><body>Sign in to your bank</body></html>")
    till.files.append(till.folder / "page.html")
    return {Finding("bank-file", "receipts.file.unknown-format", "page.html")}


BANK_FAULTS = (
    BankFault("the closing balance is wrong", wrong_closing_balance, places=3),
    BankFault("an entry is missing", dropped_entry, places=4),
    BankFault("an entry stands there twice", doubled_entry, places=2),
    BankFault("a line of a statement is missing", dropped_line_of_mt940, places=2),
    BankFault("the same file comes twice", same_file_twice),
    BankFault("two files overlap", overlapping_files, places=3),
    BankFault("the account is not ours", other_account),
    BankFault("the money is in another currency", wrong_currency, places=2),
    BankFault("a reference has a wrong check digit", wrong_check_digit, places=4),
    BankFault("somebody pays another's invoice", paid_by_another, places=4),
    BankFault("a payment is short", short_payment, places=3),
    BankFault("a payment is too much", too_much, places=3),
    BankFault("an invoice is paid twice", paid_twice, places=3),
    BankFault("nobody knows who paid", nobody_known, places=2),
    BankFault("a payment comes back", charged_back, places=2),
    BankFault("a file broke off", broken_off, places=2),
    BankFault("a statement broke off", cut_off_mt940),
    BankFault("a file is no bank's", no_bank_file),
)

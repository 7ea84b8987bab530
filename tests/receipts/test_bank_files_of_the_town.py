"""The town's payments as files of banks: read back they are the same payments, and they match as well."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.flows.match_receipts import match_new
from saldo.generator.bank_files import bgmax, camt_053, mt940
from saldo.receipts.actions.taking import take_file
from saldo.receipts.formats.reading import read_bank_file
from saldo.receipts.match_queries import list_matches
from saldo.receipts.queries import list_entries
from tests.conftest import NOW
from tests.receipts.town import invent, is_right, rest_of, settle_in, world

ACCOUNT = "SE4550000000058398257466"
MADE_ON = date(2026, 7, 1)


@pytest.fixture(scope="module")
def town():
    return invent(payers=300, papers=1200, payments=300, seed=31)


def in_kronor(town):
    return [payment for payment in town.payments if payment.currency == "SEK"]


def files_of(town):
    opening = Decimal("1000.00")
    kronor = camt_053(payments=town.payments, account=ACCOUNT, currency="SEK", opening=opening, made_on=MADE_ON)
    euro = camt_053(
        payments=town.payments, account="SE3550000000054910000003", currency="EUR", opening=opening, made_on=MADE_ON
    )
    return [kronor, euro]


class TestReadBack:
    def test_camt_053_tells_every_payment_whole_and_adds_up(self, town):
        read = read_bank_file(data=files_of(town)[0], mappings=())
        assert (read.format, read.refused, read.warnings) == ("camt.053", None, ())
        said = [(e.value, e.booked_on, e.payer, e.bank_reference, e.kind, e.fee) for e in read.entries]
        assert said == [(p.value, p.on, p.payer, p.bank_reference, p.kind, p.fee) for p in in_kronor(town)]
        for entry, payment in zip(read.entries, in_kronor(town), strict=True):
            assert [r.replace(" ", "") for r in entry.references if r != payment.bank_reference] == [
                r.replace(" ", "") for r in payment.references
            ]
            assert (entry.original_value, entry.text) == (payment.original_value, payment.text)

    def test_bgmax_tells_sum_day_reference_and_name(self, town):
        data = bgmax(payments=town.payments, giro="2407617", made_on=MADE_ON)
        read = read_bank_file(data=data, mappings=())
        assert (read.format, read.refused, read.warnings) == ("bgmax", None, ())
        wanted = [p for p in in_kronor(town) if p.value > 0]
        assert [(e.value, e.booked_on) for e in read.entries] == [(p.value, p.on) for p in wanted]
        told = [p.references[0].replace(" ", "") for p in wanted if p.references]
        assert told == [reference for entry in read.entries for reference in entry.references]

    def test_mt940_tells_sums_days_and_adds_up(self, town):
        data = mt940(payments=town.payments, account=ACCOUNT, currency="SEK", opening=Decimal(0))
        read = read_bank_file(data=data, mappings=())
        assert (read.format, read.refused) == ("mt940", None)
        assert [p.code for p in read.warnings if "unbalanced" in p.code] == []
        assert [(e.value, e.booked_on) for e in read.entries] == [(p.value, p.on) for p in in_kronor(town)]


class TestTheChain:
    def test_from_the_file_to_the_last_open_item_nothing_is_matched_wrongly(self, company, town):
        settle_in(town, company)
        for number, data in enumerate(files_of(town)):
            read = read_bank_file(data=data, mappings=())
            name = f"{number:064d}"
            take_file(company=company, read=read, sha256=name, name=name, currency="SEK", by="test", at=NOW)
        counted = match_new(company=company, by="test", world=world(), today=NOW.date())
        assert counted.matched >= Decimal("0.9") * (counted.matched + counted.unallocated)
        by_key = {entry.key: entry for entry in list_entries(company=company)}
        payments = {payment.bank_reference: payment for payment in town.payments}
        for match in list_matches(company=company):
            payment = payments[by_key[match.entry].bank_reference]
            assert is_right(payment, [(s.item, s.value) for s in match.shares], rest_of(match.differences)), payment
        returned = [entry for entry in by_key.values() if entry.state == "returned"]
        sent_back = [payment for payment in town.payments if payment.kind == "return"]
        assert len(returned) == 2 * len(sent_back)

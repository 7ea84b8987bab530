"""camt: samples of many versions against what another program read of them, batches, returns, charges, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saldo.core.money import minor_unit
from tests.receipts_formats.samples import BANK, camt, codes, entry, needs_samples, part, read, samples

XML = [path for path in samples("camt_genkgo", ".xml") if path.name != "camt053.v2.wrong.xml"]


def expected(path: Path) -> list[dict[str, Any]]:
    return list(_entries(json.loads(path.with_suffix(".json").read_text())))


def _entries(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("__CLASS__") == "Genkgo\\Camt\\DTO\\Entry":
            yield node
            return
        for key, value in node.items():
            if key != "getRecord":
                yield from _entries(value)
    elif isinstance(node, list):
        for value in node:
            yield from _entries(value)


def _money(said: dict[str, Any]) -> tuple[Decimal, str]:
    currency = said["getCurrency"]["getCode"]
    return Decimal(said["getAmount"]) * minor_unit(currency), currency


def _day(said: dict[str, Any] | None) -> str | None:
    return said["0"][:10] if said else None


@needs_samples
class TestSamples:
    @pytest.mark.parametrize("path", XML, ids=lambda path: path.name)
    def test_amounts_days_accounts_and_states_are_those_another_program_read(self, path: Path) -> None:
        found = read(path.read_bytes())
        assert found.format.startswith("camt.05")
        assert found.refused is None
        wanted = [one for one in expected(path) if one["getAmount"]["getAmount"] != "0"]
        of_last = 1 if "multi.statement" in path.name else len(found.entries)  # that dump has one
        assert of_last == len(wanted)
        for mine, theirs in zip(found.entries[-of_last:], wanted, strict=True):
            assert (mine.value, mine.currency) == _money(theirs["getAmount"])
            assert mine.account == theirs["getRecord"]["getAccount"]["getIdentification"]
            assert mine.is_pending == (theirs["getStatus"] == "PDNG")
            assert mine.bank_reference == (theirs["getAccountServicerReference"] or "")
            if theirs["getBookingDate"]:
                assert mine.booked_on.isoformat() == _day(theirs["getBookingDate"])
            if theirs["getValueDate"]:
                assert mine.value_on.isoformat() == _day(theirs["getValueDate"])
            assert (mine.kind == "return") >= bool(theirs["getReversalIndicator"])

    def test_a_message_without_a_statement_is_refused(self) -> None:
        found = read((BANK / "camt_genkgo" / "camt053.v2.wrong.xml").read_bytes())
        assert codes(found) == ["receipts.file.no-statement"]

    def test_a_statement_that_does_not_add_up_is_named_with_the_difference(self) -> None:
        found = read((BANK / "camt_genkgo" / "camt053.v2.five.decimals.xml").read_bytes())
        (problem,) = found.warnings
        assert problem.code == "receipts.statement.unbalanced"
        assert Decimal(problem.facts["difference"]) == Decimal("0.05")
        assert len(found.entries) == 1


class TestBatch:
    def test_the_parts_of_a_batch_are_entries_when_they_add_up(self) -> None:
        parts = part("20.00", ocr="1234567897", name="Ett AB") + part("30.00", end_to_end="E2E-2", name="Två AB")
        found = read(camt(entry("50.00", reference="B1", details=parts), closing="150.00"))
        assert [(one.value, one.payer, one.bank_reference) for one in found.entries] == [
            (Decimal("20.00"), "Ett AB", "B1/1"),
            (Decimal("30.00"), "Två AB", "B1/2"),
        ]
        assert found.entries[0].references == ("1234567897",)
        assert found.entries[1].references == ("E2E-2",)
        assert not found.warnings

    @pytest.mark.parametrize("second", ["29.99", ""])
    def test_a_batch_whose_parts_do_not_add_up_is_kept_whole_and_named(self, second: str) -> None:
        parts = part("20.00", ocr="1234567897") + part(second, ocr="2345678905")
        found = read(camt(entry("50.00", details=parts), closing="150.00"))
        assert codes(found) == ["receipts.batch.differs"]
        assert found.warnings[0].place.row == 1
        (whole,) = found.entries
        assert whole.value == Decimal("50.00")
        assert whole.references == ("1234567897", "2345678905")


class TestEntry:
    def test_a_reversal_is_a_return(self) -> None:
        found = read(camt(entry(sign="DBIT", more="<RvslInd>true</RvslInd>"), closing="50.00"))
        assert [(one.kind, one.value) for one in found.entries] == [("return", Decimal("-50.00"))]

    def test_charges_and_the_instructed_amount_are_kept(self) -> None:
        more = (
            '<AmtDtls><InstdAmt><Amt Ccy="EUR">5.00</Amt></InstdAmt></AmtDtls>'
            '<Chrgs><TtlChrgsAndTaxAmt Ccy="SEK">2.50</TtlChrgsAndTaxAmt></Chrgs>'
        )
        (one,) = read(camt(entry(details=part("", more=more)), closing="150.00")).entries
        assert (one.fee, one.original_value, one.original_currency) == (Decimal("2.50"), Decimal("5.00"), "EUR")

    def test_an_amount_finer_than_its_currency_and_a_broken_day_are_named_and_left_out(self) -> None:
        found = read(camt(entry("50.001"), entry(day="2026-02-30"), entry(), closing="150.00"))
        assert codes(found) == ["receipts.entry.unreadable"] * 2
        assert [problem.place.row for problem in found.warnings] == [1, 2]
        assert [one.place.row for one in found.entries] == [3]

    def test_a_statement_standing_twice_in_one_file_is_read_once(self) -> None:
        text = camt(entry(reference="B1"), closing="150.00")
        statement = text[text.index("<Stmt>") : text.index("</Stmt>") + len("</Stmt>")]
        found = read(text.replace(statement, statement * 2))
        assert codes(found) == ["receipts.statement.repeated"]
        assert len(found.entries) == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
    def test_names_are_right_in_any_encoding(self, encoding: str) -> None:
        declared = encoding.replace("-sig", "").replace("cp1252", "windows-1252")
        text = camt(entry(details=part("", name="Färg & Åska".replace("&", "&amp;"))), closing="150.00")
        found = read(text.replace('encoding="UTF-8"', f'encoding="{declared}"').encode(encoding))
        assert found.entries[0].payer == "Färg & Åska"

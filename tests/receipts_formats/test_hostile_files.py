"""Whatever the bytes are: values and problems, never a traceback, and never half an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.receipts.formats import reading
from saldo.receipts.rules.entries import SheetMapping
from tests.receipts_formats.samples import (
    BANK,
    BGMAX,
    MT940,
    NORMA43,
    camt,
    codes,
    entry,
    needs_samples,
    part,
    read,
    samples,
)

CAMT = camt(entry(reference="B1", details=part("20.00") + part("30.00")), closing="150.00")
WHOLE = {"bgmax": BGMAX, "mt940": MT940, "norma43": NORMA43, "camt.053": CAMT}
SHEET = "".join(f"{row}\n" for row in ("Datum;Belopp;Namn", *(f"2026-05-{day};1 000,50;Olle" for day in (13, 14, 15))))
DAMAGED = {name: text.encode() for name, text in WHOLE.items()} | {"csv": SHEET.encode()}
if BANK.is_dir():
    DAMAGED |= {path.stem: path.read_bytes()[:4000] for path in samples("cnab", ".RET")}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_at_any_byte_tells_only_whole_entries(name: str) -> None:
    data = WHOLE[name].encode("iso-8859-1" if name == "bgmax" else "utf-8")
    whole = read(data)
    known = {(one.value, one.text, one.payer, one.references) for one in whole.entries}
    assert known
    assert whole.format == name
    for cut in range(len(data)):
        found = read(data[:cut])
        assert {(one.value, one.text, one.payer, one.references) for one in found.entries} <= known, cut
        assert found.entries or codes(found), cut


@needs_samples
@pytest.mark.parametrize("name", ["CNAB400ITAU", "CNAB240AILOS"])
def test_a_return_file_cut_at_any_byte_books_nothing_by_halves(name: str) -> None:
    data = (BANK / "cnab" / f"{name}.RET").read_bytes()
    known = {one.bank_reference for one in read(data).entries}
    for cut in range(0, len(data), 1 if len(data) < 5000 else 37):
        found = read(data[:cut])
        assert {one.bank_reference for one in found.entries} <= known
        assert found.entries or codes(found)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><Document><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document><BkToCstmrStmt>&a;</BkToCstmrStmt></Document>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd"><Document/>',
    ],
)
def test_a_message_with_a_document_type_is_refused(text: str) -> None:
    assert codes(read(text)) == ["receipts.file.hostile-xml"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "receipts.file.empty"),
        (b" \r\n\x00\x1a", "receipts.file.empty"),
        (b"<Document>", "receipts.file.broken-xml"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "receipts.file.broken-xml"),
        (b"<html><body/></html>", "receipts.file.unknown-format"),
        (b"%PDF-1.7 \x00\xff", "receipts.file.unknown-format"),
        (b"<a>" * 20_000 + b"</a>" * 20_000, "receipts.file.unknown-format"),
    ],
)
def test_what_is_no_bank_file_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert codes(read(data)) == [code]


def test_a_file_larger_than_any_statement_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 100)
    assert codes(read(CAMT)) == ["receipts.file.too-large"]


def test_a_message_of_more_elements_than_memory_should_hold_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MARKS", 100)
    assert codes(read("<a>" + "<b/>" * 101 + "</a>")) == ["receipts.file.too-large"]


def test_a_file_of_faults_names_no_more_than_a_person_would_read() -> None:
    assert len(read(camt(*(entry("x") for _ in range(3000)))).warnings) == 200


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    found = read(data)
    assert found.refused is not None
    assert not found.entries


def test_a_table_cut_at_any_byte_tells_the_rows_before_the_cut_as_they_are() -> None:
    columns = {"booked_on": "Datum", "value": "Belopp", "payer": "Namn"}
    mapping = SheetMapping(name="bank", head=tuple(columns.values()), columns=columns)
    data = SHEET.encode()
    known = [(one.value, one.payer) for one in read(data, mapping).entries]
    assert len(known) == 3
    for cut in range(len(data)):
        found = read(data[:cut], mapping)
        whole_rows = max(data[:cut].count(b"\n") - 1, 0)
        assert [(one.value, one.payer) for one in found.entries][:whole_rows] == known[:whole_rows]
        assert len(found.entries) <= whole_rows + 1
        assert read(data[:cut]).entries or codes(read(data[:cut])), cut


@given(st.data(), st.sampled_from(sorted(DAMAGED)))
def test_a_file_with_bytes_changed_at_random_never_raises(data: st.DataObject, name: str) -> None:
    changed = bytearray(DAMAGED[name])
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    found = read(bytes(changed))
    assert found.entries or codes(found)

"""A bank's file, recognised by its content alone and read whole: entries, oddities, or the one reason to refuse it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from saldo.core.identity import FileId
from saldo.core.problems import Problem
from saldo.receipts.formats.bgmax import is_bgmax, read_bgmax
from saldo.receipts.formats.camt import is_xml, read_camt
from saldo.receipts.formats.cnab import cnab_width, read_cnab240, read_cnab400
from saldo.receipts.formats.fields import decode
from saldo.receipts.formats.mt940 import is_mt940, read_mt940
from saldo.receipts.formats.norma43 import is_norma43, read_norma43
from saldo.receipts.formats.sheet_guess import guess_mapping
from saldo.receipts.formats.sheets import find_mapping, read_sheet
from saldo.receipts.rules.entries import BankFileRead, Findings, SheetMapping, StatementRead, once_each

LARGEST = 64 * 1024 * 1024  # bytes; a year of a large company's statements is a tenth of it
MOST_MARKS = 3_000_000  # of the sign that opens an element: 25,000 entries, and no more memory than an import may take
Read = tuple[StatementRead, ...] | Problem
_Reader = Callable[..., Read]


def read_bank_file(*, data: bytes, mappings: Sequence[SheetMapping] = ()) -> BankFileRead:
    """Everything one file says; it never raises, whatever the bytes are: what cannot be read is a Problem."""
    findings = Findings(file=FileId(hashlib.sha256(data).hexdigest()))
    if len(data) > LARGEST or (is_xml(data) and data.count(b"<") > MOST_MARKS):
        return _refused("", findings, findings.problem("receipts.file.too-large", 0, largest=str(LARGEST)))
    if not data.strip(b" \t\r\n\x00\x1a"):
        return _refused("", findings, findings.problem("receipts.file.empty", 0))
    if is_xml(data):
        read = read_camt(data=data, findings=findings)
        if isinstance(read, Problem):
            return _refused("", findings, read)
        return _whole(read[0], read[1], findings)
    return _read_text(data, findings, mappings)


def _read_text(data: bytes, findings: Findings, mappings: Sequence[SheetMapping]) -> BankFileRead:
    text = decode(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    found = _recognise(lines)
    if found is None:
        return _read_table(data, findings, mappings)
    name, reader = found
    statements = reader(lines=lines, findings=findings)
    if isinstance(statements, Problem):
        return _refused(name, findings, statements)
    return _whole(name, statements, findings)


def _recognise(lines: list[str]) -> tuple[str, _Reader] | None:
    if is_bgmax(lines):
        return "bgmax", read_bgmax
    width = cnab_width(lines)
    if width:
        return f"cnab{width}", read_cnab240 if width == 240 else read_cnab400
    if is_norma43(lines):
        return "norma43", read_norma43
    if is_mt940(lines):
        return "mt940", read_mt940
    return None


def _read_table(data: bytes, findings: Findings, mappings: Sequence[SheetMapping]) -> BankFileRead:
    mapping = find_mapping(data, mappings)
    text = decode(data, mapping.encoding if mapping else "")
    if mapping is None:
        guess = guess_mapping(text)
        if guess is None:
            return _refused("", findings, findings.problem("receipts.file.unknown-format", 0, seen=text[:60]))
        columns = ", ".join(f"{field}={column}" for field, column in guess.mapping.columns.items())
        if not guess.is_sure:
            return _refused("csv", findings, findings.problem("receipts.csv.no-mapping", 0, columns=columns))
        findings.add("receipts.csv.guessed", 0, columns=columns)
        mapping = guess.mapping
    return _whole("csv", read_sheet(text=text, mapping=mapping, findings=findings), findings)


def _whole(name: str, statements: tuple[StatementRead, ...], findings: Findings) -> BankFileRead:
    entries = once_each(statements=statements, findings=findings)
    accounts = dict.fromkeys(statement.account for statement in statements if statement.account)
    return BankFileRead(format=name, accounts=tuple(accounts), entries=entries, warnings=tuple(findings.problems))


def _refused(name: str, findings: Findings, problem: Problem) -> BankFileRead:
    return BankFileRead(format=name, warnings=tuple(findings.problems), refused=problem)

"""CNAB 240 and 400 return files of Brazilian banks: what was paid on bank slips (boletos).

Source: FEBRABAN, CNAB 240 segments T and U; the 400 layouts of Itaú, Bradesco and Santander, which share the fields
used here. Only settlements are money; other occurrences are counted and named. A file without its trailer was cut off
and nothing of it is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from saldo.core.problems import Place, Problem
from saldo.receipts.formats.fields import count, day_of, minor_sum, tidy
from saldo.receipts.rules.entries import EntryRead, Findings, StatementRead, Unreadable

_SETTLED_240 = frozenset({"06", "17"})
_SETTLED_400 = frozenset({"05", "06", "07", "08", "15", "16", "17"})


def cnab_width(lines: list[str]) -> int:
    """240 or 400 when the file is one of these, else 0: header and width say so."""
    head = lines[0] if lines else ""
    if head.startswith("02RETORNO") and 380 <= len(head) <= 400:
        return 400
    if len(head) <= 240 and head[:3].isdecimal() and head[3:8] == "00000" and lines[1:] and lines[1][7:9] == "1T":
        return 240
    return 0


def read_cnab240(*, lines: list[str], findings: Findings) -> tuple[StatementRead, ...] | Problem:
    """Pairs of segments T (which slip) and U (what was paid); refused without trailer."""
    lines = _filled(lines)
    last = lines[-1]
    if last[7:8] != "9":
        return findings.problem("receipts.file.cut-off", len(lines), column="9")
    bank, head = lines[0][:3], lines[0]
    account = f"{bank}{head[52:58].strip()}{head[58:71].strip()}".replace(" ", "")
    entries = tuple(_pairs(lines, account, findings))
    _check_records(findings, len(lines), count_of(last[23:29], findings, len(lines)), len(lines))
    return (StatementRead(account=account, currency="BRL", number=head[157:163].strip(), entries=entries, row=1),)


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip("\x1a\x00 ")]


def count_of(text: str, findings: Findings, row: int) -> int | None:
    """The trailer's count of records, None and named when it is none."""
    try:
        return count(text, "records")
    except Unreadable as fault:
        findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
        return None


def _check_records(findings: Findings, row: int, said: int | None, found: int) -> None:
    if said is not None and said != found:
        findings.add("receipts.file.count-differs", row, column="records", said=str(said), found=str(found))


def _pairs(lines: list[str], account: str, findings: Findings) -> Iterator[EntryRead]:
    slip: tuple[int, str] | None = None
    others: Counter[str] = Counter()
    for row, line in enumerate(lines, start=1):
        if line[7:8] != "3":
            continue
        segment = line[13:14]
        if segment == "T":
            slip = (row, line.ljust(240))
        elif segment == "U":
            if slip is None:
                findings.add("receipts.entry.unreadable", row, column="T", seen=line[:17])
                continue
            found = _entry_or_named(slip, line.ljust(240), account, findings, others)
            slip = None
            if found is not None:
                yield found
    _name_others(others, findings)


def _entry_or_named(
    slip: tuple[int, str], paid: str, account: str, findings: Findings, others: Counter[str]
) -> EntryRead | None:
    row, title = slip
    occurrence = title[15:17]
    if occurrence not in _SETTLED_240:
        others[occurrence] += 1
        return None
    try:
        return _entry_240(row, title, paid, account, findings)
    except Unreadable as fault:
        findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
        return None


def _entry_240(row: int, title: str, paid: str, account: str, findings: Findings) -> EntryRead | None:
    gross, credited = minor_sum(paid[77:92], "U:78"), minor_sum(paid[92:107], "U:93")
    value = credited or gross
    if not value:
        findings.add("receipts.entry.zero", row, column="U:93")
        return None
    happened_on = day_of(paid[137:145], "ddmmyyyy", "U:138")
    credit = paid[145:153]
    payer = 143 if title[:3] == "033" else 148  # Santander's segment T is five characters shorter before the payer
    fee = 193 if title[:3] == "033" else 198
    slip = (title[40:53] if title[:3] == "033" else title[37:57]).strip()
    document = title[54:69] if title[:3] == "033" else title[58:73]
    return EntryRead(
        place=Place(file=findings.file, row=row),
        account=account,
        booked_on=happened_on,
        value_on=day_of(credit, "ddmmyyyy", "U:146") if credit.strip(" 0") else happened_on,
        currency="BRL",
        value=value,
        fee=minor_sum(title[fee : fee + 15], f"T:{fee + 1}"),
        original_currency="BRL",
        original_value=gross,
        payer=tidy(title[payer : payer + 40]),
        references=tuple(dict.fromkeys(filter(None, (slip, tidy(document))))),
        bank_reference="".join(slip.split()),
    )


def _name_others(others: Counter[str], findings: Findings) -> None:
    for occurrence, times in sorted(others.items()):
        findings.add("receipts.cnab.not-a-settlement", 0, seen=occurrence, occurrence=occurrence, times=str(times))


def read_cnab400(*, lines: list[str], findings: Findings) -> tuple[StatementRead, ...] | Problem:
    """One record a slip; refused without trailer."""
    lines = _filled(lines)
    if not lines[-1].startswith("9"):
        return findings.problem("receipts.file.cut-off", len(lines), column="9")
    bank = lines[0][76:79]
    account = bank + "".join(lines[0][26:46].split())
    entries: list[EntryRead] = []
    others: Counter[str] = Counter()
    for row, line in enumerate(lines[1:-1], start=2):
        if line[:1] == "1":
            _take_400(entries, row, line.ljust(400), account, findings, others)
    _name_others(others, findings)
    _check_records(findings, len(lines), count_of(lines[-1][394:400], findings, len(lines)), len(lines))
    return (StatementRead(account=account, currency="BRL", entries=tuple(entries), row=1),)


def _take_400(
    entries: list[EntryRead], row: int, line: str, account: str, findings: Findings, others: Counter[str]
) -> None:
    if line[108:110] not in _SETTLED_400:
        others[line[108:110]] += 1
        return
    try:
        found = _entry_400(row, line, account, findings)
    except Unreadable as fault:
        findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
        return
    if not found.value:
        findings.add("receipts.entry.zero", row, column="254")
        return
    entries.append(found)


def _entry_400(row: int, line: str, account: str, findings: Findings) -> EntryRead:
    happened_on = day_of(line[110:116], "ddmmyy", "111")
    credit = line[295:301]
    slip = (line[70:82] if account[:3] == "237" else line[62:70]).strip()
    return EntryRead(
        place=Place(file=findings.file, row=row),
        account=account,
        booked_on=happened_on,
        value_on=day_of(credit, "ddmmyy", "296") if credit.strip(" 0") else happened_on,
        currency="BRL",
        value=minor_sum(line[253:266], "254"),
        fee=minor_sum(line[175:188], "176"),
        original_currency="BRL",
        original_value=minor_sum(line[152:165], "153"),
        payer=tidy(line[324:354]) if account[:3] == "341" else "",
        references=tuple(dict.fromkeys(filter(None, (tidy(line[116:126]), slip)))),
        bank_reference=slip,
    )

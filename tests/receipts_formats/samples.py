"""Where the public samples of bank files lie, and small files of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from saldo.receipts.formats.reading import read_bank_file
from saldo.receipts.rules.entries import BankFileRead, SheetMapping

BANK = Path(__file__).parents[2].parent / "shared" / "data" / "bank"
needs_samples = pytest.mark.skipif(not BANK.is_dir(), reason="the public samples are not here")


def samples(folder: str, ending: str) -> list[Path]:
    return sorted((BANK / folder).glob(f"*{ending}")) if BANK.is_dir() else []


def read(data: bytes | str, *mappings: SheetMapping) -> BankFileRead:
    return read_bank_file(data=data.encode() if isinstance(data, str) else data, mappings=mappings)


def codes(file: BankFileRead) -> list[str]:
    return [problem.code for problem in file.warnings] + ([file.refused.code] if file.refused else [])


def camt(*entries: str, opening: str = "100.00", closing: str = "100.00", message: str = "BkToCstmrStmt") -> str:
    inner = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn", "BkToCstmrAcctRpt": "Rpt"}[message]
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">{value}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-05-04</Dt></Dt></Bal>"
        for code, value in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<{message}><GrpHdr><MsgId>m1</MsgId></GrpHdr><{inner}><Id>s1</Id><CreDtTm>2026-05-05T06:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id><Ccy>SEK</Ccy></Acct>"
        f"{balances if inner == 'Stmt' else ''}{''.join(entries)}</{inner}></{message}></Document>"
    )


def entry(
    value: str = "50.00",
    *,
    reference: str = "",
    details: str = "",
    status: str = "<Cd>BOOK</Cd>",
    sign: str = "CRDT",
    day: str = "2026-05-04",
    more: str = "",
    text: str = "",
) -> str:
    told = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return (
        f'<Ntry><Amt Ccy="SEK">{value}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>{told}"
        f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>{text}</AddtlNtryInf></Ntry>"
    )


def part(value: str, *, end_to_end: str = "", ocr: str = "", name: str = "", more: str = "") -> str:
    amount = f'<Amt Ccy="SEK">{value}</Amt>' if value else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>{amount}"
        f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Strd><CdtrRefInf><Ref>{ocr}</Ref></CdtrRefInf></Strd></RmtInf>{more}</TxDtls>"
    )


MT940 = """:20:REF1
:25:NL71RABO0123456789
:28C:1/1
:60F:C260503EUR100,00
:61:2605040504C50,00NTRF1234567897//BANK1
:86:166?00CREDIT?20EREF+E2E-77?21SVWZ+FAKTURA 4711?31DE89370400440532013000?32Olles far?33g AB
:61:2605040504RC10,00NRTINONREF//BANK2
:86:returned
:61:2605050505D5,50NCHGNONREF
:86:bank fee
:62F:C260505EUR134,50
-
"""

_N43_ACCOUNT = "2100" + "0418" + "0200051332"
NORMA43 = "\n".join(
    (
        f"11{_N43_ACCOUNT}2605012605052000000001000009783{'EMPRESA SL':<26}   ",
        "22    041826050426050504001200000000012345" + "0000004711" + "123456789012" + "REFERENCIA DOS  ",
        f"2301{'TRANSFERENCIA DE':<38}{'CLIENTE UNO SL':<38}",
        "240184000000000013580",
        f"22    041826050526050517001100000000000345{'':0<10}{'':0<12}{'':<16}",
        f"33{_N43_ACCOUNT}0000100000000000345000010000000001234520000000011200097" + "8    ",
        f"88{'':9<18}000006{'':<54}",
    )
)

BGMAX = "\n".join(
    (
        "01BGMAX               0120260504173035010331P".ljust(80),
        "05" + "0009912346" + " " * 10 + "SEK".ljust(58),
        "20" + "0037835121" + "1234567897".rjust(25) + "000000000000110000" + "21" + "000000000012" + "0".ljust(11),
        "22" + "0037835121" + "4711".rjust(25) + "000000000000000000" + "21" + "000000000012" + "0".ljust(11),
        "25" + "Faktura 4711".ljust(78),
        "26" + "Olles färg AB".ljust(78),
        "21" + "0037835121" + "1234567897".rjust(25) + "000000000000010000" + "21" + "000000000013" + "01".ljust(11),
        "15" + "0" * 35 + "20260504" + "00036" + "000000000000100000" + "SEK" + "00000002" + " ",
        "70" + "00000001" + "00000001" + "00000001" + "00000001" + " " * 46,
    )
)

"""The payment file: ISO 20022 pain.001 from an own small template, with Microsoft's document number as remittance.

One debtor account, one day, one currency, one transaction a document; refunds have a payee each. Texts are cut to the
characters and lengths that every bank takes; amounts are written with the currency's own digits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lxml import etree
from stdnum import iban

from saldo.core.money import add_up, amount_text
from saldo.core.problems import Refused

Version = Literal["001.001.03", "001.001.09"]

_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_UNFOLDED = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "&": "+"})
_MOST_NAME, _MOST_ID, _MOST_WORDS = 70, 35, 140


class UnableToWriteFile(Refused):
    """A payment file that no bank would take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One side of a payment: whose, and how the bank finds it; ``number`` where there is no IBAN."""

    name: str
    country: str
    iban: str
    bic: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One document paid; ``payee`` where it has one of its own, ``words`` where it is told in words instead."""

    document: str
    invoiced_on: date
    value: Decimal
    payee: Account | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFile:
    """Everything a payment file says."""

    number: str
    made_at: datetime
    pay_on: date
    currency: str
    payer: Account
    payee: Account
    transfers: tuple[Transfer, ...]


def payment_xml(*, file: PaymentFile, version: Version = "001.001.09") -> bytes:
    """The file as bytes, UTF-8.

    Refuses (UnableToWriteFile): payables.file.nothing, .no-amount, .bad-iban, .no-account.
    """
    _check(file)
    space = f"urn:iso:std:iso:20022:tech:xsd:pain.{version}"
    root = etree.Element(f"{{{space}}}Document", nsmap={None: space})  # type: ignore[dict-item]  # the stubs know no default namespace
    start = _add(root, "CstmrCdtTrfInitn")
    _head(start, file)
    block = _payment_block(start, file, version)
    for place, transfer in enumerate(file.transfers, start=1):
        _transfer(block, file, transfer, place, version)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def bank_text(text: str, most: int) -> str:
    """A text in the characters that every bank takes: accents go, other signs become a point."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter in _ALLOWED else "." for letter in letters)[:most].strip()


def _check(file: PaymentFile) -> None:
    facts = {"run": file.number}
    if not file.transfers:
        raise UnableToWriteFile(code="payables.file.nothing", facts=facts)
    if any(one.value <= 0 for one in file.transfers):
        raise UnableToWriteFile(code="payables.file.no-amount", facts=facts)
    for account in (file.payer, *(one.payee or file.payee for one in file.transfers)):
        if account.iban and not iban.is_valid(account.iban):
            raise UnableToWriteFile(code="payables.file.bad-iban", facts=facts | {"iban": account.iban})
        if not account.iban and not account.number:
            raise UnableToWriteFile(code="payables.file.no-account", facts=facts | {"name": account.name})


def _head(start: etree._Element, file: PaymentFile) -> None:
    head = _add(start, "GrpHdr")
    _add(head, "MsgId", bank_text(file.number, _MOST_ID))
    _add(head, "CreDtTm", file.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(head, file)
    _add(_add(head, "InitgPty"), "Nm", bank_text(file.payer.name, _MOST_NAME))


def _sums(parent: etree._Element, file: PaymentFile) -> None:
    _add(parent, "NbOfTxs", str(len(file.transfers)))
    _add(parent, "CtrlSum", amount_text(add_up(one.value for one in file.transfers), file.currency))


def _payment_block(start: etree._Element, file: PaymentFile, version: Version) -> etree._Element:
    block = _add(start, "PmtInf")
    _add(block, "PmtInfId", bank_text(f"{file.number}-1", _MOST_ID))
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")
    _sums(block, file)
    if _is_sepa(file):
        _add(_add(_add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    day = block if version == "001.001.03" else _add(block, "ReqdExctnDt")
    _add(day, "ReqdExctnDt" if version == "001.001.03" else "Dt", file.pay_on.isoformat())
    _party(block, "Dbtr", file.payer)
    _account(block, "DbtrAcct", file.payer)
    _bank(block, "DbtrAgt", file.payer, version)
    _add(block, "ChrgBr", "SLEV" if _is_sepa(file) else "SHAR")
    return block


def _transfer(block: etree._Element, file: PaymentFile, transfer: Transfer, place: int, version: Version) -> None:
    one = _add(block, "CdtTrfTxInf")
    ids = _add(one, "PmtId")
    _add(ids, "InstrId", bank_text(f"{file.number}-{place}", _MOST_ID))
    _add(ids, "EndToEndId", bank_text(f"{file.number}-{transfer.document}", _MOST_ID))
    amount = _add(_add(one, "Amt"), "InstdAmt", amount_text(transfer.value, file.currency))
    amount.set("Ccy", file.currency)
    payee = transfer.payee or file.payee
    if payee.bic:
        _bank(one, "CdtrAgt", payee, version)
    _party(one, "Cdtr", payee)
    _account(one, "CdtrAcct", payee)
    remittance = _add(one, "RmtInf")
    if transfer.words:
        _add(remittance, "Ustrd", bank_text(transfer.words, _MOST_WORDS))
        return
    document = _add(_add(remittance, "Strd"), "RfrdDocInf")
    _add(_add(_add(document, "Tp"), "CdOrPrtry"), "Cd", "CINV")
    _add(document, "Nb", bank_text(transfer.document, _MOST_ID))
    _add(document, "RltdDt", transfer.invoiced_on.isoformat())


def _party(parent: etree._Element, tag: str, account: Account) -> None:
    party = _add(parent, tag)
    _add(party, "Nm", bank_text(account.name, _MOST_NAME))
    if account.country:
        _add(_add(party, "PstlAdr"), "Ctry", account.country)


def _account(parent: etree._Element, tag: str, account: Account) -> None:
    ids = _add(_add(parent, tag), "Id")
    if account.iban:
        _add(ids, "IBAN", iban.compact(account.iban))
    else:
        _add(_add(ids, "Othr"), "Id", bank_text(account.number, 34))


def _bank(parent: etree._Element, tag: str, account: Account, version: Version) -> None:
    bank = _add(_add(parent, tag), "FinInstnId")
    if account.bic:
        _add(bank, "BIC" if version == "001.001.03" else "BICFI", account.bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _is_sepa(file: PaymentFile) -> bool:
    payees = (one.payee or file.payee for one in file.transfers)
    return file.currency == "EUR" and bool(file.payer.iban) and all(payee.iban for payee in payees)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    space = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{space}}}{tag}")
    if text is not None:
        child.text = text
    return child

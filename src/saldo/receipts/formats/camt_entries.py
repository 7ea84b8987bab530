"""The entries of a camt statement: each transaction of a batch by itself, when they add up to what was booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from saldo.core.money import add_up, round_half_up
from saldo.core.problems import Place
from saldo.receipts.formats.camt_tree import at, every, said
from saldo.receipts.formats.fields import iso_day, plain_sum, tidy
from saldo.receipts.rules.entries import EntryRead, Findings, Unreadable

_REFERENCES = ("Refs/EndToEndId", "Refs/InstrId", "Refs/TxId", "Refs/UETR", "Refs/MsgId", "Refs/MndtId")
_NO_REFERENCE = {"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"}
_RETURNS = {"RRTN", "RPCR", "RRCT", "UPDD", "UPCT", "CRRV", "PRTN", "UPCQ", "ARET", "PMRT"}
_FEES = {"CHRG", "FEES", "COMM", "COME", "COMI", "COMT", "CHRC", "TAXE"}
_INTEREST = {"INTR", "CAIN", "DAJT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booking:
    """What the bank booked as one sum: the whole that the transactions of an entry share."""

    place: Place
    account: str
    booked_on: date
    value_on: date
    currency: str
    value: Decimal
    reference: str
    is_pending: bool
    is_reversal: bool
    codes: frozenset[str]
    text: str


def read_entries(*, statement: Element, account: str, first: int, findings: Findings) -> tuple[EntryRead, ...]:
    """All entries of one statement; one that cannot be read is named with its place and left out."""
    entries: list[EntryRead] = []
    for row, entry in enumerate(every(statement, "Ntry"), start=first):
        try:
            booking = _booking(statement, entry, account, row, findings)
            if not booking.value:
                findings.add("receipts.entry.zero", row, column="Ntry/Amt")
                continue
            entries.extend(_parts(entry, booking, findings))
        except Unreadable as fault:
            findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
    return tuple(entries)


def _booking(statement: Element, entry: Element, account: str, row: int, findings: Findings) -> _Booking:
    value, currency = _sum(at(entry, "Amt"), "Ntry/Amt")
    status = said(entry, "Sts/Cd") or said(entry, "Sts") or "BOOK"
    value_on = _day(entry, "ValDt")
    booked_on = _day(entry, "BookgDt") or value_on
    if booked_on is None:
        booked_on = iso_day(said(statement, "CreDtTm"), "Ntry/BookgDt")
        findings.add("receipts.entry.day-assumed", row, column="Ntry/BookgDt", day=booked_on.isoformat())
    return _Booking(
        place=Place(file=findings.file, row=row),
        account=account,
        booked_on=booked_on,
        value_on=value_on or booked_on,
        currency=currency,
        value=value * _direction(entry, "Ntry/CdtDbtInd"),
        reference=_reference(said(entry, "AcctSvcrRef")),
        is_pending=status in ("PDNG", "FUTR", "INFO"),
        is_reversal=said(entry, "RvslInd") in ("true", "1"),
        codes=frozenset(element.text or "" for element in every(entry, "BkTxCd/Domn/Fmly/*")),
        text=tidy(said(entry, "AddtlNtryInf")),
    )


def _parts(entry: Element, booking: _Booking, findings: Findings) -> Iterator[EntryRead]:
    details = list(every(entry, "NtryDtls/TxDtls")) or list(every(entry, "TxDtls"))
    if len(details) < 2:
        yield _entry(booking, entry, details[0] if details else None, booking.value)
        return
    values = [_part_value(detail, booking) for detail in details]
    if None in values or add_up(value for value in values if value is not None) != booking.value:
        findings.add(
            "receipts.batch.differs",
            booking.place.row,
            column="Ntry/NtryDtls",
            booked=f"{booking.value:f}",
            parts=str(len(details)),
        )
        yield _entry(booking, entry, None, booking.value, all_of=details)
        return
    for number, (detail, value) in enumerate(zip(details, values, strict=True), start=1):
        if value:
            yield _entry(booking, entry, detail, value, part=number)


def _part_value(detail: Element, booking: _Booking) -> Decimal | None:
    """A part's signed value in the account's currency, None where the file does not say it in that currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        amount = at(detail, path)
        if amount is not None and amount.get("Ccy", booking.currency) == booking.currency:
            value, _ = _sum(amount, f"TxDtls/{path}")
            indicator = said(detail, "CdtDbtInd")
            sign = {"CRDT": 1, "DBIT": -1}.get(indicator, 1 if booking.value > 0 else -1)
            return value * sign
    return None


def _entry(
    booking: _Booking,
    entry: Element,
    detail: Element | None,
    value: Decimal,
    *,
    part: int = 0,
    all_of: Sequence[Element] = (),
) -> EntryRead:
    side = "Dbtr" if value > 0 else "Cdtr"
    original, original_currency = _original(detail if detail is not None else entry, booking.currency)
    reference = _reference(said(detail, "Refs/AcctSvcrRef"))
    if not reference and booking.reference:
        reference = f"{booking.reference}/{part}" if part else booking.reference
    told = (_free_text(detail), tidy(said(detail, "AddtlTxInf")), booking.text)
    references = [found for one in ((detail,) if detail is not None else all_of) for found in _references(one)]
    return EntryRead(
        place=Place(file=booking.place.file, row=booking.place.row, column=f"TxDtls {part}" if part else ""),
        account=booking.account,
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        currency=booking.currency,
        value=value,
        fee=_fee(detail if detail is not None else entry, booking.currency),
        original_currency=original_currency,
        original_value=original,
        payer=tidy(_party(detail, side)),
        payer_account=_party_account(detail, side),
        references=tuple(dict.fromkeys(references)),
        text=" ".join(dict.fromkeys(filter(None, told))),
        bank_reference=reference,
        kind=_kind(booking, detail),
        is_pending=booking.is_pending,
        movement=f"{booking.account}|{booking.booked_on}|{booking.value:f}|{booking.reference}"
        if booking.reference
        else "",
    )


def _sum(amount: Element | None, column: str) -> tuple[Decimal, str]:
    if amount is None:
        raise Unreadable(column, "")
    currency = amount.get("Ccy", "")
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Unreadable(f"{column}@Ccy", currency)
    value = plain_sum(amount.text or "", column)
    if value != round_half_up(value, currency):
        raise Unreadable(column, amount.text or "")
    return value, currency


def _direction(entry: Element, column: str) -> int:
    indicator = said(entry, "CdtDbtInd")
    if indicator not in ("CRDT", "DBIT"):
        raise Unreadable(column, indicator)
    return 1 if indicator == "CRDT" else -1


def _day(entry: Element, name: str) -> date | None:
    text = said(entry, f"{name}/Dt") or said(entry, f"{name}/DtTm")
    return iso_day(text, f"Ntry/{name}") if text else None


def _reference(text: str) -> str:
    return "" if text.upper() in _NO_REFERENCE else text


def _references(detail: Element) -> Iterator[str]:
    structured = every(detail, "RmtInf/Strd")
    for remittance in structured:
        yield from filter(
            None, (_reference(said(remittance, "CdtrRefInf/Ref")), said(remittance, "CdtrRefInf/CdtrRef"))
        )
        for document in every(remittance, "RfrdDocInf"):
            yield from filter(None, (said(document, "Nb"), said(document, "RfrdDocNb")))
    for path in _REFERENCES:
        yield from filter(None, (_reference(said(detail, path)),))


def _free_text(detail: Element | None) -> str:
    words = [" ".join((line.text or "").split()) for line in every(detail, "RmtInf/Ustrd")]
    words += [" ".join((line.text or "").split()) for line in every(detail, "RmtInf/Strd/AddtlRmtInf")]
    return tidy(" ".join(words))


def _party(detail: Element | None, side: str) -> str:
    for path in (f"Ultmt{side}/Nm", f"Ultmt{side}/Pty/Nm", f"{side}/Nm", f"{side}/Pty/Nm", "InitgPty/Nm"):
        found = said(detail, f"RltdPties/{path}")
        if found:
            return found
    return ""


def _party_account(detail: Element | None, side: str) -> str:
    for path in ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id"):
        found = said(detail, f"RltdPties/{side}Acct/{path}")
        if found:
            return found.replace(" ", "")
    return ""


def _original(element: Element, currency: str) -> tuple[Decimal | None, str]:
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/TxAmt/Amt"):
        amount = at(element, path)
        if amount is not None:
            value, said_in = _sum(amount, path)
            if said_in != currency or path.startswith("AmtDtls/InstdAmt"):
                return value, said_in
    return None, ""


def _fee(element: Element, currency: str) -> Decimal:
    total = at(element, "Chrgs/TtlChrgsAndTaxAmt")
    amounts = [total] if total is not None else [*every(element, "Chrgs/Rcrd/Amt"), *every(element, "Chrgs/Amt")]
    sums = [_sum(amount, "Chrgs/Amt") for amount in amounts if amount is not None]
    return add_up(value for value, said_in in sums if said_in == currency)


def _kind(booking: _Booking, detail: Element | None) -> str:
    codes = booking.codes | {element.text or "" for element in every(detail, "BkTxCd/Domn/Fmly/*")}
    if booking.is_reversal or at(detail, "RtrInf") is not None or codes & _RETURNS:
        return "return"
    if codes & _FEES:
        return "fee"
    return "interest" if codes & _INTEREST else "payment"

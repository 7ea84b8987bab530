"""Payments as banks send them: camt.053, BgMax and MT940, plain and valid; what reads them is written elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from saldo.generator.bank_town import Payment

_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def camt_053(*, payments: Sequence[Payment], account: str, currency: str, opening: Decimal, made_on: date) -> bytes:
    """One statement of one account over all payments of its currency, with balances that add up."""
    own = [payment for payment in payments if payment.currency == currency]
    closing = opening + sum((payment.value for payment in own), Decimal(0))
    first, last = (own[0].on, own[-1].on) if own else (made_on, made_on)
    entries = "".join(_camt_entry(payment) for payment in own)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_CAMT}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>SALDO-{made_on:%Y%m%d}</MsgId><CreDtTm>{made_on}T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{made_on:%Y%m%d}-{currency}</Id><CreDtTm>{made_on}T06:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{_balance('OPBD', opening, currency, first)}{_balance('CLBD', closing, currency, last)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _balance(kind: str, value: Decimal, currency: str, on: date) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(value):.2f}</Amt>'
        f"<CdtDbtInd>{_side(value)}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _side(value: Decimal) -> str:
    return "CRDT" if value >= 0 else "DBIT"


def _camt_entry(payment: Payment) -> str:
    amount = f'<Amt Ccy="{payment.currency}">{abs(payment.value):.2f}</Amt>'
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{}</Cd><SubFmlyCd>{}</SubFmlyCd></Fmly></Domn></BkTxCd>"
    kind = code.format("IDDT", "UPDD") if payment.kind == "return" else code.format("RCDT", "DMCT")
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if payment.kind == "return" else ""
    return (
        f"<Ntry><NtryRef>{payment.number}</NtryRef>{amount}<CdtDbtInd>{_side(payment.value)}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{payment.on}</Dt></BookgDt><ValDt><Dt>{payment.on}</Dt></ValDt>"
        f"<AcctSvcrRef>{payment.bank_reference}</AcctSvcrRef>{kind}<NtryDtls><TxDtls>"
        f"<Refs><AcctSvcrRef>{payment.bank_reference}</AcctSvcrRef></Refs>{amount}"
        f"<CdtDbtInd>{_side(payment.value)}</CdtDbtInd>{_ordered(payment)}{_charges(payment)}{_parties(payment)}"
        f"{_remittance(payment)}{back}</TxDtls></NtryDtls></Ntry>"
    )


def _ordered(payment: Payment) -> str:
    if payment.original_value is None:
        return ""
    amount = f'<Amt Ccy="{payment.original_currency}">{payment.original_value:.2f}</Amt>'
    return f"<AmtDtls><InstdAmt>{amount}</InstdAmt></AmtDtls>"


def _charges(payment: Payment) -> str:
    if not payment.fee:
        return ""
    amount = f'<Amt Ccy="{payment.currency}">{payment.fee:.2f}</Amt>'
    return f"<Chrgs><Rcrd>{amount}<CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>"


def _parties(payment: Payment) -> str:
    name = f"<Dbtr><Pty><Nm>{escape(payment.payer)}</Nm></Pty></Dbtr>" if payment.payer else ""
    number = f"<Othr><Id>{payment.payer_account}</Id></Othr>"
    account = f"<DbtrAcct><Id>{number}</Id></DbtrAcct>" if payment.payer_account else ""
    return f"<RltdPties>{name}{account}</RltdPties>" if name or account else ""


def _remittance(payment: Payment) -> str:
    plain = f"<Ustrd>{escape(payment.text)}</Ustrd>" if payment.text else ""
    told = "".join(
        f"<Strd><CdtrRefInf><Ref>{escape(reference)}</Ref></CdtrRefInf></Strd>" for reference in payment.references
    )
    return f"<RmtInf>{plain}{told}</RmtInf>" if plain or told else ""


def bgmax(*, payments: Sequence[Payment], giro: str, made_on: date) -> bytes:
    """Bankgirot's file of deposits: one section a day, payments in kronor only, returns left out."""
    own = [payment for payment in payments if payment.currency == "SEK" and payment.value > 0]
    lines = [f"01BGMAX               01{made_on:%Y%m%d}120000000000P"]
    days = sorted({payment.on for payment in own})
    for number, day in enumerate(days, start=1):
        of_day = [payment for payment in own if payment.on == day]
        lines.append(f"05{giro:0>10}{'':10}SEK")
        for payment in of_day:
            lines += _bgmax_payment(payment)
        total = sum((payment.value for payment in of_day), Decimal(0))
        lines.append(f"15{'':0>35}{day:%Y%m%d}{number:0>5}{_ore(total)}SEK{len(of_day):0>8}1")
    lines.append(f"70{len(own):0>8}{0:0>8}{0:0>8}{len(days):0>8}")
    return "".join(f"{line:<80.80}\r\n" for line in lines).encode("latin-1", "replace")


def _bgmax_payment(payment: Payment) -> list[str]:
    reference = payment.references[0].replace(" ", "") if payment.references else ""
    code = "2" if reference.isdigit() else "1" if not reference else "5"
    number = f"{payment.number:0>12}"
    head = f"20{0:0>10}{reference:<25.25}{_ore(payment.value)}{code}1{number}0"
    lines = [head]
    lines += [f"25{payment.text[start : start + 50]}" for start in range(0, len(payment.text), 50)]
    if payment.payer:
        lines.append(f"26{payment.payer:<35.35}")
    return lines


def _ore(value: Decimal) -> str:
    return f"{int(value * 100):0>18}"


def mt940(*, payments: Sequence[Payment], account: str, currency: str, opening: Decimal) -> bytes:
    """One SWIFT statement of one account: a line a payment, name, reference and text in field 86."""
    own = [payment for payment in payments if payment.currency == currency]
    first = own[0].on if own else date(2026, 1, 1)
    last = own[-1].on if own else first
    closing = opening + sum((payment.value for payment in own), Decimal(0))
    lines = [":20:SALDO", f":25:{account}", ":28C:1/1", f":60F:{_mt_balance(opening, first, currency)}"]
    for payment in own:
        sign = "C" if payment.value >= 0 else "D"
        amount = f"{abs(payment.value):.2f}".replace(".", ",")
        reference = (payment.references[0] if payment.references else "NONREF").replace(" ", "")[:16]
        lines.append(f":61:{payment.on:%y%m%d%m%d}{sign}{amount}NTRF{reference}//{payment.bank_reference[:16]}")
        said = " ".join((*payment.references, payment.text, payment.payer)).strip()
        told = said.encode("ascii", "replace").decode().replace("?", ".").replace("\n", " ")[:380]
        lines.append(f":86:{told[:61]}")
        lines += [told[start : start + 65].lstrip(":-") for start in range(61, len(told), 65)]
    lines += [f":62F:{_mt_balance(closing, last, currency)}", "-"]
    return "\r\n".join((*lines, "")).encode("ascii", "replace")


def _mt_balance(value: Decimal, on: date, currency: str) -> str:
    amount = f"{abs(value):.2f}".replace(".", ",")
    return f"{'C' if value >= 0 else 'D'}{on:%y%m%d}{currency}{amount}"

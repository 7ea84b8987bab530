"""ISO 20022 camt.052, .053 and .054 of any version, by the local names of their elements.

Source: the message definitions of ISO 20022 (bank-to-customer account report, statement, notification).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from saldo.core.problems import Problem
from saldo.receipts.formats.camt_entries import read_entries
from saldo.receipts.formats.camt_tree import at, every, only_local_names, said
from saldo.receipts.formats.fields import plain_sum
from saldo.receipts.rules.entries import Findings, StatementRead, Unreadable

_MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
_OLD_MESSAGES = {
    "BkToCstmrAcctRptV01": ("camt.052", "Rpt"),
    "BkToCstmrStmtV01": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctnV01": ("camt.054", "Ntfctn"),
}
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)


def is_xml(data: bytes) -> bool:
    """Whether a file begins like XML, in any encoding that a bank would use."""
    head = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")


def read_camt(*, data: bytes, findings: Findings) -> tuple[str, tuple[StatementRead, ...]] | Problem:
    """The statements of a message; refused whole when it is no sound XML, holds a DTD or is another message."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        return findings.problem("receipts.file.hostile-xml", 0)
    except ParseError as fault:
        return findings.problem("receipts.file.broken-xml", fault.position[0], at=str(fault.position[1]))
    except (ValueError, LookupError, RecursionError):
        return findings.problem("receipts.file.broken-xml", 0, at="0")
    only_local_names(root)
    for message in root:
        known = _MESSAGES.get(message.tag) or _OLD_MESSAGES.get(message.tag)
        if known is None:
            continue
        statements = tuple(_statements(message, known[1], findings))
        if not statements:
            return findings.problem("receipts.file.no-statement", 0, column=known[1], format=known[0])
        return known[0], statements
    return findings.problem("receipts.file.unknown-format", 0, seen=str(root.tag))


def _statements(message: Element, name: str, findings: Findings) -> Iterator[StatementRead]:
    first = 1
    for statement in every(message, name):
        account = account_number(at(statement, "Acct"))
        if not account:
            findings.add("receipts.statement.no-account", first, column=f"{name}/Acct/Id")
        entries = read_entries(statement=statement, account=account, first=first, findings=findings)
        currencies = {entry.currency for entry in entries}
        currency = said(statement, "Acct/Ccy") or _balance_currency(statement)
        currency = currency or (currencies.pop() if len(currencies) == 1 else "")
        yield StatementRead(
            account=account,
            currency=currency,
            number=said(statement, "Id"),
            opening=_balance(statement, _OPENING, (account, currency), first, findings),
            closing=_balance(statement, _CLOSING, (account, currency), first, findings),
            entries=entries if account else (),
            row=first,
        )
        first += sum(1 for _ in every(statement, "Ntry"))


def account_number(account: Element | None) -> str:
    """The IBAN or whatever other number names an account."""
    for path in ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC"):
        found = said(account, path)
        if found:
            return found.replace(" ", "")
    return ""


def _balances(statement: Element, codes: tuple[str, ...]) -> Iterator[Element]:
    for code in codes:
        for balance in every(statement, "Bal"):
            if (said(balance, "Tp/CdOrPrtry/Cd") or said(balance, "Tp/Cd")) == code:
                yield balance


def _balance_currency(statement: Element) -> str:
    for balance in _balances(statement, (*_OPENING, *_CLOSING)):
        amount = at(balance, "Amt")
        if amount is not None:
            return amount.get("Ccy", "")
    return ""


def _balance(
    statement: Element, codes: tuple[str, ...], of: tuple[str, str], row: int, findings: Findings
) -> Decimal | None:
    account, currency = of
    for balance in _balances(statement, codes):
        amount = at(balance, "Amt")
        if amount is None:
            continue
        if amount.get("Ccy") not in (None, currency):
            findings.add("receipts.statement.mixed-currencies", row, column="Bal/Amt", account=account)
            return None
        try:
            value = plain_sum(amount.text or "", "Bal/Amt")
        except Unreadable as fault:
            findings.add("receipts.entry.unreadable", row, column=fault.column, seen=fault.seen)
            return None
        return -value if said(balance, "CdtDbtInd") == "DBIT" else value
    return None

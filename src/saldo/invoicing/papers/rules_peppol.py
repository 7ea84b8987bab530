"""What Peppol BIS Billing 3.0 asks beyond EN 16931, and what Swedish sellers are asked beyond both (SE-R)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from saldo.core.money import ZERO
from saldo.invoicing.papers.reading import Finding, Read
from saldo.invoicing.rules.references import is_ocr

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_SELLER = "a:AccountingSupplierParty/a:Party"
_BUYER = "a:AccountingCustomerParty/a:Party"
_SLACK = Decimal("0.02")
_SWEDISH_RATES = {Decimal(6), Decimal(12), Decimal(25)}
_F_TAX = "GODKÄND FÖR F-SKATT"


def check_peppol(xml: bytes) -> tuple[Finding, ...]:
    """Every rule of Peppol BIS Billing 3.0 and of Sweden that a document breaks, those of EN 16931 left out."""
    read = Read(xml)
    checks = (_process, _addresses, _taxes, _lines, _identifiers, _swedish_party, _swedish_tax, _swedish_payment)
    return tuple(dict.fromkeys(finding for check in checks for finding in check(read)))


def _process(read: Read) -> Iterator[Finding]:
    if not re.fullmatch(r"urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0", read.text("b:ProfileID")):
        yield Finding(rule="PEPPOL-EN16931-R007", seen=read.text("b:ProfileID"))
    if not read.text("b:CustomizationID").startswith(CUSTOMIZATION):
        yield Finding(rule="PEPPOL-EN16931-R004", seen=read.text("b:CustomizationID"))
    if len(read.all("b:Note")) > 1:
        yield Finding(rule="PEPPOL-EN16931-R002")
    if not (read.text("b:BuyerReference") or read.text("a:OrderReference/b:ID")):
        yield Finding(rule="PEPPOL-EN16931-R003")
    for each in read.all("//*[not(*) and not(normalize-space())]"):
        yield Finding(rule="PEPPOL-EN16931-R008", seen=etree.QName(each).localname)


def _addresses(read: Read) -> Iterator[Finding]:
    if not read.text(f"{_BUYER}/b:EndpointID"):
        yield Finding(rule="PEPPOL-EN16931-R010")
    if not read.text(f"{_SELLER}/b:EndpointID"):
        yield Finding(rule="PEPPOL-EN16931-R020")
    for each in read.all("//b:EndpointID"):
        if not re.fullmatch(r"[0-9]{4}", each.get("schemeID") or "0000"):
            yield Finding(rule="PEPPOL-EN16931-CL008", seen=each.get("schemeID") or "")


def _taxes(read: Read) -> Iterator[Finding]:
    tax_currency = read.text("b:TaxCurrencyCode")
    if tax_currency and tax_currency == read.currency:
        yield Finding(rule="PEPPOL-EN16931-R005", seen=tax_currency)
    if len(read.all("a:TaxTotal[a:TaxSubtotal]")) != 1:
        yield Finding(rule="PEPPOL-EN16931-R053")
    if len(read.all("a:TaxTotal[not(a:TaxSubtotal)]")) != (1 if tax_currency else 0):
        yield Finding(rule="PEPPOL-EN16931-R054")
    local = read.amount(f"a:TaxTotal/b:TaxAmount[@currencyID='{tax_currency}']") if tax_currency else None
    tax = read.amount(f"a:TaxTotal/b:TaxAmount[@currencyID='{read.currency}']")
    if local is not None and tax is not None and local * tax < ZERO:
        yield Finding(rule="PEPPOL-EN16931-R055")
    for each in read.all("//*[@currencyID]"):
        is_tax = tax_currency and each.get("currencyID") == tax_currency and etree.QName(each).localname == "TaxAmount"
        if each.get("currencyID") != read.currency and not is_tax:
            yield Finding(rule="PEPPOL-EN16931-R051", seen=each.get("currencyID") or "")


def _lines(read: Read) -> Iterator[Finding]:
    first, last = read.text("a:InvoicePeriod/b:StartDate"), read.text("a:InvoicePeriod/b:EndDate")
    for line in read.lines:
        starts, ends = (read.text(f"a:InvoicePeriod/b:{name}Date", line) for name in ("Start", "End"))
        if first and starts and starts < first:
            yield Finding(rule="PEPPOL-EN16931-R110", seen=starts)
        if last and ends and ends > last:
            yield Finding(rule="PEPPOL-EN16931-R111", seen=ends)
        yield from _line_amount(read, line)


def _line_amount(read: Read, line: etree._Element) -> Iterator[Finding]:
    base = read.amount("a:Price/b:BaseQuantity", line)
    if base is not None and base <= ZERO:
        yield Finding(rule="PEPPOL-EN16931-R121", seen=f"{base}")
        return
    quantity = read.amount("b:InvoicedQuantity | b:CreditedQuantity", line) or ZERO
    price = read.amount("a:Price/b:PriceAmount", line) or ZERO
    charges = read.total("a:AllowanceCharge[b:ChargeIndicator='true']/b:Amount", line)
    allowances = read.total("a:AllowanceCharge[b:ChargeIndicator='false']/b:Amount", line)
    exact = quantity * price / (base or 1) + charges - allowances
    said = read.amount("b:LineExtensionAmount", line) or ZERO
    if abs(said - exact) > _SLACK:
        yield Finding(rule="PEPPOL-EN16931-R120", seen=f"{said} {exact:f}")


def _identifiers(read: Read) -> Iterator[Finding]:
    for each in read.all("//b:EndpointID[@schemeID='0007'] | //b:CompanyID[@schemeID='0007']"):
        if not (len(each.text or "") == 10 and is_ocr(each.text or "")):
            yield Finding(rule="PEPPOL-COMMON-R049", seen=each.text or "")


def _swedish_party(read: Read) -> Iterator[Finding]:
    if read.text(f"{_SELLER}/a:PostalAddress/a:Country/b:IdentificationCode") != "SE":
        return
    vat = read.text(f"{_SELLER}/a:PartyTaxScheme[a:TaxScheme/b:ID='VAT']/b:CompanyID")
    if vat.startswith("SE") and len(vat) != 14:
        yield Finding(rule="SE-R-001", seen=vat)
    if vat.startswith("SE") and not vat[2:].isdigit():
        yield Finding(rule="SE-R-002", seen=vat)
    number = read.text(f"{_SELLER}/a:PartyLegalEntity/b:CompanyID")
    for rule, is_right in (
        ("SE-R-003", number.isdigit()),
        ("SE-R-004", len(number) == 10),
        ("SE-R-013", is_ocr(number)),
    ):
        if number and not is_right:
            yield Finding(rule=rule, seen=number)
    other = read.text(f"{_SELLER}/a:PartyTaxScheme[a:TaxScheme/b:ID!='VAT']/b:CompanyID")
    if number and other and other.upper() != _F_TAX:
        yield Finding(rule="SE-R-005", seen=other)


def _swedish_tax(read: Read) -> Iterator[Finding]:
    vat = read.text(f"{_SELLER}/a:PartyTaxScheme[a:TaxScheme/b:ID='VAT']/b:CompanyID")
    country = read.text(f"{_SELLER}/a:PostalAddress/a:Country/b:IdentificationCode")
    if country == "SE" and vat.startswith("SE"):
        for category in read.all("//a:TaxCategory[b:ID='S'] | //a:ClassifiedTaxCategory[b:ID='S']"):
            if read.amount("b:Percent", category) not in _SWEDISH_RATES:
                yield Finding(rule="SE-R-006", seen=read.text("b:Percent", category))


def _swedish_payment(read: Read) -> Iterator[Finding]:
    seller, buyer = (
        read.text(f"{party}/a:PostalAddress/a:Country/b:IdentificationCode") for party in (_SELLER, _BUYER)
    )
    for means in read.all("a:PaymentMeans") if seller == "SE" else ():
        account = read.text("a:PayeeFinancialAccount/b:ID", means)
        branch = read.text("a:PayeeFinancialAccount/a:FinancialInstitutionBranch/b:ID", means)
        code = read.text("b:PaymentMeansCode", means)
        for rule, giro, is_right in (
            ("SE-R-007", "SE:PLUSGIRO", account.isdigit()),
            ("SE-R-010", "SE:PLUSGIRO", 2 <= len(account) <= 8),
            ("SE-R-008", "SE:BANKGIRO", account.isdigit()),
            ("SE-R-009", "SE:BANKGIRO", len(account) in (7, 8)),
        ):
            if branch == giro and code == "30" and not is_right:
                yield Finding(rule=rule, seen=account)
        if code in ("50", "56"):
            yield Finding(rule="SE-R-011", seen=code)
        if code == "31" and buyer == "SE":
            yield Finding(rule="SE-R-012", seen=code)

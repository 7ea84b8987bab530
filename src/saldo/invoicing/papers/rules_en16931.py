"""The business rules of EN 16931 for UBL, ours: what must be there (BR), what must add up (BR-CO), digits (BR-DEC).

Written from the standard's rules, not translated from its schematron; tests hold them against the published examples,
and against the official rules where these stand at a configured path (`official`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from saldo.core.money import ZERO
from saldo.invoicing.papers.reading import Finding, Read, figure
from saldo.invoicing.papers.rules_vat import check_vat

_CENT = Decimal("0.01")
_SELLER = "a:AccountingSupplierParty/a:Party"
_BUYER = "a:AccountingCustomerParty/a:Party"
_TOTAL = "a:LegalMonetaryTotal"
_TYPES = {"380", "381", "383", "384", "386", "389", "393", "396", "326", "351", "751", "80", "82", "84", "130", "202"}
_TYPES |= {"203", "204", "211", "218", "219", "261", "262", "295", "296", "308", "325", "331", "382", "385", "387"}
_TYPES |= {"388", "390", "394", "395", "420", "456", "457", "458", "527", "532", "575", "623", "633", "780", "81"}
_TYPES |= {"83", "870", "875", "876", "877", "935", "471", "472", "473", "500", "501", "502", "503", "553", "71"}
_COUNTED_AS_TRANSFER = {"30", "58"}

# Rule, and the path that must lead to a text.
_REQUIRED = (
    ("BR-01", "b:CustomizationID"),
    ("BR-02", "b:ID"),
    ("BR-03", "b:IssueDate"),
    ("BR-04", "b:InvoiceTypeCode | b:CreditNoteTypeCode"),
    ("BR-05", "b:DocumentCurrencyCode"),
    ("BR-06", f"{_SELLER}/a:PartyLegalEntity/b:RegistrationName"),
    ("BR-07", f"{_BUYER}/a:PartyLegalEntity/b:RegistrationName"),
    ("BR-09", f"{_SELLER}/a:PostalAddress/a:Country/b:IdentificationCode"),
    ("BR-11", f"{_BUYER}/a:PostalAddress/a:Country/b:IdentificationCode"),
    ("BR-12", f"{_TOTAL}/b:LineExtensionAmount"),
    ("BR-13", f"{_TOTAL}/b:TaxExclusiveAmount"),
    ("BR-14", f"{_TOTAL}/b:TaxInclusiveAmount"),
    ("BR-15", f"{_TOTAL}/b:PayableAmount"),
)
# Rule, the element that may be there, and what each such must have.
_REQUIRED_WITHIN = (
    ("BR-45", "a:TaxTotal/a:TaxSubtotal", "b:TaxableAmount"),
    ("BR-46", "a:TaxTotal/a:TaxSubtotal", "b:TaxAmount"),
    ("BR-47", "a:TaxTotal/a:TaxSubtotal", "a:TaxCategory/b:ID"),
    ("BR-49", "a:PaymentMeans", "b:PaymentMeansCode"),
    ("BR-50", "a:PaymentMeans/a:PayeeFinancialAccount", "b:ID"),
    ("BR-55", "a:BillingReference", "a:InvoiceDocumentReference/b:ID"),
    ("BR-17", "a:PayeeParty", "a:PartyName/b:Name"),
    ("BR-18", "a:TaxRepresentativeParty", "a:PartyName/b:Name"),
    ("BR-19", "a:TaxRepresentativeParty", "a:PostalAddress"),
    ("BR-20", "a:TaxRepresentativeParty", "a:PostalAddress/a:Country/b:IdentificationCode"),
    ("BR-52", "a:AdditionalDocumentReference", "b:ID"),
    ("BR-31", "a:AllowanceCharge[b:ChargeIndicator!='true' and b:ChargeIndicator!='1']", "b:Amount"),
    ("BR-32", "a:AllowanceCharge[b:ChargeIndicator!='true' and b:ChargeIndicator!='1']", "a:TaxCategory/b:ID"),
    (
        "BR-33",
        "a:AllowanceCharge[b:ChargeIndicator!='true' and b:ChargeIndicator!='1']",
        "b:AllowanceChargeReason | b:AllowanceChargeReasonCode",
    ),
    ("BR-36", "a:AllowanceCharge[b:ChargeIndicator='true' or b:ChargeIndicator='1']", "b:Amount"),
    ("BR-37", "a:AllowanceCharge[b:ChargeIndicator='true' or b:ChargeIndicator='1']", "a:TaxCategory/b:ID"),
    (
        "BR-38",
        "a:AllowanceCharge[b:ChargeIndicator='true' or b:ChargeIndicator='1']",
        "b:AllowanceChargeReason | b:AllowanceChargeReasonCode",
    ),
)
_ON_LINES = (
    ("BR-21", "b:ID"),
    ("BR-22", "b:InvoicedQuantity | b:CreditedQuantity"),
    ("BR-23", "b:InvoicedQuantity/@unitCode | b:CreditedQuantity/@unitCode"),
    ("BR-24", "b:LineExtensionAmount"),
    ("BR-25", "a:Item/b:Name"),
    ("BR-26", "a:Price/b:PriceAmount"),
    ("BR-CO-04", "a:Item/a:ClassifiedTaxCategory[normalize-space(a:TaxScheme/b:ID)='VAT']/b:ID"),
)
_PERIODS = (("BR-29", "a:InvoicePeriod"), ("BR-30", "a:InvoiceLine/a:InvoicePeriod | a:CreditNoteLine/a:InvoicePeriod"))


def check_en16931(xml: bytes) -> tuple[Finding, ...]:
    """Every rule of EN 16931 that a UBL document breaks; none where it may be sent.

    A document that is no XML is a finding too: rule ``XML``.
    """
    try:
        read = Read(xml)
    except etree.XMLSyntaxError as fault:
        return (Finding(rule="XML", seen=str(fault)),)
    checks = (_required, _lines, _allowances_of_lines, _sums, _digits, _codes, _payment, _identity, _periods)
    found = [finding for check in checks for finding in check(read)]
    return tuple(dict.fromkeys([*found, *check_vat(read)]))


def _required(read: Read) -> Iterator[Finding]:
    for rule, path in _REQUIRED:
        if not read.text(path):
            yield Finding(rule=rule)
    for rule, party in (("BR-08", _SELLER), ("BR-10", _BUYER)):
        if not read.all(f"{party}/a:PostalAddress"):
            yield Finding(rule=rule)
    for rule, each, path in _REQUIRED_WITHIN:
        yield from (Finding(rule=rule) for found in read.all(each) if not read.all(path, found))
    if not read.lines:
        yield Finding(rule="BR-16")
    for rule, path in (("BR-62", f"{_SELLER}/b:EndpointID"), ("BR-63", f"{_BUYER}/b:EndpointID")):
        yield from (Finding(rule=rule) for found in read.all(path) if not found.get("schemeID"))


def _lines(read: Read) -> Iterator[Finding]:
    for line in read.lines:
        for rule, path in _ON_LINES:
            # An attribute is found as its element here: the step before the at sign.
            element, _, attribute = (
                path.split(" | ")[int(read.is_credit)].partition("/@") if "@" in path else (path, "", "")
            )
            found = read.all(element, line)
            if not found or (attribute and not found[0].get(attribute)) or not (found[0].text or "").strip():
                yield Finding(rule=rule, seen=read.text("b:ID", line))
        for rule, path in (("BR-27", "a:Price/b:PriceAmount"), ("BR-28", "a:Price/a:AllowanceCharge/b:BaseAmount")):
            if (read.amount(path, line) or ZERO) < ZERO:
                yield Finding(rule=rule, seen=read.text(path, line))


def _allowances_of_lines(read: Read) -> Iterator[Finding]:
    for line in read.lines:
        for allowance in read.all("a:AllowanceCharge", line):
            is_charge = read.text("b:ChargeIndicator", allowance) in ("true", "1")
            if not read.text("b:Amount", allowance):
                yield Finding(rule="BR-43" if is_charge else "BR-41")
            if not read.all("b:AllowanceChargeReason | b:AllowanceChargeReasonCode", allowance):
                yield Finding(rule="BR-44" if is_charge else "BR-42")


def _sums(read: Read) -> Iterator[Finding]:
    net = read.total("a:InvoiceLine/b:LineExtensionAmount | a:CreditNoteLine/b:LineExtensionAmount")
    allowances = read.total("a:AllowanceCharge[b:ChargeIndicator!='true' and b:ChargeIndicator!='1']/b:Amount")
    charges = read.total("a:AllowanceCharge[b:ChargeIndicator='true' or b:ChargeIndicator='1']/b:Amount")
    said = {name: read.amount(f"{_TOTAL}/b:{name}Amount") or ZERO for name in _TOTALS}
    in_currency = f"a:TaxTotal[b:TaxAmount/@currencyID='{read.currency}']"
    tax = read.amount(f"{in_currency}/b:TaxAmount") or ZERO
    subtotals = read.all(f"{in_currency}/a:TaxSubtotal")
    parts = read.total(f"{in_currency}/a:TaxSubtotal/b:TaxAmount")
    payable = said["TaxInclusive"] - said["Prepaid"] + said["PayableRounding"]
    for rule, is_right in (
        ("BR-CO-10", said["LineExtension"] == net),
        ("BR-CO-11", said["AllowanceTotal"] == allowances),
        ("BR-CO-12", said["ChargeTotal"] == charges),
        ("BR-CO-13", said["TaxExclusive"] == net - allowances + charges),
        ("BR-CO-14", tax == parts or not subtotals),
        ("BR-CO-15", said["TaxInclusive"] == said["TaxExclusive"] + tax),
        ("BR-CO-16", said["Payable"] == payable),
        ("BR-CO-18", bool(read.all("a:TaxTotal/a:TaxSubtotal"))),
        ("BR-CO-25", read.is_credit or said["Payable"] <= ZERO or _says_when(read)),
    ):
        if not is_right:
            yield Finding(rule=rule)
    for part in read.all("a:TaxTotal/a:TaxSubtotal"):
        if not _is_product(read, part):
            yield Finding(rule="BR-CO-17", seen=read.text("a:TaxCategory/b:Percent", part))


_TOTALS = (
    "LineExtension",
    "AllowanceTotal",
    "ChargeTotal",
    "TaxExclusive",
    "TaxInclusive",
    "Prepaid",
    "PayableRounding",
    "Payable",
)


def _is_product(read: Read, part: etree._Element) -> bool:
    """Tax is base times rate, give or take less than one unit: sums of rounded lines differ by cents."""
    base, tax = read.amount("b:TaxableAmount", part), read.amount("b:TaxAmount", part)
    percent = read.amount("a:TaxCategory/b:Percent", part) or ZERO
    if base is None or tax is None:
        return True  # BR-45, BR-46 say so
    product = (base * percent / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
    return abs(tax - product) < 1 and (bool(tax) == bool(product) or abs(tax - product) <= _CENT)


def _says_when(read: Read) -> bool:
    paths = ("b:DueDate", "a:PaymentMeans/b:PaymentDueDate", "a:PaymentTerms/b:Note")
    return any(read.text(path) for path in paths)


def _digits(read: Read) -> Iterator[Finding]:
    """Amounts of the document have at most two digits after the point; prices may have more."""
    for path in (f"{_TOTAL}/*", "a:TaxTotal//*", "a:AllowanceCharge/*", "*/b:LineExtensionAmount"):
        for each in read.all(path):
            text = (each.text or "").strip()
            if each.get("currencyID") and len(text.partition(".")[2]) > 2:
                yield Finding(rule="BR-DEC", seen=text)


def _codes(read: Read) -> Iterator[Finding]:
    kind = read.text("b:InvoiceTypeCode | b:CreditNoteTypeCode")
    if kind and kind not in _TYPES:
        yield Finding(rule="BR-CL-01", seen=kind)
    for each in read.all("//*[@currencyID]"):
        if not re.fullmatch(r"[A-Z]{3}", each.get("currencyID") or ""):
            yield Finding(rule="BR-CL-03", seen=each.get("currencyID") or "")
        if figure((each.text or "").strip()) is None:
            yield Finding(rule="BR-DEC", seen=each.text or "")
    if read.currency and not re.fullmatch(r"[A-Z]{3}", read.currency):
        yield Finding(rule="BR-CL-04", seen=read.currency)
    for each in read.all("//a:Country/b:IdentificationCode"):
        if not re.fullmatch(r"[A-Z]{2}|1A", (each.text or "").strip()):
            yield Finding(rule="BR-CL-14", seen=each.text or "")


def _payment(read: Read) -> Iterator[Finding]:
    for means in read.all("a:PaymentMeans"):
        code = read.text("b:PaymentMeansCode", means)
        if code in _COUNTED_AS_TRANSFER and not read.text("a:PayeeFinancialAccount/b:ID", means):
            yield Finding(rule="BR-61", seen=code)
    tax_currency = read.text("b:TaxCurrencyCode")
    if tax_currency and not read.all(f"a:TaxTotal/b:TaxAmount[@currencyID='{tax_currency}']"):
        yield Finding(rule="BR-53", seen=tax_currency)


def _identity(read: Read) -> Iterator[Finding]:
    paths = ("a:PartyIdentification/b:ID", "a:PartyLegalEntity/b:CompanyID", "a:PartyTaxScheme/b:CompanyID")
    if not any(read.text(f"{_SELLER}/{path}") for path in paths):
        yield Finding(rule="BR-CO-26")
    for party in (_SELLER, _BUYER, "a:TaxRepresentativeParty"):
        number = read.text(f"{party}/a:PartyTaxScheme[normalize-space(a:TaxScheme/b:ID)='VAT']/b:CompanyID")
        if number and not re.match(r"[A-Z]{2}", number):
            yield Finding(rule="BR-CO-09", seen=number)


def _periods(read: Read) -> Iterator[Finding]:
    for rule, path in _PERIODS:
        for period in read.all(path):
            first, last = read.text("b:StartDate", period), read.text("b:EndDate", period)
            if first and last and last < first:
                yield Finding(rule=rule, seen=f"{first} {last}")
            if not (first or last or read.text("b:DescriptionCode", period)):
                yield Finding(rule="BR-CO-19" if rule == "BR-29" else "BR-CO-20")

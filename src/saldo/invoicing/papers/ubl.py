"""The e-invoice: UBL 2.1 Invoice or CreditNote by EN 16931 and Peppol BIS Billing 3.0, made from `PaperFacts`.

A credit note says what it takes back as positive amounts; ours are negative and change their sign here.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.utils import translation
from lxml import etree

from saldo.core.money import every_digit
from saldo.invoicing.papers.layout import reason_of
from saldo.invoicing.papers.rules_en16931 import check_en16931
from saldo.invoicing.papers.ubl_countries import account_number_of, is_paid_by_giro, means_of
from saldo.invoicing.papers.ubl_parts import (
    CAC,
    CBC,
    category_of,
    group,
    price_of,
    put,
    put_amount,
    put_category,
    put_party,
    put_tax_total,
)
from saldo.invoicing.papers.wording import say_many
from saldo.invoicing.rules.paper import PaperFacts, PaperLine, PaperTax, UnableToWritePaper, check_sums, join_rates

_SCHEMAS = "urn:oasis:names:specification:ubl:schema:xsd:"
CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_INVOICE, _CREDIT_NOTE = "380", "381"  # UNCL1001


def ubl_xml(paper: PaperFacts) -> bytes:
    """The document as UBL 2.1; the same facts give the same bytes.

    Refuses (UnableToWritePaper) a statement, sums that do not add up, and what EN 16931's rules refuse.
    """
    if paper.kind == "statement":
        raise UnableToWritePaper(code="invoicing.ubl.not-an-invoice", facts={"number": paper.number})
    check_sums(paper)
    root = _document(_turned(paper) if paper.is_credit else paper)
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    rules = sorted({finding.rule for finding in check_en16931(xml)})
    if rules:
        raise UnableToWritePaper(code="invoicing.ubl.refused", facts={"number": paper.number, "rules": rules})
    return xml


def _document(paper: PaperFacts) -> etree._Element:
    name = "CreditNote" if paper.is_credit else "Invoice"
    space = f"{_SCHEMAS}{name}-2"
    names: dict[str | None, str] = {None: space, "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{space}}}{name}", nsmap=names)  # type: ignore[arg-type]  # the stubs know no default namespace
    _put_head(root, paper)
    _put_references(root, paper)
    has_vat = all(category_of(tax.treatment, tax.percent) != "O" for tax in paper.taxes)
    at_home = paper.seller.country == paper.buyer.country
    for name, side in (("AccountingSupplierParty", paper.seller), ("AccountingCustomerParty", paper.buyer)):
        put_party(group(root, name), side, is_seller=side is paper.seller, has_vat=has_vat, at_home=at_home)
    _put_payment(root, paper)
    _put_totals(root, paper)
    for number, line in enumerate(paper.lines, 1):
        _put_line(root, paper, line, number)
    return root


def _put_head(root: etree._Element, paper: PaperFacts) -> None:
    put(root, "CustomizationID", CUSTOMIZATION)
    put(root, "ProfileID", PROFILE)
    put(root, "ID", paper.number)
    put(root, "IssueDate", paper.issued_on.isoformat())
    if paper.is_credit:
        put(root, "CreditNoteTypeCode", _CREDIT_NOTE)
    else:
        put(root, "DueDate", paper.due_on.isoformat())
        put(root, "InvoiceTypeCode", _INVOICE)
    put(root, "DocumentCurrencyCode", paper.currency)
    if paper.local_tax is not None:
        put(root, "TaxCurrencyCode", paper.local_tax.currency)
    put(root, "BuyerReference", paper.buyer.contact or paper.group or paper.buyer.number)


def _put_references(root: etree._Element, paper: PaperFacts) -> None:
    if paper.purchase_order:
        put(group(root, "OrderReference"), "ID", paper.purchase_order)
    for document in (paper.original, paper.replaced):
        if document is not None:
            made = group(group(root, "BillingReference"), "InvoiceDocumentReference")
            put(made, "ID", document.number)
            if document.issued_on is not None:
                put(made, "IssueDate", document.issued_on.isoformat())


def _put_payment(root: etree._Element, paper: PaperFacts) -> None:
    if code := means_of(paper):
        means = group(root, "PaymentMeans")
        put(means, "PaymentMeansCode", code)
        if not paper.is_credit and (number := account_number_of(paper)):
            put(means, "PaymentID", paper.reference)
            payee = group(means, "PayeeFinancialAccount")
            put(payee, "ID", number)
            branch = "SE:BANKGIRO" if is_paid_by_giro(paper) else paper.account.bic
            if branch:
                put(group(payee, "FinancialInstitutionBranch"), "ID", branch)
    if not paper.is_credit:
        with translation.override(paper.language.lower()):
            terms = say_many("net-days", paper.net_days, paper.language)
        put(group(root, "PaymentTerms"), "Note", terms)


def _put_totals(root: etree._Element, paper: PaperFacts) -> None:
    with translation.override(paper.language.lower()):
        taxes = _join_untaxed([(tax, _reason(tax)) for tax in join_rates(paper.taxes)])
    put_tax_total(root, taxes, paper.tax, paper.currency)
    if paper.local_tax is not None:
        put_amount(group(root, "TaxTotal"), "TaxAmount", paper.local_tax.tax, paper.local_tax.currency)
    total = group(root, "LegalMonetaryTotal")
    put_amount(total, "LineExtensionAmount", paper.net, paper.currency)
    put_amount(total, "TaxExclusiveAmount", paper.net, paper.currency)
    put_amount(total, "TaxInclusiveAmount", paper.gross, paper.currency)
    put_amount(total, "PayableAmount", paper.gross, paper.currency)


def _put_line(root: etree._Element, paper: PaperFacts, line: PaperLine, number: int) -> None:
    kind = "CreditNote" if paper.is_credit else "Invoice"
    quantity, price = price_of(line, paper.currency)
    made = group(root, f"{kind}Line")
    put(made, "ID", str(number))
    put(made, "CreditedQuantity" if paper.is_credit else "InvoicedQuantity", every_digit(quantity), unitCode="C62")
    put_amount(made, "LineExtensionAmount", line.net, paper.currency)
    if line.starts_on and line.ends_on:
        period = group(made, "InvoicePeriod")
        put(period, "StartDate", line.starts_on.isoformat())
        put(period, "EndDate", line.ends_on.isoformat())
    item = group(made, "Item")
    put(item, "Description", line.subject)
    put(item, "Name", line.name)
    put_category(item, "ClassifiedTaxCategory", category_of(line.treatment, line.percent), line.percent)
    put(group(made, "Price"), "PriceAmount", every_digit(price), currencyID=paper.currency)


def _reason(tax: PaperTax) -> str:
    return "" if tax.treatment == "standard" else reason_of(tax)


def _join_untaxed(taxes: list[tuple[PaperTax, str]]) -> list[tuple[PaperTax, str]]:
    """One part for each category without tax, whatever its reasons: EN 16931 allows no second (BR-E-01 and others)."""
    joined: dict[tuple[str, Decimal], tuple[PaperTax, str]] = {}
    for tax, reason in taxes:
        key = (tax.treatment, tax.percent)
        if key in joined:
            had, why = joined[key]
            tax = replace(had, base=had.base + tax.base, tax=had.tax + tax.tax)
            reason = "; ".join(filter(None, dict.fromkeys((why, reason))))
        joined[key] = (tax, reason)
    return list(joined.values())


def _turned(paper: PaperFacts) -> PaperFacts:
    local = paper.local_tax
    return replace(
        paper,
        lines=tuple(replace(line, net=-line.net, quantity=_minus(line.quantity)) for line in paper.lines),
        taxes=tuple(replace(tax, base=-tax.base, tax=-tax.tax) for tax in paper.taxes),
        net=-paper.net,
        tax=-paper.tax,
        gross=-paper.gross,
        local_tax=None if local is None else replace(local, tax=-local.tax),
    )


def _minus(quantity: Decimal | None) -> Decimal | None:
    return None if quantity is None else -quantity

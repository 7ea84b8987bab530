"""The building blocks of a UBL document: elements in their order, amounts with their currency, parties, taxes."""

from __future__ import annotations

import re
from decimal import Decimal

from lxml import etree

from saldo.core.money import ZERO, amount_text, every_digit, round_half_up
from saldo.invoicing.papers.ubl_countries import (
    contact_of,
    customer_number_of,
    electronic_address_of,
    registration_of,
)
from saldo.invoicing.rules.paper import PaperLine, PaperTax, Side

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CATEGORIES = {"standard": "S", "reverse-charge": "AE", "export": "G", "exempt": "E", "outside-scope": "O"}
_REASON_CODES = {"AE": "VATEX-EU-AE", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_F_TAX = "Godkänd för F-skatt"  # the words that rule SE-R-005 asks for, in every language
_FINEST = 10
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A basic element at the end of its parent; without text none is made, since empty ones are refused.

    Characters that XML has no place for are left out: a product's name may come from a damaged file.
    """
    text = _NO_XML.sub("", text).strip()
    if not text:
        return parent
    made = etree.SubElement(parent, f"{{{CBC}}}{name}", attributes)
    made.text = text
    return made


def group(parent: etree._Element, name: str) -> etree._Element:
    """An aggregate element at the end of its parent."""
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def put_amount(parent: etree._Element, name: str, value: Decimal, currency: str) -> None:
    """An amount with its currency and all of its minor digits."""
    put(parent, name, amount_text(value, currency), currencyID=currency)


def category_of(treatment: str, percent: Decimal) -> str:
    """The VAT category of EN 16931 (UNCL5305); a standard rate of nought is Z."""
    category = _CATEGORIES[treatment]
    return "Z" if category == "S" and not percent else category


def put_category(parent: etree._Element, name: str, category: str, percent: Decimal, reason: str = "") -> None:
    """A tax category; outside the scope of VAT there is no rate."""
    made = group(parent, name)
    put(made, "ID", category)
    if category != "O":
        put(made, "Percent", every_digit(percent))
    if reason and category not in ("S", "Z"):
        put(made, "TaxExemptionReasonCode", _REASON_CODES.get(category, ""))
        put(made, "TaxExemptionReason", reason)
    put(group(made, "TaxScheme"), "ID", "VAT")


def put_tax_total(parent: etree._Element, taxes: list[tuple[PaperTax, str]], tax: Decimal, currency: str) -> None:
    """The tax of the document and of each rate, with the reason where the rate is nought."""
    total = group(parent, "TaxTotal")
    put_amount(total, "TaxAmount", tax, currency)
    for each, reason in taxes:
        part = group(total, "TaxSubtotal")
        put_amount(part, "TaxableAmount", each.base, currency)
        put_amount(part, "TaxAmount", each.tax, currency)
        put_category(part, "TaxCategory", category_of(each.treatment, each.percent), each.percent, reason)


def put_party(parent: etree._Element, side: Side, *, is_seller: bool, has_vat: bool, at_home: bool) -> None:
    """Seller or buyer; ``has_vat`` is false outside the scope of VAT, where no VAT number may stand.

    ``at_home`` says that both are of one country, whose own rules hold then.
    """
    party = group(parent, "Party")
    scheme, _, address = electronic_address_of(side).partition(":")
    put(party, "EndpointID", address, schemeID=scheme)
    if number := customer_number_of(side, at_home=at_home):
        put(group(party, "PartyIdentification"), "ID", number)
    put(group(party, "PartyName"), "Name", side.name)
    _put_address(party, side)
    _put_tax_numbers(party, side, is_seller=is_seller, has_vat=has_vat)
    entity = group(party, "PartyLegalEntity")
    put(entity, "RegistrationName", side.name)
    registered, register = registration_of(side)
    put(entity, "CompanyID", registered, **({"schemeID": register} if register else {}))
    whom = contact_of(side, at_home=at_home and is_seller)
    contact = [("Name", whom), ("Telephone", side.phone), ("ElectronicMail", side.email)]
    if any(text for _, text in contact):
        made = group(party, "Contact")
        for name, text in contact:
            put(made, name, text)


def price_of(line: PaperLine, currency: str) -> tuple[Decimal, Decimal]:
    """Quantity and price that give the line's net exactly (EN 16931: a price is never negative, its digits are free).

    Prorated and summed lines have no such price on the paper: then the net is one piece, or what the digits allow.
    """
    net, quantity = line.net, line.quantity
    if quantity:
        quantity = abs(quantity) if net >= ZERO else -abs(quantity)
        for digits in range(2, _FINEST + 1):
            price = (abs(net) / abs(quantity)).quantize(Decimal(1).scaleb(-digits))
            if round_half_up(price * quantity, currency) == net:
                return quantity, price
    return Decimal(1 if net >= ZERO else -1), abs(net)


def _put_address(party: etree._Element, side: Side) -> None:
    street, _, more = side.street.partition("\n")
    address = group(party, "PostalAddress")
    put(address, "StreetName", street.strip())
    put(address, "AdditionalStreetName", more.replace("\n", ", ").strip())
    put(address, "CityName", side.city)
    put(address, "PostalZone", side.postcode)
    put(address, "CountrySubentity", side.region)
    put(group(address, "Country"), "IdentificationCode", side.country)


def _put_tax_numbers(party: etree._Element, side: Side, *, is_seller: bool, has_vat: bool) -> None:
    numbers = [("VAT", side.vat_id if has_vat else "")]
    if is_seller:
        numbers.append(("TAX", _F_TAX if side.has_f_tax else side.register_to_name))
    for scheme, number in numbers:
        if number:
            made = group(party, "PartyTaxScheme")
            put(made, "CompanyID", number)
            put(group(made, "TaxScheme"), "ID", scheme)

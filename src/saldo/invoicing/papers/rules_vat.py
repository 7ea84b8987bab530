"""The VAT categories of EN 16931: each has its breakdown, its identifiers, its rate, its base, its tax, its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from saldo.core.money import ZERO
from saldo.invoicing.papers.reading import Finding, Read

_VAT = "normalize-space(a:TaxScheme/b:ID)='VAT'"
_NAMES = {"S": "S", "Z": "Z", "E": "E", "AE": "AE", "G": "G", "O": "O", "K": "IC", "L": "IG", "M": "IP"}
_SPLIT = "B"  # Italian split payment: its rules are Italy's
_WITH_RATE = ("S", "L", "M")
_WITHOUT_REASON = ("S", "Z", "L", "M")
_SELLER = "a:AccountingSupplierParty/a:Party/a:PartyTaxScheme"
_BUYER = "a:AccountingCustomerParty/a:Party"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Charged:
    """Something that carries a category: a line, or an allowance or charge of the document."""

    category: str
    percent: Decimal | None
    net: Decimal
    has_rate: bool


def check_vat(read: Read) -> Iterator[Finding]:
    """Every rule of a VAT category (BR-S, BR-Z, BR-E, BR-AE, BR-G, BR-O, BR-IC, …) that the document breaks."""
    charged = [*_charged_lines(read), *_charged_allowances(read)]
    parts = read.all("a:TaxTotal/a:TaxSubtotal")
    by_category = {category for each in charged if (category := each.category)}
    said = {read.text("a:TaxCategory/b:ID", part) for part in parts} - {""}
    for category in sorted((by_category | said) - _NAMES.keys() - {_SPLIT}):
        yield Finding(rule="BR-CL-17", seen=category)
    for category in sorted((by_category | said) & _NAMES.keys()):
        yield from _check_category(read, category, charged, parts)


def _check_category(
    read: Read, category: str, charged: list[_Charged], parts: list[etree._Element]
) -> Iterator[Finding]:
    name = _NAMES[category]
    mine = [each for each in charged if each.category == category]
    breakdown = [part for part in parts if read.text("a:TaxCategory/b:ID", part) == category]
    if mine and (not breakdown or (category not in _WITH_RATE and len(breakdown) > 1)):
        yield Finding(rule=f"BR-{name}-01")
    if mine and not _is_identified(read, category):
        yield Finding(rule=f"BR-{name}-02")
    if not all(_has_right_rate(each) for each in mine):
        yield Finding(rule=f"BR-{name}-05")
    for part in breakdown:
        yield from _check_part(read, category, part, mine)
    if category == "O" and len(parts) > len(breakdown):
        yield Finding(rule="BR-O-11")
    if category == "O" and any(each.category != "O" for each in charged):
        yield Finding(rule="BR-O-12")


def _check_part(read: Read, category: str, part: etree._Element, mine: list[_Charged]) -> Iterator[Finding]:
    name = _NAMES[category]
    percent = read.amount("a:TaxCategory/b:Percent", part)
    if category == "O":
        if percent is not None and percent != ZERO:
            yield Finding(rule="BR-O-05", seen=f"{percent}")
    elif percent is None:
        yield Finding(rule="BR-48", seen=category)
    base = sum((each.net for each in mine if category not in _WITH_RATE or each.percent == percent), ZERO)
    said = read.amount("b:TaxableAmount", part)
    if said is not None and abs(said - base) >= _slack(category):
        yield Finding(rule=f"BR-{name}-08", seen=f"{said} {base}")
    if category not in _WITH_RATE and read.amount("b:TaxAmount", part):
        yield Finding(rule=f"BR-{name}-09", seen=read.text("b:TaxAmount", part))
    has_reason = bool(read.all("a:TaxCategory/b:TaxExemptionReason | a:TaxCategory/b:TaxExemptionReasonCode", part))
    if has_reason == (category in _WITHOUT_REASON):
        yield Finding(rule=f"BR-{name}-10")


def _slack(category: str) -> Decimal:
    """The official rules compare bases with a rate to within one unit, as lines may have been rounded by themselves."""
    return Decimal(1) if category in _WITH_RATE else Decimal("0.01")


def _has_right_rate(charged: _Charged) -> bool:
    if charged.category == "O":
        return not charged.has_rate
    if charged.category == "S":
        return charged.percent is not None and charged.percent > ZERO
    return charged.category in _WITH_RATE or charged.percent == ZERO


def _is_identified(read: Read, category: str) -> bool:
    seller_vat = read.text(f"{_SELLER}[{_VAT}]/b:CompanyID")
    other = read.text(f"{_SELLER}[not({_VAT})]/b:CompanyID")
    representative = read.text(f"a:TaxRepresentativeParty/a:PartyTaxScheme[{_VAT}]/b:CompanyID")
    buyer_vat = read.text(f"{_BUYER}/a:PartyTaxScheme[{_VAT}]/b:CompanyID")
    buyer = buyer_vat or read.text(f"{_BUYER}/a:PartyLegalEntity/b:CompanyID")
    if category == "O":
        return not (seller_vat or representative or buyer_vat)
    if category == "AE":
        return bool((seller_vat or other or representative) and buyer)
    if category == "K":
        return bool((seller_vat or representative) and buyer_vat)
    if category == "G":
        return bool(seller_vat or representative)
    return bool(seller_vat or other or representative)


def _charged_lines(read: Read) -> Iterator[_Charged]:
    for line in read.lines:
        for category in read.all(f"a:Item/a:ClassifiedTaxCategory[{_VAT}]", line)[:1]:
            yield _Charged(
                category=read.text("b:ID", category),
                percent=read.amount("b:Percent", category),
                has_rate=bool(read.all("b:Percent", category)),
                net=read.amount("b:LineExtensionAmount", line) or ZERO,
            )


def _charged_allowances(read: Read) -> Iterator[_Charged]:
    for allowance in read.all("a:AllowanceCharge"):
        sign = 1 if read.text("b:ChargeIndicator", allowance) in ("true", "1") else -1
        for category in read.all(f"a:TaxCategory[{_VAT}]", allowance)[:1]:
            yield _Charged(
                category=read.text("b:ID", category),
                percent=read.amount("b:Percent", category),
                has_rate=bool(read.all("b:Percent", category)),
                net=sign * (read.amount("b:Amount", allowance) or ZERO),
            )

"""A UBL Invoice or CreditNote as the business rules look at it: paths, amounts, and what was found wrong."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from lxml import etree

from saldo.core.money import ZERO

_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A business rule that a document breaks, and what was seen."""

    rule: str
    seen: str = ""


class Read:
    """The document with shorthand for its paths: ``cbc:`` and ``cac:`` are written ``b:`` and ``a:``."""

    def __init__(self, xml: bytes) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
        self.root = etree.fromstring(xml, parser)
        self.is_credit = etree.QName(self.root).localname == "CreditNote"

    @cached_property
    def lines(self) -> list[etree._Element]:
        """Its lines."""
        return self.all("a:CreditNoteLine" if self.is_credit else "a:InvoiceLine")

    @cached_property
    def currency(self) -> str:
        """Its currency."""
        return self.text("b:DocumentCurrencyCode")

    def all(self, path: str, of: etree._Element | None = None) -> list[etree._Element]:
        """All elements at a path."""
        found = (self.root if of is None else of).xpath(_long(path), namespaces=_NAMES)
        return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []

    def text(self, path: str, of: etree._Element | None = None) -> str:
        """The text of the first element at a path; empty where there is none."""
        found = self.all(path, of)
        return (found[0].text or "").strip() if found else ""

    def amount(self, path: str, of: etree._Element | None = None) -> Decimal | None:
        """The figure of the first element at a path; None where there is none."""
        return figure(self.text(path, of))

    def total(self, path: str, of: etree._Element | None = None) -> Decimal:
        """The sum of the figures at a path."""
        return sum((figure((each.text or "").strip()) or ZERO for each in self.all(path, of)), ZERO)


def figure(text: str) -> Decimal | None:
    """A text as figure; None where it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _long(path: str) -> str:
    return path.replace("a:", "cac:").replace("b:", "cbc:")

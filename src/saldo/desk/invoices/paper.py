"""A document as its paper says it, on the screen: seller, buyer, lines arranged as on the PDF, sums, how to pay."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.invoicing.paper_facts import arrange_lines
from saldo.invoicing.queries import Invoice
from saldo.invoicing.rules.paper import PaperLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One line of the paper in words and figures."""

    name: str
    subject: str
    period: str
    quantity: str
    unit_price: str
    net: Decimal


def show_paper(*, company: CompanyId, document: Invoice) -> dict[str, Any]:
    """Everything that the template of a paper asks for."""
    lines, _ = arrange_lines(company=company, document=document)
    return {
        "kind": figures.say(f"pages.invoices.kind.{document.kind}"),
        "number": document.number or figures.say("pages.invoices.draft"),
        "language": document.language,
        "currency": document.currency,
        "seller": _party(document.seller, document.seller.get("legal_name") or document.seller.get("name", "")),
        "buyer": _party(document.buyer, document.buyer.get("name", "")),
        "facts": _facts(document),
        "lines": [_line(line, document.currency) for line in lines],
        "taxes": [_tax(row) for row in document.taxes],
        "net": document.net,
        "tax": document.tax,
        "gross": document.gross,
    }


def _party(said: Any, name: str) -> dict[str, Any]:
    place = " ".join(part for part in (said.get("postcode"), said.get("city")) if part)
    country = figures.country(said.get("country") or "")
    lines = [said.get("street"), place, said.get("region"), country, said.get("vat_id")]
    return {"name": name, "lines": [line for line in lines if line]}


def _facts(document: Invoice) -> list[tuple[str, str]]:
    told = [
        ("month", figures.month(document.month)),
        ("issued", figures.day(document.issued_on)),
        ("due", figures.day(document.due_on)),
        ("reference", document.reference),
        ("order", document.purchase_order),
        ("group", document.group),
        ("mirrors", document.mirrors),
        ("replaces", document.replaces),
    ]
    return [(figures.say(f"pages.invoices.fact.{name}"), text) for name, text in told if text]


def _line(line: PaperLine, currency: str) -> ShownLine:
    return ShownLine(
        name=line.name,
        subject=line.subject,
        period=figures.period(line.starts_on, line.ends_on),
        quantity="" if line.quantity is None else figures.number(line.quantity.normalize()),
        unit_price="" if line.unit_price is None else figures.amount(line.unit_price, currency),
        net=line.net,
    )


def _tax(row: Any) -> dict[str, Any]:
    percent = Decimal(str(row["percent"])).normalize()
    return {
        "words": figures.say("pages.invoices.tax-of", percent=figures.number(percent)),
        "base": Decimal(str(row["base"])),
        "tax": Decimal(str(row["tax"])),
        "reason": figures.say(row["reason"]) if row.get("reason") else "",
    }

"""Page: one issued document. What it says, what settled it, where its mail is, what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.queries import list_lines_at
from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.desk.invoices.correcting_forms import authority_fields
from saldo.desk.invoices.month import ways
from saldo.desk.invoices.paper import show_paper
from saldo.desk.invoices.proposals import show_proposals
from saldo.desk.invoices.review import why
from saldo.desk.invoices.shown import MARKS, READ, get_shown_invoice
from saldo.doors.gate import gate
from saldo.doors.visitor import COST, Visitor, get_visitor
from saldo.explain.price_bills import get_document_bill
from saldo.invoicing.authority import find_authority_document
from saldo.invoicing.billed import find_document_before
from saldo.invoicing.proposals import list_proposals
from saldo.invoicing.queries import Invoice, list_lines_of
from saldo.invoicing.registry import IssuedRow, get_states, item_keys
from saldo.ledger.settlements import list_settlements
from saldo.outbox.queries import Message, list_messages
from saldo.parties.queries import name_customers

_EXPLAINED = ("invoice", "statement")
_MOST_SOURCES = 200
_MAIL_MARKS = {
    "waiting": "wait",
    "captured": "idle",
    "held": "hold",
    "sending": "wait",
    "refused": "bad",
    "bounced": "bad",
}


@gate(READ)
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """The whole document; nothing of it tells what anything costs us."""
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    return render(request, "desk/invoices/document.html", {"page": draw(visitor, found)})


def draw(visitor: Visitor, found: Invoice, **more: Any) -> dict[str, Any]:
    """Everything that the page of a document asks for."""
    company = visitor.company.id
    (row,) = get_states(company=company, invoices=[found])
    state = row.state(visitor.today)
    may_correct = visitor.may_everywhere("sell.invoice.issue")
    is_whole = not row.cancelled_by and found.kind in _EXPLAINED
    page: dict[str, Any] = {
        "document": found,
        "kind": figures.say(f"pages.invoices.kind.{found.kind}"),
        "name": found.buyer.get("name") or found.debtor,
        "paper": show_paper(company=company, document=found),
        "open": row.open,
        "mark": MARKS[state],
        "state": figures.say(f"pages.invoices.state.{state}"),
        "due": figures.day(found.due_on),
        "ways": ways(visitor, found.month, "issued"),
        "links": _links(row),
        "settled": _settled(company, found),
        "mails": [_mail(one) for one in list_messages(company=company, about=f"invoice:{found.number}", limit=10)],
        "why": _why(visitor, found),
        "sources": _sources(visitor, found),
        "reason": found.reason,
        "may_cancel": may_correct and not row.cancelled_by and found.kind != "cancellation",
        "may_correct": may_correct and is_whole,
        "may_credit": visitor.may_everywhere("credit-note.propose") and is_whole and found.net > 0,
        "why_no_acts": _why_no_acts(row),
        "proposals": show_proposals(visitor, list_proposals(company=company, number=found.number))
        if visitor.may_everywhere("buy.invoice.read")
        else [],
    } | _authority(visitor, found)
    return page | more


def _links(row: IssuedRow) -> list[tuple[str, str, str]]:
    numbers = [
        ("cancelled-by", row.cancelled_by),
        ("mirrors", row.invoice.mirrors),
        ("replaces", row.invoice.replaces),
    ]
    return [
        (figures.say(f"pages.invoices.fact.{name}"), number, reverse("desk:invoice", args=[number]))
        for name, number in numbers
        if number
    ]


def _why_no_acts(row: IssuedRow) -> str:
    if row.cancelled_by:
        return figures.say("pages.invoices.no-acts.cancelled", number=row.cancelled_by)
    if row.invoice.kind == "cancellation":
        return figures.say("pages.invoices.no-acts.mirror")
    return ""


def _why(visitor: Visitor, found: Invoice) -> dict[str, Any] | None:
    """Why it differs from the debtor's document before, for everybody who may read explanations."""
    company = visitor.company.id
    if found.kind not in _EXPLAINED or not visitor.may("explanation.read"):
        return None
    before = find_document_before(company=company, number=found.number)
    if before is None:
        return None
    new = get_document_bill(company=company, number=found.number, debtor=found.debtor, currency=found.currency)
    return why(visitor, found, before, new)


def _settled(company: CompanyId, found: Invoice) -> list[dict[str, Any]]:
    rows = list_settlements(company=company, keys=item_keys(found))
    return [
        {
            "day": figures.day(one.on),
            "what": figures.say(f"pages.invoices.settled-by.{one.kind}")
            if figures.has_words(f"pages.invoices.settled-by.{one.kind}")
            else figures.say("pages.invoices.settled-by.other"),
            "document": one.document,
            "value": one.value,
            "currency": one.currency,
        }
        for one in rows
    ]


def _mail(one: Message) -> dict[str, str]:
    when = one.sent_at or one.not_before
    return {
        "mark": _MAIL_MARKS.get(one.state, "plain"),
        "state": figures.say(f"pages.outbox.state.{one.state}"),
        "to": ", ".join(one.recipients),
        "when": figures.minute(when),
    }


def _authority(visitor: Visitor, found: Invoice) -> dict[str, Any]:
    """The fiscal document of the authority, where ours is only a statement (practice 7)."""
    if found.kind != "statement":
        return {"authority": None}
    held = find_authority_document(company=visitor.company.id, number=found.number)
    return {
        "authority": {
            "number": held.authority_number if held else "",
            "day": figures.day(held.issued_on) if held else "",
            "may_record": held is None and visitor.may_everywhere("sell.invoice.issue"),
            "fields": authority_fields(visitor.today.isoformat()),
        }
    }


def _sources(visitor: Visitor, found: Invoice) -> Sequence[dict[str, Any]]:
    """Microsoft's rows behind the lines, for who may see what Microsoft charges and for nobody else (practice 29)."""
    if not visitor.may_everywhere(COST):
        return ()
    company = visitor.company.id
    lines = [line for line in list_lines_of(company=company, number=found.number) if line.file][:_MOST_SOURCES]
    if not lines:
        return ()
    places = {(line.file, line.row) for line in lines}
    items = list_lines_at(company=company, customers={line.customer for line in lines}, places=places)
    names = name_customers(company=company, keys={line.customer for line in lines})
    found_rows = []
    for line in lines:
        item = items.get((line.file, line.row))
        found_rows.append(
            {
                "product": line.product,
                "customer": names.get(line.customer, line.customer),
                "document": line.document,
                "row": figures.number(line.row),
                "href": reverse("desk:import-row", args=[line.file, line.row]),
                "cost": item.amount if item else None,
                "cost_currency": item.currency if item else "",
                "net": line.net,
                "rule": line.price_rule,
            }
        )
    return found_rows

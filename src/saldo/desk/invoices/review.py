"""Page: one draft in review. The paper it will be on the left, why it differs from the last one on the right."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.compare_page import GRID, ToldReason, Totals, chain_reasons
from saldo.desk.invoices.month import ways
from saldo.desk.invoices.paper import show_paper
from saldo.desk.invoices.shown import money_texts, say_because, say_held
from saldo.desk.paging import address
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.explain.price_bills import get_document_bill, get_draft_bill
from saldo.explain.rules.bill import Bill
from saldo.explain.rules.reasons import explain
from saldo.explain.wording import headline, sentence
from saldo.invoicing.billed import find_document_before_draft
from saldo.invoicing.month_pages import find_neighbours
from saldo.invoicing.queries import Invoice, UnableToFind, get_draft
from saldo.invoicing.settings import get_settings


@gate_everywhere("buy.invoice.read")
def review(request: HttpRequest, draft: int) -> HttpResponse:
    """One draft; J and K go to the next and the one before."""
    visitor = get_visitor(request)
    try:
        found = get_draft(company=visitor.company.id, draft=draft)
    except UnableToFind:
        raise Http404(figures.say("pages.invoices.no-draft")) from None
    place = find_neighbours(company=visitor.company.id, month=found.month, draft=draft)
    page: dict[str, Any] = {
        "draft": found,
        "name": found.buyer.get("name") or found.debtor,
        "paper": show_paper(company=visitor.company.id, document=found),
        "month": found.month,
        "month_text": figures.month(found.month),
        "month_href": address(reverse("desk:invoices"), {"month": found.month}),
        "why": why_draft(visitor, found),
        "held": say_held(found.held_because),
        "problems": [say_because(one["code"], one.get("facts", {})) for one in found.problems],
        "may_act": visitor.may_everywhere("sell.invoice.issue"),
        "ways": ways(visitor, found.month, "month"),
        "place": figures.say("pages.invoices.place", place=figures.number(place.place), of=figures.number(place.of))
        if place
        else "",
        "before_href": place and place.before and reverse("desk:invoices-review", args=[place.before]),
        "after_href": place and place.after and reverse("desk:invoices-review", args=[place.after]),
    } | _credit(visitor, found)
    return render(request, "desk/invoices/review.html", {"page": page})


def why_draft(visitor: Visitor, found: Invoice) -> dict[str, Any] | None:
    """The change against the debtor's last document as a waterfall; None where there is none before."""
    company = visitor.company.id
    before = find_document_before_draft(company=company, draft=found.id)
    if before is None:
        return None
    new = get_draft_bill(company=company, draft=found.id, debtor=found.debtor, currency=found.currency)
    return why(visitor, found, before, new)


def why(visitor: Visitor, found: Invoice, before: str, new: Bill) -> dict[str, Any]:
    """Reasons between an issued document and a later bill, in the reader's language, amounts without tax."""
    old = get_document_bill(company=visitor.company.id, number=before, debtor=found.debtor, currency=found.currency)
    return tell(old, new) | {"before_number": before, "before_href": reverse("desk:invoice", args=[before])}


def tell(old: Bill, new: Bill) -> dict[str, Any]:
    """Two bills of the price side as a chain of reasons in the reader's language; nothing in it is cost."""
    told = explain(before=old, after=new)
    language = figures.language()
    reasons = tuple(
        ToldReason(
            index=index,
            code=reason.code,
            headline=headline(reason, lang=language),
            sentence=sentence(reason, lang=language),
            subject=reason.subject,
            amount=reason.amount,
            row_count=len(reason.lines),
        )
        for index, reason in enumerate(told.reasons)
    )
    totals = Totals(before=told.before, after=told.after, unexplained=told.unexplained)
    chain = chain_reasons(told=reasons, totals=totals, selected=None, href=lambda index: "", fragment=lambda index: "")
    return {
        "currency": new.currency,
        "totals": totals,
        "percent": figures.share(totals.change, totals.before),
        "rows": chain.rows,
        "fold": chain.fold,
        "drawn": chain.drawn,
        "grid": GRID,
        "is_cut": chain.drawn is not None and chain.drawn.axis.is_cut,
    }


def _credit(visitor: Visitor, found: Invoice) -> dict[str, Any]:
    """What a draft of a credit note needs before it goes: under the limit one person, above it two."""
    if found.kind != "credit-note":
        return {"credit": None}
    limit = get_settings(company=visitor.company.id).credit_limit
    is_over = abs(found.gross) > limit
    may_issue = visitor.may_everywhere("credit-note.issue")
    code = ""
    if is_over and not found.made_by:
        code = "pages.invoices.credit-needs-one"
    elif is_over and found.made_by == visitor.actor:
        code = "pages.invoices.credit-needs-another"
    return {
        "credit": {
            "may_approve": may_issue and is_over and not found.made_by,
            "may_issue": may_issue and not code,
            "note": figures.say(code, limit=money_texts({found.currency: limit})) if code else "",
            "reason": found.reason,
        }
    }

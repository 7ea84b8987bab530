"""Before a paper is drawn: why this document differs from the debtor's last one, frozen in the paper's language."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.explain.price_bills import get_document_bill
from saldo.explain.rules.explanation import Reason
from saldo.explain.rules.reasons import explain
from saldo.explain.wording import sentence, title
from saldo.invoicing.actions.charging import attach_explanation
from saldo.invoicing.billed import find_document_before, list_unexplained
from saldo.invoicing.queries import get_invoice
from saldo.parties.company import company_context
from saldo.ports.world import World


def explain_documents(*, company: CompanyId, numbers: Collection[str], by: str, world: World) -> int:
    """Explain those of these documents that are not explained yet; returns how many. Told twice, it does nothing.

    Both documents are issued and never change, so it does not matter when this is done.
    """
    with company_context(company):
        waiting = list_unexplained(company=company, numbers=numbers)
    for number in waiting:
        with company_context(company):
            _explain(company, number, by, world)
    return len(waiting)


def _explain(company: CompanyId, number: str, by: str, world: World) -> None:
    document = get_invoice(company=company, number=number)
    before = find_document_before(company=company, number=number)
    reasons: list[dict[str, Any]] = []
    if before is not None:
        old, new = (
            get_document_bill(company=company, number=one, debtor=document.debtor, currency=document.currency)
            for one in (before, number)
        )
        reasons = [
            _frozen(reason, document.currency, document.language) for reason in explain(before=old, after=new).reasons
        ]
    attach_explanation(
        company=company,
        number=number,
        before=before or "",
        language=document.language,
        reasons=reasons,
        by=by,
        at=world.clock.now(),
    )


def _frozen(reason: Reason, currency: str, language: str) -> dict[str, Any]:
    return {
        "code": reason.code,
        "amount": amount_text(reason.amount, currency),
        "subject": reason.subject,
        "title": title(reason, lang=language),
        "text": sentence(reason, lang=language),
    }

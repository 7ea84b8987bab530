"""What was billed at the desk of the tests: one issued invoice of the Sales agent's customer, drafts of all others."""

from __future__ import annotations

from datetime import date
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.issue_wave import issue_wave
from saldo.flows.month_close import close_month
from saldo.invoicing.month_pages import list_waves, page_drafts
from saldo.invoicing.queries import list_invoices
from saldo.invoicing.ready import list_waiting
from saldo.server.wiring import real_world
from tests.conftest import NOW


def make_billed(company: CompanyId, *, month: Month, debtor: str) -> dict[str, Any]:
    """Draft a month, issue what one debtor owes; gives the number, the key of a draft, the wave."""
    asked: dict[str, Any] = {"company": company, "month": month, "by": "test", "world": real_world()}
    today: date = NOW.date()
    close_month(today=today, **asked)
    waiting = list_waiting(company=company, month=month, today=today, debtors=[debtor])
    issue_wave(debtors=[debtor], confirm_count=waiting.count, confirm_totals=waiting.totals, today=today, **asked)
    return {
        "invoice": list_invoices(company=company)[0].number,
        "draft": page_drafts(company=company, month=month, limit=1)[0].id,
        "wave": list_waves(company=company)[0].id,
    }

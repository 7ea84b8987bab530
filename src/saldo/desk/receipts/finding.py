"""Finding the debtor whose items a person wants to tick: by invoice, number, name, or the name of a tenant."""

from __future__ import annotations

from dataclasses import dataclass

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.invoicing.queries import find_invoice
from saldo.parties.debtors import Debtor, list_debtors, name_debtor

_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The debtor meant, or those that may be meant; ``problem`` in words when nobody is."""

    said: str = ""
    number: str = ""
    candidates: tuple[Debtor, ...] = ()
    problem: str = ""


def find_debtors(*, company: CompanyId, said: str) -> Found:
    """Whom a person means; nothing said finds nobody and is no problem."""
    said = " ".join(said.split())[:120]
    if not said:
        return Found()
    invoice = find_invoice(company=company, number=said)
    if invoice is not None:
        return Found(said=said, number=invoice.debtor)
    try:
        return Found(said=said, number=name_debtor(company=company, said=said).number)
    except Refused:
        candidates = list_debtors(company=company, search=said, limit=_MOST)
    if len(candidates) == 1:
        return Found(said=said, number=candidates[0].number)
    problem = "" if candidates else figures.say("pages.receipts.none-found", said=said)
    return Found(said=said, candidates=candidates, problem=problem)

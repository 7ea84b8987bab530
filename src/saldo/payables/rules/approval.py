"""Who must have said yes before a document may be paid (issue 3 section 5, practice 18). A dispute never asks here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.agreements.rules.exchange import NO_RATES, Rates, is_within
from saldo.parties.rules.approvals import find_approval_refusal
from saldo.payables.rules.tie_out import TieOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a person may not approve a document, as a code with facts."""

    code: str
    facts: dict[str, str]


def people_needed(
    *, gross: Decimal, currency: str, limit: Decimal, limit_currency: str, on: date, rates: Rates = NO_RATES
) -> int:
    """How many different people must approve: two above the limit, and always where the limit cannot be compared.

    A document in another currency is compared by the rate of the day on which it is looked at: what it costs to pay
    it now. A limit of 0 means two for every document.
    """
    known = is_within(value=gross, currency=currency, limit=limit, limit_currency=limit_currency, rates=rates, on=on)
    return 1 if known else 2


def is_approved(*, approvals: Collection[str], needed: int) -> bool:
    """Whether enough different people said yes."""
    return len(set(approvals)) >= needed


def object_to(
    *, person: str, approvals: Collection[str], namers: Collection[str], tie_out: TieOut, has_payee: bool
) -> Objection | None:
    """The first reason why this person may not approve, or None.

    No program approves: the command line is nobody in particular. Nobody approves twice, or a document on which they
    entered a named line; it must tie out, and an account of the payee's must be usable.
    """
    if code := find_approval_refusal(proposed_by="", approved_by=person):
        return Objection(code=code, facts={"person": person})
    if person in approvals:
        return Objection(code="payables.approval.twice", facts={"person": person})
    if person in namers:
        return Objection(code="payables.approval.named-line-by-same", facts={"person": person})
    if not tie_out.ties:
        return Objection(code=tie_out.code, facts={"rest": f"{tie_out.rest:f}"})
    if not has_payee:
        return Objection(code="payables.approval.no-payee-account", facts={})
    return None

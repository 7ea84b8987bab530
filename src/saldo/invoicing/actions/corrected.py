"""The document that takes a wrong one's place: what may differ, how it is taxed, what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.invoicing import models
from saldo.invoicing.actions.copies import (
    UnableToCorrect,
    check_correctable,
    copy_document,
    copy_lines,
    taxed_anew,
    treated,
)
from saldo.invoicing.limits import load_limit, sum_given
from saldo.invoicing.queries import Invoice, get_invoice
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.treating import DECIDE_TAX, tax_at_home, treat_anew

_CORRECTABLE = frozenset(
    {"name", "country", "street", "postcode", "city", "region", "vat_id", "registration", "electronic_address"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What is right instead: the buyer's particulars, the purchase order, the net of lines by their position.

    The due day and the collections history stay those of the wrong document unless ``keeps_due_day`` is False.
    """

    buyer: Mapping[str, str] = field(default_factory=dict)
    purchase_order: str | None = None
    nets: Mapping[int, Decimal] = field(default_factory=dict)
    keeps_due_day: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a correction would come to, before anything is written.

    ``taxes`` and ``gross`` are the new document's, ``taxes_before`` those of the wrong one; ``given`` is what it gives
    back with all that persons gave before; ``needs_second_person`` where that is over one person's limit.
    """

    currency: str
    taxes_before: Sequence[Mapping[str, Any]]
    taxes: Sequence[Mapping[str, Any]]
    net: Decimal
    tax: Decimal
    gross: Decimal
    problem: str
    given: Decimal
    needs_second_person: bool


def preview_reissue(*, company: CompanyId, number: str, corrections: Corrections, today: date, at: datetime) -> Preview:
    """What `reissue` would write, its tax treatment above all; nothing is written. Refuses: as `reissue`."""
    found = get_invoice(company=company, number=number)
    check_corrections(company=company, found=found, corrections=corrections)
    draft, _, problem = corrected_document(
        company=company, found=found, key=0, corrections=corrections, reason="", by="", at=at
    )
    given = weigh_correction(company=company, found=found, corrected=draft)
    limit = load_limit(company=company, on=today, currencies=[found.currency])
    return Preview(
        currency=found.currency,
        taxes_before=found.taxes,
        taxes=draft.taxes,
        net=draft.net,
        tax=draft.tax,
        gross=draft.gross,
        problem=problem,
        given=given,
        needs_second_person=not limit.allows(given, found.currency),
    )


def weigh_correction(*, company: CompanyId, found: Invoice, corrected: models.Invoice) -> Decimal:
    """A lower price is a credit by another name, and has the same limit; one that is not lower gives nothing."""
    given = found.gross - corrected.gross
    return given + sum_given(company=company, number=found.number, with_waiting=False) if given > 0 else ZERO


def corrected_document(
    *, company: CompanyId, found: Invoice, key: int, corrections: Corrections, reason: str, by: str, at: datetime
) -> tuple[models.Invoice, list[DraftLine], str]:
    """The new document with its lines, not written yet, and what is missing for its tax treatment."""
    pairs = copy_lines(company=company, invoice=found.id)
    lines = [_corrected(one, line, place, corrections) for place, (one, line) in enumerate(pairs, start=1)]
    draft = _corrected_row(company, found, key, corrections, reason.strip(), by, at)
    problem = ""
    if DECIDE_TAX & corrections.buyer.keys():
        treatment = treat_anew(company=company, found=found, buyer=draft.buyer)
        problem = treatment.problem
        draft, lines = treated(draft, lines, treatment)
    draft, lines = taxed_anew(draft, lines)
    draft.terms = tax_at_home(company=company, found=found, row=draft)
    return draft, lines, problem


def check_corrections(*, company: CompanyId, found: Invoice, corrections: Corrections) -> None:
    """Nothing for corrections that fit the document.

    Refuses (UnableToCorrect): invoicing.correction.unknown-field, .unknown-line, and as `check_correctable`.
    """
    check_correctable(company=company, found=found)
    for name in corrections.buyer:
        if name not in _CORRECTABLE:
            raise UnableToCorrect(code="invoicing.correction.unknown-field", facts={"field": name})
    places = range(1, len(copy_lines(company=company, invoice=found.id)) + 1)
    for place in corrections.nets:
        if place not in places:
            raise UnableToCorrect(
                code="invoicing.correction.unknown-line", facts={"number": found.number, "line": place}
            )


def _corrected(key: int, line: DraftLine, place: int, corrections: Corrections) -> DraftLine:
    copy = line._replace(mirrors_line=line.mirrors_line or key, cost=ZERO)
    if place not in corrections.nets:
        return copy
    net = corrections.nets[place]
    price = abs(net / line.quantity) if line.quantity else abs(net)
    return copy._replace(net=net, unit_price=round(price, 10), price_rule="corrected")


def _corrected_row(
    company: CompanyId, found: Invoice, key: int, corrections: Corrections, reason: str, by: str, at: datetime
) -> models.Invoice:
    row = copy_document(company=company, found=found, key=key, reason=reason, by=by, at=at)
    row.kind, row.replaces = found.kind, found.number
    row.buyer = dict(found.buyer) | dict(corrections.buyer)
    row.due_on = found.due_on if corrections.keeps_due_day else None
    if corrections.purchase_order is not None:
        row.purchase_order = corrections.purchase_order
    return row

"""Copies of issued documents, from which mirrors, corrections and credit notes are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.agreements.rules.tax import Treatment
from saldo.core.identity import CompanyId
from saldo.core.money import add_up, amount_text
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.invoicing.limits import load_limit
from saldo.invoicing.queries import Invoice, find_cancellation
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.rules.totals import Taxed, total
from saldo.parties.rules.approvals import find_approval_refusal

_COLUMNS = ", ".join(f"l.{name}" for name in DraftLine._fields)


class UnableToCorrect(Refused):
    """A document that cannot be taken back, corrected or credited as asked."""


def check_correctable(*, company: CompanyId, found: Invoice) -> None:
    """Nothing for a document that can be corrected or credited.

    Refuses (UnableToCorrect): invoicing.correction.is-a-credit, .cancelled-already.
    """
    if found.kind in ("credit-note", "cancellation"):
        raise UnableToCorrect(code="invoicing.correction.is-a-credit", facts={"number": found.number})
    if find_cancellation(company=company, number=found.number) is not None:
        raise UnableToCorrect(code="invoicing.correction.cancelled-already", facts={"number": found.number})


def check_second_person(
    *, company: CompanyId, given: Decimal, currency: str, proposed_by: str, today: date, by: str
) -> None:
    """Nothing where one person may give so much back, or where somebody else than ``by`` proposed it.

    Refuses (UnableToCorrect): invoicing.credit.needs-second-person.
    """
    limit = load_limit(company=company, on=today, currencies=[currency])
    if limit.allows(given, currency):
        return
    if not proposed_by or find_approval_refusal(proposed_by=proposed_by, approved_by=by):
        facts = {
            "gross": amount_text(given, currency),
            "currency": currency,
            "limit": amount_text(limit.value, limit.currency),
            "own": limit.currency,
        }
        raise UnableToCorrect(code="invoicing.credit.needs-second-person", facts=facts)


def check_not_credited(*, company: CompanyId, found: Invoice) -> None:
    """Nothing for a document of which nothing was given back yet; a mirror of the whole would give that twice.

    Refuses (UnableToCorrect): invoicing.correction.has-credits.
    """
    if found.kind in ("credit-note", "cancellation"):
        return
    rows = models.Invoice.objects.filter(company_id=company, kind="credit-note", mirrors=found.number)
    credits = [number for number in rows.exclude(number="").values_list("number", flat=True)]
    standing = [one for one in credits if find_cancellation(company=company, number=one) is None]
    lines = copy_lines(company=company, invoice=found.id)
    if (
        standing
        or add_up(left_of(company=company, key=key, line=line, proposed=False) for key, line in lines) < found.net
    ):
        raise UnableToCorrect(
            code="invoicing.correction.has-credits", facts={"number": found.number, "credits": ", ".join(standing)}
        )


def left_of(*, company: CompanyId, key: int, line: DraftLine, proposed: bool = True) -> Decimal:
    """What credit notes and corrections left of a line, net; those ``proposed`` and not issued yet taken off too."""
    first = line.mirrors_line or key
    mirrors = models.Line.objects.filter(company_id=company, mirrors_line=first, invoice__isnull=False)
    issued = mirrors.exclude(invoice__number="").values_list("net", flat=True)
    waiting = mirrors.filter(invoice__number="", net__lt=0).values_list("net", flat=True) if proposed else ()
    whole = models.Line.objects.get(company_id=company, id=first).net
    return add_up([whole, *issued, *waiting])


def copy_lines(*, company: CompanyId, invoice: int) -> list[tuple[int, DraftLine]]:
    """The lines of a document with their keys, cost included: they are only copied."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.id, {_COLUMNS} FROM invoicing_line l WHERE l.company_id = %s AND l.invoice_id = %s"
            " ORDER BY l.position, l.id",
            [company, invoice],
        )
        return [(row[0], DraftLine(*row[1:])._replace(facts={})) for row in cursor.fetchall()]


def copy_document(
    *, company: CompanyId, found: Invoice, key: int, reason: str, by: str, at: datetime
) -> models.Invoice:
    """A draft that says what an issued document says, made by a person; not written yet."""
    same = ("debtor", "group", "currency", "language", "purchase_order")
    return models.Invoice(
        id=key,
        company_id=company,
        month=found.month.starts_on,
        **{name: getattr(found, name) for name in same},
        seller=dict(found.seller),
        buyer=dict(found.buyer),
        terms=dict(found.terms),
        rates=list(found.rates),
        taxes=list(found.taxes),
        net=found.net,
        tax=found.tax,
        gross=found.gross,
        fingerprint="",
        drafted_at=at,
        origin="person",
        made_by=by,
        reason=reason,
    )


def negated(tax: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A tax of a document taken back."""
    return dict(tax) | {name: amount_text(-Decimal(tax[name]), currency) for name in ("base", "tax")}


def treated(
    row: models.Invoice, lines: Sequence[DraftLine], treatment: Treatment
) -> tuple[models.Invoice, list[DraftLine]]:
    """A document and its lines under another tax treatment; sums and shares follow in `taxed_anew`."""
    row.taxes = [
        {
            "treatment": treatment.code,
            "category": treatment.category,
            "country": treatment.country,
            "region": treatment.region,
            "percent": f"{treatment.percent.normalize():f}" if treatment.percent else "0",
            "reason": treatment.reason,
            "certificate": treatment.certificate,
        }
    ]
    percent, code = treatment.percent, treatment.code
    return row, [line._replace(tax_percent=percent, tax_treatment=code) for line in lines]


def taxed_anew(row: models.Invoice, lines: Sequence[DraftLine]) -> tuple[models.Invoice, list[DraftLine]]:
    """A document's sums and tax shares anew, at the rates that its lines bear."""
    reasons = {tax["treatment"]: tax.get("reason", "") for tax in row.taxes}
    given = [Taxed(one.net, one.tax_treatment, one.tax_percent, reasons.get(one.tax_treatment, "")) for one in lines]
    sums = total(lines=given, currency=row.currency, rounding=row.terms.get("rounding", "by-rate"))
    by_rate = {(tax["treatment"], Decimal(tax["percent"])): tax for tax in row.taxes}
    row.taxes = [
        dict(by_rate.get((tax.treatment, tax.percent), {}))
        | {"base": amount_text(tax.base, row.currency), "tax": amount_text(tax.tax, row.currency)}
        for tax in sums.taxes
    ]
    row.net, row.tax, row.gross = sums.net, sums.tax, sums.gross
    return row, [line._replace(tax=tax) for line, tax in zip(lines, sums.line_taxes, strict=True)]

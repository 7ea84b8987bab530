"""The checks between documents (reference section 11), asked anew whenever one of their sides arrives or leaves.

Their verdicts stand with the first part of every delivery that takes part. Reads the catalogue only, never a file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from saldo.charges import models
from saldo.charges.catalogue import write_checks
from saldo.charges.cross_sql import GROUP_CHECKS, ask_groups
from saldo.charges.rules.checks import (
    FileSum,
    Verdict,
    judge_balance,
    judge_invoice_total,
    judge_with_credit_notes,
)
from saldo.charges.store.checking import SAMPLES, Checked
from saldo.charges.versions import headers_of
from saldo.core.identity import CompanyId
from saldo.core.money import add_up, every_digit

CODES = ("I1", "I4", "I5", "I6", "I7", "I8", "I11", "I12", "I15")
_OF_DOCUMENT = ("I1", "I4", "I6", "I7", "I8", "I11", "I12")
_LEGACY_SIDES = ("legacy-license", "legacy-usage")
_RECONCILIATION = "nce-reconciliation"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    """The verdict on one document's sum: I1, I7 or I8."""

    code: str
    verdict: Verdict
    document: str
    expected: Decimal
    seen: Decimal


def check_again(company: CompanyId, documents: Collection[str], *, balances_too: bool) -> None:
    """Ask all checks between the files of these documents anew, those of estimates, and of balances when told so."""
    amended = headers_of(company).filter(number__in=documents).exclude(amends="").values_list("amends", flat=True)
    documents = {*documents, *amended}
    sums = _judge_sums(company, documents)
    for document in sorted(documents):
        _check_document(company, document, sums.get(document))
    _check_header_deliveries(company, documents)
    _check_estimates(company)
    if balances_too:
        _check_balances(company)


def _check_document(company: CompanyId, document: str, found: _Sum | None) -> None:
    """The checks that stand with the files of one document."""
    deliveries = _counting(company).filter(document=document).exclude(kind="invoice-header")
    by_kind: dict[str, list[int]] = {}
    for pk, kind in deliveries.values_list("id", "kind"):
        by_kind.setdefault(kind, []).append(pk)
    header = headers_of(company).filter(number=document).last()
    made: dict[int, list[Checked]] = {pk: [] for pks in by_kind.values() for pk in pks}
    if found is not None:
        for kind in (_RECONCILIATION, *_LEGACY_SIDES):
            for pk in by_kind.get(kind, ()):
                made[pk].append(_as_check(found.code, [found]))
    for check in GROUP_CHECKS:
        checked = ask_groups(check, by_kind, header.invoiced_on if header else None)
        if checked is not None:
            for pk in (pk for kind in check.sides for pk in by_kind[kind]):
                made[pk].append(checked)
    _replace(made, _OF_DOCUMENT)


def _judge_sums(company: CompanyId, documents: Collection[str]) -> Mapping[str, _Sum]:
    """What the rows of each document come to against its header; absent where a side is missing."""
    rows: dict[str, dict[str, FileSum]] = {}
    sums = _counting(company).filter(document__in=documents, kind__in=(_RECONCILIATION, *_LEGACY_SIDES))
    listed = sums.values_list("document", "kind").annotate(Sum("total"), Sum("tax"), Sum("gross"))
    for document, kind, net, tax, gross in listed:
        rows.setdefault(document, {})[kind] = FileSum(net=net, tax=tax, gross=net + tax if gross is None else gross)
    headers = {header.number: header for header in headers_of(company).filter(number__in=rows)}
    foreign = _in_other_currencies(sums, headers)
    found = (
        _judge_sum(company, headers[document], kinds, foreign.get(document))
        for document, kinds in rows.items()
        if document in headers
    )
    return {one.document: one for one in found if one is not None}


def _in_other_currencies(sums: Any, headers: Mapping[str, models.MicrosoftInvoice]) -> Mapping[str, Decimal]:
    """By document, what rows come to before tax that are in another currency than its header; absent where none are."""
    mixed = {
        pk: document
        for pk, document, currency in sums.values_list("id", "document", "currency")
        if document in headers and currency != headers[document].currency
    }
    found: dict[str, Decimal] = {}
    totals = models.CustomerTotal.objects.filter(delivery_id__in=mixed).exclude(currency="")
    for pk, currency, net in totals.values_list("delivery_id", "currency", "net"):
        if currency != headers[mixed[pk]].currency:
            found[mixed[pk]] = found.get(mixed[pk], Decimal(0)) + net
    return found


def _judge_sum(
    company: CompanyId, header: models.MicrosoftInvoice, kinds: Mapping[str, FileSum], foreign: Decimal | None
) -> _Sum | None:
    """The verdict on one sum; ``foreign`` is what of it is in another currency and counts for nothing here."""
    rows = FileSum(
        net=add_up(one.net for one in kinds.values()) - (foreign or 0),
        tax=add_up(one.tax for one in kinds.values()),
        gross=add_up(one.gross for one in kinds.values()) - (foreign or 0),
    )
    charged = header.total
    if "note" in header.document_type.lower() and rows.gross < 0 < charged:
        charged = -charged  # a credit note may name its sum without a sign
    code = "I7" if _RECONCILIATION in kinds else "I1"
    credited = _credit_notes(company, header.number) if code == "I7" else []
    if credited:
        code = "I8"
        verdict = judge_with_credit_notes(rows=rows, charged=charged, credited=credited, currency=header.currency)
    else:
        verdict = judge_invoice_total(rows=rows, charged=charged, currency=header.currency)
    if foreign is not None:
        verdict = "failed"
    elif code == "I1" and len(kinds) < len(_LEGACY_SIDES) and verdict == "failed":
        return None  # the other file of the invoice has not arrived
    return _Sum(code=code, verdict=verdict, document=header.number, expected=charged, seen=rows.gross)


def _credit_notes(company: CompanyId, number: str) -> list[Decimal]:
    """Credit notes on an invoice that have no rows of their own."""
    notes = headers_of(company).filter(amends=number, document_type__icontains="note")
    totals = {note.number: note.total for note in notes}
    with_rows = _counting(company).filter(document__in=totals, kind__in=(_RECONCILIATION, *_LEGACY_SIDES))
    own = set(with_rows.values_list("document", flat=True))
    return [total for note, total in totals.items() if note not in own]


def _check_header_deliveries(company: CompanyId, documents: Collection[str]) -> None:
    """The same verdicts on sums, where the headers stand."""
    touched = headers_of(company).filter(number__in=documents).values_list("delivery_id", flat=True)
    headers = list(headers_of(company).filter(delivery_id__in=set(touched)))
    sums = _judge_sums(company, {header.number for header in headers})
    made: dict[int, list[Checked]] = {header.delivery_id: [] for header in headers}
    for delivery, checks in made.items():
        rows = {header.number: header.row for header in headers if header.delivery_id == delivery}
        for code in ("I1", "I7", "I8"):
            found = [one for number in rows if (one := sums.get(number)) is not None and one.code == code]
            if found:
                checks.append(_as_check(code, found, rows=rows))
    _replace(made, ("I1", "I7", "I8"))


def _check_estimates(company: CompanyId) -> None:
    """I15: of each month either billed or unbilled data counts, never both."""
    made: dict[int, list[Checked]] = {}
    failed: dict[int, int] = {}
    estimates = models.Delivery.objects.filter(company_id=company, is_estimated=True).exclude(state="withdrawn")
    for estimate in estimates.exclude(superseded_by__is_estimated=True):
        billed = _counting(company).filter(kind=estimate.kind, month=estimate.month, is_estimated=False)
        if estimate.currency:
            billed = billed.filter(currency__in=[estimate.currency, ""])
        for pk in billed.values_list("id", flat=True):
            for one in (estimate.pk, pk):
                failed[one] = failed.get(one, 0) + (estimate.state == "counts")
                made.setdefault(one, []).append(_counted("I15", "failed" if estimate.state == "counts" else "passed"))
    summed = {pk: [_add("I15", checks)] for pk, checks in made.items()}
    _replace(summed, ("I15",))


def _check_balances(company: CompanyId) -> None:
    """I5: Microsoft's open balance against its documents, where all of them since the first are here."""
    models.Check.objects.filter(company_id=company, code="I5").delete()
    newest = {
        balance.currency: balance
        for balance in models.MicrosoftBalance.objects.filter(company_id=company, delivery__state="counts").order_by(
            "id"
        )
    }
    made: dict[int, list[Checked]] = {}  # balances of two currencies may stand in one file
    for balance in newest.values():
        headers = {
            header.number: header
            for header in headers_of(company).filter(currency=balance.currency, invoiced_on__lte=balance.said_on)
        }
        first = min((header.invoiced_on for header in headers.values()), default=None)
        if first is None or (balance.first_invoiced_on and first > balance.first_invoiced_on):
            continue
        still_open = [header.total - header.paid for header in headers.values()]
        verdict = judge_balance(balance=balance.balance, open_items=still_open)
        seen = sum(still_open, Decimal(0))
        sample = _sample(verdict, expected=balance.balance, seen=seen, group=balance.currency)
        check = _counted("I5", verdict, () if verdict == "passed" else (sample,))
        both = {balance.delivery_id, max(header.delivery_id for header in headers.values())}
        for pk in both:
            made.setdefault(pk, []).append(check)
    _replace({pk: [_add("I5", checks, _samples_of(checks))] for pk, checks in made.items()}, ())


def _replace(made: Mapping[int, Iterable[Checked]], codes: Collection[str]) -> None:
    """Write checks with the first part of each delivery, instead of those of these codes."""
    parts = {part.delivery_id: part for part in models.Part.objects.filter(delivery_id__in=made, number=1)}
    models.Check.objects.filter(part__in=parts.values(), code__in=codes).delete()
    for delivery, checks in made.items():
        write_checks(parts[delivery], checks)


def _as_check(code: str, sums: Collection[_Sum], *, rows: Mapping[str, int] | None = None) -> Checked:
    samples = tuple(
        _sample(one.verdict, expected=one.expected, seen=one.seen, group=one.document)
        | ({"row": rows[one.document]} if rows else {})
        for one in sorted(sums, key=lambda one: (one.verdict, one.document))
        if one.verdict != "passed"
    )
    return _add(code, [_counted(code, one.verdict) for one in sums], samples[:SAMPLES])


def _counted(code: str, verdict: Verdict, samples: tuple[dict[str, Any], ...] = ()) -> Checked:
    return Checked(
        code=code,
        passed=int(verdict == "passed"),
        tolerated=int(verdict == "tolerated"),
        failed=int(verdict == "failed"),
        samples=samples,
    )


def _add(code: str, checks: Collection[Checked], samples: tuple[dict[str, Any], ...] = ()) -> Checked:
    return Checked(
        code=code,
        passed=sum(check.passed for check in checks),
        tolerated=sum(check.tolerated for check in checks),
        failed=sum(check.failed for check in checks),
        samples=samples,
    )


def _samples_of(checks: Iterable[Checked]) -> tuple[dict[str, Any], ...]:
    return tuple(sample for check in checks for sample in check.samples)[:SAMPLES]


def _sample(verdict: Verdict, *, expected: Decimal, seen: Decimal, group: str) -> dict[str, Any]:
    return {
        "group": group,
        "expected": every_digit(expected),
        "seen": every_digit(seen),
        "verdict": verdict,
    }


def _counting(company: CompanyId) -> Any:
    return models.Delivery.objects.filter(company_id=company, state="counts")

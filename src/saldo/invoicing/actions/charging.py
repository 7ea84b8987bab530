"""Small acts: charges of our own, a person's word on a line, holds, the authority's document, settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saldo.agreements.rules.terms import due_on
from saldo.audit.log import record
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import minor_unit
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.invoicing.queries import get_draft, get_invoice
from saldo.invoicing.rules.documents import HELD_BY_PERSON
from saldo.invoicing.rules.issuing import NOT_DUE
from saldo.invoicing.rules.numbering import check_configured
from saldo.invoicing.rules.rating import DECIDABLE
from saldo.invoicing.rules.totals import MODES
from saldo.invoicing.settings import FORMS
from saldo.ledger.actions import allocate, post
from saldo.ledger.queries import find_item
from saldo.ledger.rules.accounts import RECEIVABLE
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting


class UnableToCharge(Refused):
    """A charge that cannot wait for the next invoice as asked."""


class UnableToDecide(Refused):
    """A word that settles nothing."""


class UnableToRecord(Refused):
    """An authority's document that does not fit ours."""


class UnableToSet(Refused):
    """Settings that cannot be."""


def add_charge(
    *,
    company: CompanyId,
    customer: CustomerId,
    code: str,
    name: str,
    net: Decimal,
    currency: str,
    evidence: Mapping[str, Any],
    service_period: tuple[date, date],
    key: str,
    by: str,
    at: datetime,
) -> bool:
    """Let a charge of our own wait for the debtor's next invoice; both days of ``service_period`` are included.

    The same ``key`` with the same figures is the same charge (False). Refuses (UnableToCharge):
    invoicing.charge.other-content, .too-fine, .backwards.
    """
    _check_charge(net, currency, *service_period)
    asked = (customer, code, name, net, currency, *service_period)
    if _is_known_charge(company, key, asked):
        return False
    models.Charge.objects.create(
        company_id=company,
        key=key,
        customer=customer,
        code=code,
        name=name,
        net=net,
        currency=currency,
        starts_on=service_period[0],
        ends_on=service_period[1],
        evidence=dict(evidence),
        made_at=at,
        made_by=by,
    )
    facts = {"code": code, "net": f"{net}", "currency": currency}
    record(company=company, code="invoicing.charged", actor=by, subject=f"charge:{key}", at=at, facts=facts)
    return True


def _check_charge(net: Decimal, currency: str, starts_on: date, ends_on: date) -> None:
    if net % minor_unit(currency):
        raise UnableToCharge(code="invoicing.charge.too-fine", facts={"net": f"{net}", "currency": currency})
    if ends_on < starts_on:
        raise UnableToCharge(code="invoicing.charge.backwards", facts={"from": f"{starts_on}", "until": f"{ends_on}"})


def _is_known_charge(company: CompanyId, key: str, asked: tuple[Any, ...]) -> bool:
    known = models.Charge.objects.filter(company_id=company, key=key).first()
    if known is None:
        return False
    there = (known.customer, known.code, known.name, known.net, known.currency, known.starts_on, known.ends_on)
    if there != asked:
        raise UnableToCharge(code="invoicing.charge.other-content", facts={"charge": key})
    return True


def decide_line(*, company: CompanyId, file: str, row: int, bucket: str, reason: str, by: str, at: datetime) -> None:
    """A person's word on a line that could not simply be rated; it holds from the next drafting on.

    Refuses (UnableToDecide): invoicing.decision.unknown-bucket, .no-reason, .unknown-line, .issued (its document has
    a number: correct that instead).
    """
    place = {"file": file, "row": row}
    if bucket not in DECIDABLE:
        raise UnableToDecide(code="invoicing.decision.unknown-bucket", facts=place | {"bucket": bucket})
    if not reason.strip():
        raise UnableToDecide(code="invoicing.decision.no-reason", facts=place)
    lines = models.Line.objects.filter(company_id=company, file=file, row=row, mirrors_line__isnull=True)
    line = lines.select_related("invoice").first()
    if line is None:
        raise UnableToDecide(code="invoicing.decision.unknown-line", facts=place)
    if line.invoice is not None and line.invoice.number:
        raise UnableToDecide(code="invoicing.decision.issued", facts=place | {"number": line.invoice.number})
    models.Decision.objects.create(
        company_id=company, file=file, row=row, bucket=bucket, reason=reason.strip(), decided_at=at, decided_by=by
    )
    record(
        company=company,
        code="invoicing.decided",
        actor=by,
        subject=f"line:{file[:12]}:{row}",
        at=at,
        facts={"before": line.bucket, "after": bucket},
    )


def hold_draft(*, company: CompanyId, draft: int, by: str, at: datetime) -> None:
    """Keep a draft out of waves until it is released. Refuses (UnableToFind): invoicing.draft.unknown."""
    _set_hold(company, draft, HELD_BY_PERSON, "invoicing.held", by, at)


def release_draft(*, company: CompanyId, draft: int, by: str, at: datetime) -> None:
    """Let a held draft go with the next wave, until it is drafted anew. Refuses: as `hold_draft`."""
    _set_hold(company, draft, "", "invoicing.released", by, at)


def _set_hold(company: CompanyId, draft: int, because: str, code: str, by: str, at: datetime) -> None:
    found = get_draft(company=company, draft=draft)
    models.Invoice.objects.filter(company_id=company, id=draft, number="").update(held_because=because)
    facts = {"before": found.held_because, "after": because}
    record(company=company, code=code, actor=by, subject=f"draft:{draft}", at=at, facts=facts)


def record_authority_document(
    *, company: CompanyId, number: str, authority_number: str, issued_on: date, file: str, by: str, at: datetime
) -> None:
    """Record the fiscal document for a statement of ours; only now does what is open of it become due.

    Refuses (UnableToFind): invoicing.document.unknown; (UnableToRecord): invoicing.authority.no-statement,
    .recorded-already, .no-number.
    """
    statement = get_invoice(company=company, number=number)
    facts = {"number": number}
    if statement.kind != "statement":
        raise UnableToRecord(code="invoicing.authority.no-statement", facts=facts)
    if not authority_number.strip() or not file:
        raise UnableToRecord(code="invoicing.authority.no-number", facts=facts)
    if models.AuthorityDocument.objects.filter(company_id=company, number=number).exists():
        raise UnableToRecord(code="invoicing.authority.recorded-already", facts=facts)
    models.AuthorityDocument.objects.create(
        company_id=company,
        number=number,
        authority_number=authority_number.strip(),
        issued_on=issued_on,
        file=file,
        recorded_at=at,
        recorded_by=by,
    )
    _make_due(company, number, due_on(issued_on, int(statement.terms.get("net_days", 30))), by=by, at=at)
    record(
        company=company,
        code="invoicing.authority-recorded",
        actor=by,
        subject=f"invoice:{number}",
        at=at,
        facts={"authority": authority_number.strip(), "issued_on": issued_on.isoformat()},
    )


def _make_due(company: CompanyId, number: str, due: date, *, by: str, at: datetime) -> None:
    """What is open of the statement moves into an item with a due day: items themselves never change."""
    open_item = find_item(company=company, key=f"invoice:{number}")
    if open_item is None or not open_item.open or open_item.due_on != NOT_DUE:
        return
    key, on = f"authority:{number}", max(at.date(), open_item.issued_on)
    value, party, currency = open_item.open, open_item.party, open_item.currency
    legs = tuple(Entry(account=RECEIVABLE, party=party, currency=currency, value=part) for part in (-value, value))
    became = NewItem(
        key=key,
        account=RECEIVABLE,
        party=party,
        kind="invoice",
        document=number,
        reference=open_item.reference,
        issued_on=on,
        due_on=due,
        currency=currency,
        original=value,
    )
    items = (replace(became, key=f"{key}:moved", kind="reversal", due_on=on, original=-value), became)
    posting = Posting(key=key, on=on, code="invoicing.became-due", document=number, entries=legs)
    post(company=company, postings=[(posting, items)], by=by, at=at)
    moved = NewAllocation(key=f"{key}:moved", on=on, debit=f"invoice:{number}", credit=f"{key}:moved", value=abs(value))
    allocate(company=company, allocations=[moved], by=by, at=at)


def attach_explanation(
    *,
    company: CompanyId,
    number: str,
    before: str,
    language: str,
    reasons: Sequence[Mapping[str, Any]],
    by: str,
    at: datetime,
) -> None:
    """Freeze on a document why it differs from the one before; the same number keeps its first explanation.

    Refuses (UnableToFind): invoicing.document.unknown.
    """
    get_invoice(company=company, number=number)
    _, is_new = models.Explanation.objects.get_or_create(
        company_id=company,
        number=number,
        defaults={"before": before, "language": language, "reasons": list(reasons), "made_at": at},
    )
    if is_new:
        facts = {"before": before, "reasons": len(reasons)}
        record(company=company, code="invoicing.explained", actor=by, subject=f"invoice:{number}", at=at, facts=facts)


def set_invoicing(*, company: CompanyId, changes: Mapping[str, Any], by: str, at: datetime) -> None:
    """Change how the company issues; ``changes`` are fields of `settings.Settings`.

    Refuses (UnableToSet): invoicing.settings.unknown, .unreadable; (UnableToNumber) a series that is none, or too long.
    """
    for name, value in changes.items():
        if name not in _SETTABLE:
            raise UnableToSet(code="invoicing.settings.unknown", facts={"setting": name})
        if name == "series":
            check_configured(series=value)
        elif not _SETTABLE[name](value):
            raise UnableToSet(code="invoicing.settings.unreadable", facts={"setting": name, "value": str(value)})
    models.InvoicingSettings.objects.update_or_create(company_id=company, defaults=dict(changes) | {"updated_at": at})
    facts = {name: str(value) for name, value in changes.items()}
    record(company=company, code="invoicing.set", actor=by, subject="settings", at=at, facts=facts)


_LONGEST_RECALL = 7 * 24 * 60
_SETTABLE: Mapping[str, Callable[[Any], bool]] = {
    "fiscal_form": lambda value: value in FORMS,
    "series": lambda value: True,
    "rounding": lambda value: value in MODES,
    "recall_minutes": lambda value: 0 <= value <= _LONGEST_RECALL,
    "backup_days": lambda value: value >= 1,
    "demands_backup": lambda value: isinstance(value, bool),
    "credit_limit": lambda value: value >= 0,
}

"""Issuing: waves are confirmed, numbers given without gap, documents posted; all of a chunk in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from saldo.agreements.rules.terms import Terms, dated_on, due_on
from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.invoicing import models
from saldo.invoicing.actions.series import give_numbers, lock_series
from saldo.invoicing.actions.settling import settle_credit
from saldo.invoicing.queries import get_invoice
from saldo.invoicing.ready import list_waiting, texts
from saldo.invoicing.rules.issuing import (
    NOT_DUE,
    Issuable,
    UnableToIssue,
    check_backup,
    check_form,
    posting_of,
    sums_by_currency,
)
from saldo.invoicing.rules.references import reference_for
from saldo.invoicing.seller import find_missing
from saldo.invoicing.settings import get_settings
from saldo.ledger.actions import post
from saldo.outbox.queries import get_channel

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A document that has just got its number, with what its mail needs."""

    number: str
    kind: str
    debtor: str
    language: str
    currency: str
    gross: Decimal
    seller: str
    recipients: tuple[str, ...]
    delivery: str
    mirrors: str = ""


class _Draft(NamedTuple):
    id: int
    kind: str
    month: date
    debtor: str
    currency: str
    language: str
    mirrors: str
    seller: Any
    buyer: Any
    terms: Any
    taxes: Any
    net: Decimal
    tax: Decimal
    gross: Decimal
    due_on: date | None
    origin: str


_FIELDS = ", ".join(f"i.{name}" for name in _Draft._fields)


def check_may_issue(*, company: CompanyId, newest_backup: datetime | None, at: datetime) -> None:
    """Nothing where the company may issue now.

    Once mail is live, so that papers reach customers, what the law demands of our own particulars must be written down;
    in rehearsal it is only said (`seller.find_missing`).
    Refuses (UnableToIssue): as `check_form` and `check_backup`; invoicing.seller.no-address, .no-vat-id.
    """
    settings = get_settings(company=company)
    check_form(fiscal_form=settings.fiscal_form)
    is_live = get_channel(company=company, kind="mail").is_open
    is_demanded = settings.demands_backup or is_live
    check_backup(is_demanded=is_demanded, newest_backup=newest_backup, at=at, days=settings.backup_days)
    for one in find_missing(company=company, currencies=(), on=at.date()) if is_live else ():
        if one.is_demanded:
            raise UnableToIssue(code=one.code, facts=dict(one.facts))


def open_wave(
    *,
    company: CompanyId,
    month: Month,
    debtors: Sequence[str] | None = None,
    confirm_count: int,
    confirm_totals: Mapping[str, Decimal],
    newest_backup: datetime | None,
    today: date,
    by: str,
    at: datetime,
) -> int:
    """Put the waiting drafts of a month into a wave, as counted and summed by who confirms it; returns its number.

    Refuses (UnableToIssue): invoicing.wave.changed (the drafts are no longer those confirmed), and as
    `check_may_issue`.
    """
    check_may_issue(company=company, newest_backup=newest_backup, at=at)
    lock_series(company)
    waiting = list_waiting(company=company, month=month, today=today, debtors=debtors)
    if (waiting.count, dict(waiting.totals)) != (confirm_count, dict(confirm_totals)):
        facts = {"count": waiting.count, "confirmed": confirm_count, "totals": texts(waiting.totals)}
        raise UnableToIssue(code="invoicing.wave.changed", facts=facts)
    minutes = get_settings(company=company).recall_minutes
    wave = models.Wave.objects.create(
        company_id=company,
        month=month.starts_on,
        count=waiting.count,
        totals=texts(waiting.totals),
        issued_at=at,
        issued_by=by,
        recall_until=at + timedelta(minutes=minutes),
    )
    models.Invoice.objects.filter(company_id=company, id__in=waiting.drafts).update(wave=wave)
    facts = {"month": str(month), "count": waiting.count, "totals": texts(waiting.totals)}
    record(company=company, code="invoicing.wave-opened", actor=by, subject=f"wave:{wave.pk}", at=at, facts=facts)
    return int(wave.pk)


def issue_next(
    *, company: CompanyId, wave: int, today: date, by: str, at: datetime, limit: int = CHUNK
) -> tuple[IssuedDocument, ...]:
    """Issue the next drafts of a wave: number, day, due day, reference, posting; empty when none is left.

    Refuses (UnableToIssue): invoicing.issue.draft-stale, where a draft's lines do not add up to it.
    """
    lock_series(company)
    return _issue(company, _take(company, "i.wave_id = %s", [wave], limit), today=today, by=by, at=at)


def issue_draft(*, company: CompanyId, draft: int, today: date, by: str, at: datetime) -> IssuedDocument:
    """Issue one document by itself. Refuses (UnableToIssue): invoicing.draft.unknown, as `issue_next`."""
    lock_series(company)
    if drafts := _take(company, "i.id = %s", [draft], 1):
        return _issue(company, drafts, today=today, by=by, at=at)[0]
    raise UnableToIssue(code="invoicing.draft.unknown", facts={"draft": draft})


def describe_issued(*, company: CompanyId, number: str) -> IssuedDocument:
    """What the mail of an issued document needs. Refuses (UnableToFind): invoicing.document.unknown."""
    found = get_invoice(company=company, number=number)
    return IssuedDocument(
        number=found.number,
        kind=found.kind,
        debtor=found.debtor,
        language=found.language,
        currency=found.currency,
        gross=found.gross,
        seller=found.seller.get("legal_name", ""),
        recipients=tuple(contact["address"] for contact in found.buyer.get("emails", ())),
        delivery=found.terms.get("delivery", "mail"),
        mirrors=found.mirrors,
    )


def _take(company: CompanyId, where: str, values: Sequence[Any], limit: int) -> list[_Draft]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_FIELDS} FROM invoicing_invoice i WHERE i.company_id = %s AND i.number = '' AND {where}"
            " ORDER BY i.debtor, i.id LIMIT %s FOR UPDATE",
            [company, *values, limit],
        )
        return [_Draft(*row) for row in cursor.fetchall()]


def _issue(
    company: CompanyId, drafts: Sequence[_Draft], *, today: date, by: str, at: datetime
) -> tuple[IssuedDocument, ...]:
    if not drafts:
        return ()
    fees = _check_lines(company, drafts)
    days = [_dated(draft, today) for draft in drafts]
    given = give_numbers(company=company, years=[day.year for day in days])
    documents = [
        _issuable(draft, number, day, fees.get(draft.id, Decimal(0)))
        for draft, (number, _), day in zip(drafts, given, days, strict=True)
    ]
    _write_numbers(company, drafts, documents, [place for _, place in given], by=by, at=at)
    postings = [posting for document in documents if (posting := posting_of(document)) is not None]
    post(company=company, postings=postings, by=by, at=at)
    for draft, document in zip(drafts, documents, strict=True):
        if draft.kind == "credit-note" and draft.mirrors:
            settle_credit(company=company, number=document.number, credits=draft.mirrors, today=today, by=by, at=at)
    totals = sums_by_currency([(document.currency, document.gross) for document in documents])
    facts = {"first": documents[0].number, "last": documents[-1].number, "count": len(documents)}
    subject, facts = f"invoice:{documents[0].number}", facts | {"totals": texts(totals)}
    record(company=company, code="invoicing.issued", actor=by, subject=subject, at=at, facts=facts)
    return tuple(map(_issued, drafts, documents))


def _check_lines(company: CompanyId, drafts: Sequence[_Draft]) -> dict[int, Decimal]:
    """See that the lines still add up to their documents; gives what of each is a fee of our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT invoice_id, sum(net), sum(tax), COALESCE(sum(net) FILTER (WHERE charge <> ''), 0)"
            " FROM invoicing_line WHERE company_id = %s AND invoice_id = ANY(%s) GROUP BY 1",
            [company, [draft.id for draft in drafts]],
        )
        sums = {key: (net, tax, fees) for key, net, tax, fees in cursor.fetchall()}
    for draft in drafts:
        if sums.get(draft.id, (0, 0))[:2] != (draft.net, draft.tax):
            facts = {"debtor": draft.debtor, "month": f"{draft.month:%Y-%m}"}
            raise UnableToIssue(code="invoicing.issue.draft-stale", facts=facts)
    return {key: fees for key, (_, _, fees) in sums.items()}


def _dated(draft: _Draft, today: date) -> date:
    """The day that the document carries; corrections carry the day on which they are made."""
    if draft.kind == "credit-note" or draft.origin == "person":
        return today
    return dated_on(
        Terms(invoice_day=int(_json(draft.terms).get("invoice_day", 0))), month=Month.of(draft.month), issued_on=today
    )


def _issuable(draft: _Draft, number: str, day: date, fees: Decimal) -> Issuable:
    due = draft.due_on or due_on(day, int(_json(draft.terms).get("net_days", 30)))
    return Issuable(
        number=number,
        kind=draft.kind,
        debtor=draft.debtor,
        currency=draft.currency,
        net=draft.net,
        fees=fees,
        taxes=_json(draft.taxes),
        gross=draft.gross,
        issued_on=day,
        due_on=NOT_DUE if draft.kind == "statement" else day if draft.kind == "credit-note" else due,
        reference=reference_for(country=_json(draft.seller).get("country", ""), currency=draft.currency, number=number),
    )


def _write_numbers(
    company: CompanyId,
    drafts: Sequence[_Draft],
    documents: Sequence[Issuable],
    places: Sequence[int],
    *,
    by: str,
    at: datetime,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoicing_invoice i SET number = g.number, year = g.year, sequence = g.place,"
            " issued_on = g.day, due_on = g.due, reference = g.reference, issued_at = %s, issued_by = %s"
            " FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[], %s::date[], %s::date[], %s::text[])"
            "   AS g(id, number, year, place, day, due, reference)"
            " WHERE i.id = g.id AND i.company_id = %s AND i.number = ''",
            [
                *(at, by, [draft.id for draft in drafts], [one.number for one in documents]),
                *([one.issued_on.year for one in documents], list(places), [one.issued_on for one in documents]),
                [None if one.due_on == NOT_DUE else one.due_on for one in documents],
                *([one.reference for one in documents], company),
            ],
        )


def _issued(draft: _Draft, document: Issuable) -> IssuedDocument:
    return IssuedDocument(
        number=document.number,
        kind=draft.kind,
        debtor=draft.debtor,
        language=draft.language,
        currency=draft.currency,
        gross=draft.gross,
        seller=_json(draft.seller).get("legal_name", ""),
        recipients=tuple(contact["address"] for contact in _json(draft.buyer).get("emails", ())),
        delivery=_json(draft.terms).get("delivery", "mail"),
        mirrors=draft.mirrors,
    )


def _json(value: Any) -> Any:
    """A JSON column as a cursor of Django's gives it: text."""
    return json.loads(value) if isinstance(value, str) else value

"""Writing down what Microsoft wants: each document once, corrected by mirror and new posting, notes against invoices.

Belongs to the caller's transaction; told again with the same files it does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from saldo.audit import log
from saldo.charges.microsoft_documents import MicrosoftDocument, list_documents
from saldo.core.identity import CompanyId, FileId
from saldo.core.money import ZERO, amount_text, round_half_up
from saldo.core.periods import Month
from saldo.core.problems import Place, Problem
from saldo.ledger.actions import allocate, post, reverse
from saldo.ledger.queries import find_items
from saldo.ledger.rules import accounts
from saldo.ledger.rules.allocation import NewAllocation, UnableToAllocate
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.payables import models
from saldo.payables.queries import PARTY, first_open_day, item_key
from saldo.payables.rules.documents import Owed, Printed, RowSum, Seen, read_graph

_BOOKED = ("kind", "currency", "net", "tax", "gross")
_NOT_BOOKED = ("amends", "invoiced_on", "due_on", "is_due_assumed", "source")
_ITEM_KINDS = {"invoice": "invoice", "rebill": "invoice", "credit": "credit-note", "void": "credit-note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of the documents: new, corrected, gone from the files, notes allocated; faults in them."""

    new: int
    corrected: int
    gone: int
    allocated: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Errand:
    """One recording, while it lasts."""

    company: CompanyId
    by: str
    at: datetime
    open_from: date | None
    new: int = 0
    corrected: int = 0
    gone: int = 0

    def day(self, on: date) -> date:
        """A day on which the books are open."""
        return max(on, self.open_from or on)


def lock(company: CompanyId) -> None:
    """One transaction at a time changes what a company owes Microsoft."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payables'), %s)", [company])


def record_documents(*, company: CompanyId, cloud: str, by: str, at: datetime) -> Recorded:
    """Bring what we owe in line with the files that count.

    A document that says something else than before is taken back by its mirror and posted anew, on the day of
    ``at`` or when the books are open again; its approvals are withdrawn. One that is gone from the files is taken
    back; one that can no longer be read (rows of several currencies) is not gone: what stood stands, without approvals.
    """
    lock(company)
    errand = _Errand(company=company, by=by, at=at, open_from=first_open_day(company=company))
    known = {row.document: row for row in models.Payable.objects.filter(company_id=company)}
    seen, problems = _read(list_documents(company=company))
    seen += _only_read(known.values(), {one.document for one in seen})
    by_number = {one.document: one for one in seen}
    printed = {number: _printed(row) for number, row in known.items()}
    for owed in read_graph(seen=seen, printed=printed, cloud=cloud):
        _record(errand, owed, by_number[owed.document], known.get(owed.document))
    unread = {str(one.facts["document"]) for one in problems}
    for number in known.keys() - by_number.keys():
        if number in unread:
            withdraw_approvals(company=company, document=number, at=at)
        else:
            _take_out(errand, known[number])
    counts = {"new": errand.new, "corrected": errand.corrected, "gone": errand.gone}
    return Recorded(**counts, allocated=_settle_notes(errand), problems=problems)


def _read(documents: Iterable[MicrosoftDocument]) -> tuple[list[Seen], tuple[Problem, ...]]:
    """What can be owed, and the documents whose rows are not of one currency, or of another than their header."""
    seen: list[Seen] = []
    problems: list[Problem] = []
    for one in documents:
        if len(one.currencies) != 1 or not one.currencies[0]:
            facts = {"document": one.number, "currencies": list(one.currencies)}
            problems.append(
                Problem(code="payables.document.several-currencies", place=Place(FileId(""), 0), facts=facts)
            )
            continue
        seen.append(
            Seen(
                document=one.number,
                currency=one.currencies[0],
                month=one.month,
                document_type=one.document_type,
                amends=one.amends,
                status=one.status,
                invoiced_on=one.invoiced_on,
                total=one.total,
                paid=one.paid,
                rows=RowSum(rows=one.rows, net=one.net, tax=one.tax, gross=one.gross),
            )
        )
    return seen, tuple(problems)


def _printed(row: models.Payable) -> Printed:
    return Printed(
        invoiced_on=row.printed_invoiced_on,
        due_on=row.printed_due_on,
        total=row.printed_total,
        tax=row.printed_tax,
    )


def _only_read(rows: Iterable[models.Payable], in_files: Collection[str]) -> list[Seen]:
    """Documents that no file shows, but a person read."""
    return [
        Seen(
            document=row.document,
            currency=row.currency,
            month=Month.of(row.month) if row.month else None,
            invoiced_on=row.printed_invoiced_on,
            rows=RowSum(),
        )
        for row in rows
        if row.document not in in_files and row.printed_total is not None
    ]


def _record(errand: _Errand, owed: Owed, seen: Seen, row: models.Payable | None) -> None:
    if row is None:
        row = models.Payable(company_id=errand.company, document=owed.document, seen_at=errand.at)
        errand.new += 1
    before = _values(row)
    moved = row.pk is None or any(getattr(row, name) != getattr(owed, name) for name in _BOOKED)
    was_posted = row.version > 0
    for name in (*_BOOKED, *_NOT_BOOKED):
        setattr(row, name, getattr(owed, name))
    row.month = owed.month.starts_on if owed.month else None
    row.paid_at_microsoft = round_half_up(seen.paid, owed.currency)
    row.rows = seen.rows.rows
    row.rows_net = round_half_up(seen.rows.net, owed.currency)
    row.rows_tax = round_half_up(seen.rows.tax, owed.currency)
    if moved:
        _post(errand, row, is_correction=was_posted)
    if row.pk is None or _values(row) != before:
        row.save()


def _values(row: models.Payable) -> Mapping[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _post(errand: _Errand, row: models.Payable, *, is_correction: bool) -> None:
    """Enter a document into the books, after taking back what stood there of it."""
    left = _take_back(errand, row) if is_correction else ""
    on = errand.day(max(errand.at.date(), row.invoiced_on) if is_correction else row.invoiced_on)
    row.version += 1
    row.item = item_key(document=row.document, version=row.version) if row.gross else ""
    if row.gross:
        post(company=errand.company, postings=[(_posting(row, on), [_item(row, on)])], by=errand.by, at=errand.at)
    if left and row.item:
        _net_out(errand, left, row.item, on)
    code = "payables.document.corrected" if is_correction else "payables.document.recorded"
    if is_correction:
        errand.corrected += 1
        withdraw_approvals(company=errand.company, document=row.document, at=errand.at)
    facts = {"gross": amount_text(row.gross, row.currency), "currency": row.currency, "kind": row.kind}
    _log(errand, code, row.document, facts | {"version": row.version, "due_on": row.due_on.isoformat()})


def _posting(row: models.Payable, on: date) -> Posting:
    net = row.gross if row.net is None else row.net
    legs = (
        (accounts.COST, "", net),
        (accounts.INPUT_TAX, "", row.gross - net),
        (accounts.MICROSOFT, PARTY, -row.gross),
    )
    return Posting(
        key=item_key(document=row.document, version=row.version),
        on=on,
        code="payables.document.recorded" if row.version == 1 else "payables.document.corrected",
        document=row.document,
        entries=tuple(
            Entry(account=account, party=party, currency=row.currency, value=value)
            for account, party, value in legs
            if value
        ),
    )


def _item(row: models.Payable, on: date) -> NewItem:
    """``issued_on`` is the day of the posting, so that open items and entries agree on every day."""
    return NewItem(
        key=row.item,
        account=accounts.MICROSOFT,
        party=PARTY,
        kind=_ITEM_KINDS[row.kind],
        document=row.document,
        reference=row.document,
        issued_on=on,
        due_on=row.due_on,
        currency=row.currency,
        original=-row.gross,
    )


def _take_back(errand: _Errand, row: models.Payable) -> str:
    """Mirror what stands in the books; the key of the item that holds what had been settled of it already."""
    if not row.item:
        return ""
    new_key = f"{row.item}:taken-back"
    item = find_items(company=errand.company, keys=[row.item])[row.item]
    reverse(
        company=errand.company,
        key=row.item,
        new_key=new_key,
        on=errand.day(max(errand.at.date(), item.issued_on)),
        by=errand.by,
        at=errand.at,
        code="payables.document.taken-back",
    )
    return new_key


def _take_out(errand: _Errand, row: models.Payable) -> None:
    """A document that no file shows any more comes to nothing; what was paid on it stays open as our credit."""
    if not row.item and not row.gross:
        return
    _take_back(errand, row)
    row.item, row.gross, row.net, row.tax = "", ZERO, ZERO, ZERO
    row.rows, row.rows_net, row.rows_tax = 0, ZERO, ZERO
    row.save()
    errand.gone += 1
    withdraw_approvals(company=errand.company, document=row.document, at=errand.at)
    _log(errand, "payables.document.gone", row.document, {"version": row.version})


def _settle_notes(errand: _Errand) -> int:
    """Allocate voids and credit notes against what they amend, as far as both are open."""
    rows = {row.document: row for row in models.Payable.objects.filter(company_id=errand.company).exclude(item="")}
    pairs = [
        (row.item, rows[row.amends].item)
        for row in rows.values()
        if row.kind in ("void", "credit") and row.amends in rows
    ]
    return sum(_net_out(errand, note, target, None) for note, target in sorted(pairs))


def _net_out(errand: _Errand, one: str, other: str, on: date | None) -> int:
    """Allocate two items of Microsoft's account against each other where one is open to us and the other to them."""
    items = find_items(company=errand.company, keys=[one, other])
    debit, credit = sorted((items[one], items[other]), key=lambda item: -item.open)
    value = min(debit.open, -credit.open)
    if value <= 0 or debit.currency != credit.currency:
        return 0
    day = max(debit.issued_on, credit.issued_on, on or debit.issued_on)
    key = f"{debit.key}>{credit.key}@{errand.at.isoformat()}:{debit.open}"  # later there may be more to settle
    new = NewAllocation(key=key, on=day, debit=debit.key, credit=credit.key, value=value)
    return settle(company=errand.company, allocation=new, by=errand.by, at=errand.at)


def settle(*, company: CompanyId, allocation: NewAllocation, by: str, at: datetime) -> int:
    """Allocate on its day, or on the day of ``at`` where one of both was taken back in between."""
    try:
        return allocate(company=company, allocations=[allocation], by=by, at=at)
    except UnableToAllocate as refusal:
        if refusal.code != "ledger.allocation.too-early":
            raise
    later = replace(allocation, on=max(allocation.on, at.date()))
    return allocate(company=company, allocations=[later], by=by, at=at)


def withdraw_approvals(*, company: CompanyId, document: str, at: datetime) -> int:
    """A document that changed has nobody's yes any more; returns how many were withdrawn."""
    given = models.Approval.objects.filter(company_id=company, document=document, withdrawn_at=None)
    return given.update(withdrawn_at=at)


def _log(errand: _Errand, code: str, document: str, facts: Mapping[str, object]) -> None:
    log.record(
        company=errand.company, code=code, actor=errand.by, subject=f"payable:{document}", at=errand.at, facts=facts
    )

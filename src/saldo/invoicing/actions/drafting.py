"""Drafting a month, a chunk of debtors in one transaction; what did not change since the last time stays untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from saldo.agreements.rules.tax import UnableToTreat
from saldo.audit.log import record
from saldo.charges.month_lines import list_month_lines
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.invoicing import reading
from saldo.invoicing.actions.writing import remove_drafts, write_drafts
from saldo.invoicing.inputs import MonthInputs, frame_of, name_tenants
from saldo.invoicing.reading import BucketKey, ExistingDraft
from saldo.invoicing.rules.documents import HELD_BY_PERSON, DraftDocument, Frame, fingerprint_of
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.rules.month import DebtorMonth, DrawnUp, draw_up
from saldo.invoicing.rules.rating import Payer, is_credit
from saldo.invoicing.rules.settled import SettledLine, credits_of
from saldo.parties.debtors import Debtor, list_debtors_numbered

_LOCK = 0x1A01
"""Of the database's advisory locks: two drafting the same month would write each line twice."""


@dataclass(slots=True, kw_only=True)
class Drafted:
    """What a chunk came to: drafts written again, drafts left as they were, lines by bucket and by reason."""

    written: int = 0
    unchanged: int = 0
    buckets: Counter[tuple[str, str]] = field(default_factory=Counter)
    defaults: int = 0

    def add(self, other: Drafted) -> None:
        """Count another chunk in."""
        self.written += other.written
        self.unchanged += other.unchanged
        self.buckets += other.buckets
        self.defaults += other.defaults


@dataclass(slots=True, kw_only=True)
class _Chunk:
    """What the tables hold of a chunk of debtors, by debtor."""

    items: Mapping[CustomerId, list[LineItem]]
    settled: Mapping[CustomerId, list[SettledLine]]
    before: Mapping[CustomerId, list[SettledLine]]
    drafts: Mapping[str, list[ExistingDraft]]
    buckets: Mapping[CustomerId, set[BucketKey]]


def draft_debtors(*, inputs: MonthInputs, debtors: Sequence[str], by: str, at: datetime) -> Drafted:
    """Draft these debtors' documents of the month; lines on issued documents are never drafted again."""
    company = inputs.company
    _lock_month(company, inputs.month)
    known = list_debtors_numbered(company=company, numbers=debtors)
    tenants = _tenants_of(inputs, known)
    customers = {customer for found in tenants.values() for customer in found}
    customers |= {customer for number in known for customer in inputs.former.get(number, ())}
    chunk = _read_chunk(inputs, sorted(customers), debtors)
    names = name_tenants(company=company, customers=sorted(customers))
    done = Drafted()
    changed: list[tuple[list[CustomerId], list[ExistingDraft], DrawnUp]] = []
    for number, debtor in known.items():
        own = tenants.get(number, [])
        drawn = draw_up(asked=_ask(inputs, debtor, own, chunk, names), book=inputs.book, rates=inputs.rates)
        _count(done, drawn)
        existing = chunk.drafts.get(number, [])
        if _is_same(drawn, existing, own, chunk.buckets):
            done.unchanged += len(drawn.documents)
        else:
            done.written += len(drawn.documents)
            changed.append((own, existing, drawn))
    _write(inputs, changed, at)
    if changed:
        facts = {"month": str(inputs.month), "debtors": len(changed), "drafts": done.written}
        record(company=company, code="invoicing.drafted", actor=by, subject=f"month:{inputs.month}", at=at, facts=facts)
    return done


def draft_strangers(*, inputs: MonthInputs, customers: Sequence[CustomerId], by: str, at: datetime) -> Drafted:
    """Put the lines of customers for whom nobody pays yet into the work queue; they stop nobody else."""
    _lock_month(inputs.company, inputs.month)
    chunk = _read_chunk(inputs, customers, [])
    done = Drafted()
    changed = []
    for customer in customers:
        asked = DebtorMonth(
            month=inputs.month,
            payer=None,
            frame=None,
            items=chunk.items.get(customer, []),
            settled=chunk.settled.get(customer, []),
            decisions=inputs.decisions,
            originals=lambda item: "",
            elsewhere=inputs.elsewhere,
        )
        drawn = draw_up(asked=asked, book=inputs.book, rates=inputs.rates)
        _count(done, drawn)
        if not _is_same(drawn, [], [customer], chunk.buckets):
            empty: list[ExistingDraft] = []
            changed.append(([customer], empty, drawn))
    _write(inputs, changed, at)
    if changed:
        facts = {"month": str(inputs.month), "customers": len(changed)}
        record(
            company=inputs.company,
            code="invoicing.unmatched",
            actor=by,
            subject=f"month:{inputs.month}",
            at=at,
            facts=facts,
        )
    return done


def _lock_month(company: CompanyId, month: Month) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK + company % 0x10000, month.year * 12 + month.number]
        )


def _tenants_of(inputs: MonthInputs, known: Mapping[str, Debtor]) -> dict[str, list[CustomerId]]:
    found: dict[str, list[CustomerId]] = {}
    for customer, number in inputs.tenants.items():
        if number in known:
            found.setdefault(number, []).append(customer)
    return found


def _read_chunk(inputs: MonthInputs, customers: Sequence[CustomerId], debtors: Sequence[str]) -> _Chunk:
    company, month = inputs.company, inputs.month
    # First, because it locks: what is issued while we wait must stand among the settled lines read afterwards.
    drafts = reading.list_drafts_of(company=company, month=month, debtors=debtors)
    items: dict[CustomerId, list[LineItem]] = {}
    for item in list_month_lines(month=inputs.lines, customers=customers):
        items.setdefault(item.customer, []).append(item)
    crediting = [customer for customer, found in items.items() if any(map(is_credit, found))]
    before = reading.list_settled_before(company=company, month=month, customers=crediting) if crediting else []
    return _Chunk(
        items=items,
        settled=_by_customer(
            reading.list_settled(company=company, month=month, customers=customers, moved=inputs.moved)
        ),
        before=_by_customer(before),
        drafts=drafts,
        buckets=reading.list_bucket_keys(company=company, month=month, customers=customers),
    )


def _by_customer(lines: Sequence[SettledLine]) -> dict[CustomerId, list[SettledLine]]:
    found: dict[CustomerId, list[SettledLine]] = {}
    for one in lines:
        found.setdefault(CustomerId(one.line.customer), []).append(one)
    return found


def _ask(
    inputs: MonthInputs,
    debtor: Debtor,
    tenants: Sequence[CustomerId],
    chunk: _Chunk,
    names: Mapping[CustomerId, str],
) -> DebtorMonth:
    frame, unknown = _frame(inputs, debtor, names)
    terms = inputs.terms.of(debtor.number, inputs.month.ends_on)
    language = debtor.language or inputs.language
    former = inputs.former.get(debtor.number, frozenset())
    seen = [*tenants, *sorted(former)]
    others = _documents_of_others(debtor, seen, chunk)
    strangers = frozenset(number for number, owner in others.items() if owner not in inputs.former)
    return DebtorMonth(
        month=inputs.month,
        payer=Payer(debtor.number, debtor.segment, terms.currency),
        frame=frame,
        unknown_tax=unknown,
        items=[item for customer in seen for item in chunk.items.get(customer, ())],
        settled=[one for customer in seen for one in chunk.settled.get(customer, ())],
        settled_charges=inputs.settled_charges,
        fees=inputs.fees.get(debtor.number, ()),
        charges=inputs.charges.get(debtor.number, ()),
        decisions=inputs.decisions,
        minimum_name=inputs.minimum_names.get(language, ""),
        originals=lambda item: credits_of(item, chunk.before.get(item.customer, ())),
        elsewhere=inputs.elsewhere,
        strangers=strangers,
        of_others=frozenset(others) - strangers,
        billed_here=_documents_of(debtor, former, chunk),
        former=former,
        moved=frozenset(customer for customer in tenants if _has_moved(debtor, customer, chunk)),
        minimums=inputs.minimums,
    )


def _documents_of_others(debtor: Debtor, tenants: Sequence[CustomerId], chunk: _Chunk) -> dict[str, str]:
    """Documents on which these tenants' lines stand and that another debtor has, with whose they are."""
    found = [one for of in (chunk.settled, chunk.before) for customer in tenants for one in of.get(customer, ())]
    return {one.number: one.debtor for one in found if one.debtor != debtor.number}


def _documents_of(debtor: Debtor, tenants: Iterable[CustomerId], chunk: _Chunk) -> frozenset[str]:
    """This debtor's own documents on which lines of these tenants stand."""
    found = [one for of in (chunk.settled, chunk.before) for customer in tenants for one in of.get(customer, ())]
    return frozenset(one.number for one in found if one.debtor == debtor.number)


def _has_moved(debtor: Debtor, customer: CustomerId, chunk: _Chunk) -> bool:
    return any(one.debtor != debtor.number for one in chunk.before.get(customer, ()))


def _frame(
    inputs: MonthInputs, debtor: Debtor, names: Mapping[CustomerId, str]
) -> tuple[Frame | None, tuple[str, Mapping[str, object]]]:
    paper = "statement" if inputs.settings.fiscal_form == "external" else "invoice"
    try:
        return frame_of(inputs=inputs, debtor=debtor, paper=paper, names=names), ("", {})
    except UnableToTreat as refused:
        return None, (refused.code, refused.facts)


def _is_same(
    drawn: DrawnUp,
    existing: Sequence[ExistingDraft],
    customers: Sequence[CustomerId],
    buckets: Mapping[CustomerId, set[BucketKey]],
) -> bool:
    """Whether the tables say already what would be written."""
    before = {draft.key: draft.fingerprint for draft in existing}
    if len(before) != len(drawn.documents) or len(before) != len(existing):
        return False
    if any(before.get(document.key) != fingerprint_of(document) for document in drawn.documents):
        return False
    there = {key for customer in customers for key in buckets.get(customer, ())}
    return there == {_bucket_key(line) for line in drawn.buckets}


def _bucket_key(line: DraftLine) -> BucketKey:
    return (line.file, line.row, line.bucket, line.because, line.decided_by)


def _write(
    inputs: MonthInputs, changed: Sequence[tuple[list[CustomerId], list[ExistingDraft], DrawnUp]], at: datetime
) -> None:
    if not changed:
        return
    company, month = inputs.company, inputs.month
    gone = [draft.id for _, existing, _ in changed for draft in existing]
    customers = [customer for own, _, _ in changed for customer in own]
    remove_drafts(company=company, month=month, drafts=gone, customers=customers, keep_credits_of=[*inputs.former])
    holds: dict[tuple[str, ...], str] = {
        (draft.debtor, *draft.key): draft.held_because for _, existing, _ in changed for draft in existing
    }
    documents = [document for _, _, drawn in changed for document in drawn.documents]
    write_drafts(
        company=company,
        month=month,
        drafts=documents,
        buckets=[line for _, _, drawn in changed for line in drawn.buckets],
        holds=[_kept_hold(holds, document) for document in documents],
        at=at,
    )


def _kept_hold(holds: Mapping[tuple[str, ...], str], document: DraftDocument) -> str:
    """A person's hold outlives a new draft."""
    before = holds.get((document.frame.debtor, *document.key), "")
    return before if before == HELD_BY_PERSON else ""


def _count(done: Drafted, drawn: DrawnUp) -> None:
    for document in drawn.documents:
        done.buckets["rated", ""] += len(document.lines)
        done.defaults += sum(line.price_rule == "default" for line in document.lines)
    for line in drawn.buckets:
        done.buckets[line.bucket, line.because] += 1

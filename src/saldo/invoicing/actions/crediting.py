"""Credit notes: proposed, over a limit approved by a second person, issued, and settled with what they credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text
from saldo.invoicing import models
from saldo.invoicing.actions.copies import (
    UnableToCorrect,
    check_correctable,
    check_second_person,
    copy_document,
    copy_lines,
    left_of,
    taxed_anew,
)
from saldo.invoicing.actions.issuing import IssuedDocument, check_may_issue, issue_draft
from saldo.invoicing.actions.series import lock_series
from saldo.invoicing.actions.writing import next_ids, write_lines
from saldo.invoicing.limits import weigh_credit
from saldo.invoicing.queries import get_draft, get_invoice
from saldo.invoicing.rules.lines import DraftLine


def propose_credit_note(
    *,
    company: CompanyId,
    number: str,
    nets: Mapping[int, Decimal],
    reason: str,
    by: str,
    at: datetime,
) -> int:
    """Propose to credit lines of an issued document, by position and net (positive); returns the draft's key.

    What the same person proposes again, word for word, while it still waits, is that same proposal.
    Refuses (UnableToFind): invoicing.document.unknown; (UnableToCorrect): invoicing.correction.no-reason, .nothing,
    .unknown-line, .is-a-credit, .more-than-billed, .cancelled-already.
    """
    lock_series(company)  # or two would give the same amount back
    found = get_invoice(company=company, number=number)
    if not reason.strip():
        raise UnableToCorrect(code="invoicing.correction.no-reason", facts={"number": number})
    check_correctable(company=company, found=found)
    lines = dict(enumerate(copy_lines(company=company, invoice=found.id), start=1))
    wanted = {place: net for place, net in nets.items() if net}
    if not wanted:
        raise UnableToCorrect(code="invoicing.correction.nothing", facts={"number": number})
    for place in wanted.keys() - lines.keys():
        raise UnableToCorrect(code="invoicing.correction.unknown-line", facts={"number": number, "line": place})
    if (waiting := _find_same(company, number, reason.strip(), [lines[one] for one in wanted], wanted, by)) is not None:
        return waiting
    _check_left(company, number, lines, wanted)
    (key,) = next_ids(1)
    row = copy_document(company=company, found=found, key=key, reason=reason.strip(), by=by, at=at)
    row.kind, row.mirrors = "credit-note", number
    credited = [_credited(*lines[place], net) for place, net in sorted(wanted.items())]
    row, credited = taxed_anew(row, credited)
    row.save(force_insert=True)
    write_lines(company=company, month=found.month, invoice=key, lines=credited)
    facts = {"credits": number, "gross": amount_text(row.gross, row.currency), "currency": row.currency}
    record(company=company, code="invoicing.credit-proposed", actor=by, subject=f"draft:{key}", at=at, facts=facts)
    return key


def issue_credit_note(
    *, company: CompanyId, draft: int, today: date, by: str, at: datetime, newest_backup: datetime | None = None
) -> IssuedDocument:
    """Issue a proposed credit note; what is open of the document that it credits is settled with it.

    Above the limit a second person: who proposed or approved it first may not also issue it. What persons credited
    of the same document before counts, so that a large credit is not passed in small ones. A credit in another currency
    than the company's is compared by the rate of ``today``; without one a second person is asked.
    Refuses (UnableToCorrect): invoicing.credit.no-credit-note, invoicing.credit.needs-second-person.
    """
    check_may_issue(company=company, newest_backup=newest_backup, at=at)
    found = get_draft(company=company, draft=draft)
    if found.kind != "credit-note":
        raise UnableToCorrect(code="invoicing.credit.no-credit-note", facts={"draft": draft})
    given = weigh_credit(company=company, gross=found.gross, credits=found.mirrors, origin=found.origin)
    check_second_person(
        company=company, given=given, currency=found.currency, proposed_by=found.made_by, today=today, by=by
    )
    return issue_draft(company=company, draft=draft, today=today, by=by, at=at)


def approve_credit_note(*, company: CompanyId, draft: int, by: str, at: datetime) -> None:
    """Stand for a credit note that Saldo proposed by itself, so that a second person may issue it over the limit.

    Refuses (UnableToCorrect): invoicing.credit.no-credit-note, invoicing.credit.approved-already.
    """
    found = get_draft(company=company, draft=draft)
    if found.kind != "credit-note":
        raise UnableToCorrect(code="invoicing.credit.no-credit-note", facts={"draft": draft})
    if found.made_by:
        raise UnableToCorrect(code="invoicing.credit.approved-already", facts={"draft": draft})
    models.Invoice.objects.filter(company_id=company, id=draft, number="").update(made_by=by)
    record(company=company, code="invoicing.credit-approved", actor=by, subject=f"draft:{draft}", at=at)


def _check_left(
    company: CompanyId, number: str, lines: Mapping[int, tuple[int, DraftLine]], wanted: Mapping[int, Decimal]
) -> None:
    for place, net in wanted.items():
        if not 0 < net <= _left(company, *lines[place]):
            raise UnableToCorrect(code="invoicing.correction.more-than-billed", facts={"number": number, "line": place})


def _find_same(
    company: CompanyId,
    number: str,
    reason: str,
    lines: Sequence[tuple[int, DraftLine]],
    nets: Mapping[int, Decimal],
    by: str,
) -> int | None:
    """A proposal that waits and says just this: somebody pressed twice."""
    asked = sorted((line.mirrors_line or key, -net) for (key, line), net in zip(lines, nets.values(), strict=True))
    rows = models.Invoice.objects.filter(
        company_id=company, number="", origin="person", kind="credit-note", mirrors=number, reason=reason, made_by=by
    )
    for key in rows.order_by("id").values_list("id", flat=True):
        if sorted((line.mirrors_line or 0, line.net) for _, line in copy_lines(company=company, invoice=key)) == asked:
            return int(key)
    return None


def _left(company: CompanyId, key: int, line: DraftLine) -> Decimal:
    return min(line.net, left_of(company=company, key=key, line=line))


def _credited(key: int, line: DraftLine, net: Decimal) -> DraftLine:
    """So much of a line given back, said as one unit at that price."""
    return line._replace(
        mirrors_line=line.mirrors_line or key,
        quantity=Decimal(-1),
        unit_price=net,
        net=-net,
        cost=ZERO,
    )

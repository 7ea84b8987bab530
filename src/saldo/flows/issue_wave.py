"""A wave is issued: confirmed by count and total, numbered and posted in chunks, mail ordered for after the recall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.invoicing.actions.issuing import CHUNK, IssuedDocument, issue_next, open_wave
from saldo.invoicing.billed import list_with_document_before
from saldo.invoicing.queries import find_open_wave
from saldo.invoicing.settings import get_settings
from saldo.invoicing.wording import mail_of
from saldo.outbox.actions import order_messages
from saldo.outbox.rules.orders import Order
from saldo.parties.company import company_context
from saldo.ports.world import World

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedWave:
    """What a wave came to: how many documents, their gross by currency."""

    wave: int
    count: int
    totals: Mapping[str, Decimal]


def issue_wave(
    *,
    company: CompanyId,
    month: Month,
    debtors: Sequence[str] | None = None,
    confirm_count: int,
    confirm_totals: Mapping[str, Decimal],
    by: str,
    world: World,
    today: date,
    newest_backup: datetime | None = None,
    tell: Tell = lambda done, of: None,
) -> IssuedWave:
    """Issue the waiting drafts of a month; a wave that was cut short is finished by `finish_wave`.

    Refuses (UnableToIssue): as `open_wave`.
    """
    with company_context(company):
        wave = open_wave(
            company=company,
            month=month,
            debtors=debtors,
            confirm_count=confirm_count,
            confirm_totals=confirm_totals,
            newest_backup=newest_backup,
            today=today,
            by=by,
            at=world.clock.now(),
        )
    return finish_wave(company=company, wave=wave, by=by, world=world, today=today, of=confirm_count, tell=tell)


def finish_wave(
    *,
    company: CompanyId,
    wave: int,
    by: str,
    world: World,
    today: date,
    of: int = 0,
    tell: Tell = lambda done, of: None,
) -> IssuedWave:
    """Issue what is left of a wave; each chunk is one transaction, so a kill leaves neither gap nor half a document."""
    count, totals = 0, dict[str, Decimal]()
    while True:
        with company_context(company):
            at = world.clock.now()
            issued = issue_next(company=company, wave=wave, today=today, by=by, at=at, limit=CHUNK)
            order_mails(company=company, documents=issued, by=by, at=at)
        if not issued:
            return IssuedWave(wave=wave, count=count, totals=totals)
        count += len(issued)
        for document in issued:
            totals[document.currency] = totals.get(document.currency, ZERO) + document.gross
        tell(count, max(of, count))


def finish_open_waves(*, company: CompanyId, month: Month, by: str, world: World, today: date) -> int:
    """Finish the waves of a month that a crash cut short; returns how many documents that issued."""
    count = 0
    while True:
        with company_context(company):
            wave = find_open_wave(company=company, month=month)
        if wave is None:
            return count
        count += finish_wave(company=company, wave=wave, by=by, world=world, today=today).count


def order_mails(*, company: CompanyId, documents: Sequence[IssuedDocument], by: str, at: datetime) -> None:
    """Order the mails of documents, to leave after the recall time; the paper is rendered before it is sent."""
    mailed = [document for document in documents if document.delivery == "mail"]
    not_before = at + timedelta(minutes=get_settings(company=company).recall_minutes)
    compared = list_with_document_before(company=company, numbers=[document.number for document in mailed])
    orders = [_order(document, not_before, document.number in compared) for document in mailed]
    if orders:
        order_messages(company=company, orders=orders, by=by, at=at)


def _order(document: IssuedDocument, not_before: datetime, is_explained: bool) -> Order:
    subject, body = mail_of(
        kind=document.kind,
        number=document.number,
        seller=document.seller,
        language=document.language,
        mirrors=document.mirrors,
        is_explained=is_explained,
    )
    return Order(
        key=f"invoice:{document.number}:mail",
        channel="mail",
        purpose="invoice",
        about=f"invoice:{document.number}",
        debtor=document.debtor,
        recipients=document.recipients,
        language=document.language,
        subject=subject,
        body=body,
        not_before=not_before,
        awaits_paper=True,
    )

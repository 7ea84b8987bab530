"""Payment runs, payments and claims as pages read them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from saldo.charges.microsoft_documents import list_bought
from saldo.core.identity import CompanyId
from saldo.core.money import add_up
from saldo.ledger.queries import list_open_items
from saldo.ledger.rules.accounts import MICROSOFT
from saldo.parties.calendars import calendar_of
from saldo.payables import models
from saldo.payables.queries import UnableToFind, get_settings
from saldo.payables.rules.claims import WINDOW_DAYS, Purchase, Window, open_windows
from saldo.payables.rules.due import chase_on


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLineShown:
    """One document in a run and how much of it is paid."""

    document: str
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """One payment file. ``state``: ordered, captured (rehearsal: shown, never handed over), handed-over, cancelled."""

    number: str
    account: str
    pay_on: date
    state: str
    file: str
    ordered_at: datetime
    ordered_by: str
    handed_over_at: datetime | None
    handed_over_by: str
    lines: tuple[RunLineShown, ...]

    @property
    def total(self) -> Decimal:
        """What the file moves, in its one currency."""
        return add_up(line.value for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShown:
    """One payment. ``chase_on`` is the first day on which it is chased as unallocated while ``gone_on`` is None."""

    key: str
    document: str
    run: str
    account: str  # "" while only Microsoft says it was paid
    paid_on: date
    currency: str
    value: Decimal
    withheld: Decimal
    certificate: str
    gone_on: date | None
    chase_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShown:
    """One claim as a dated task; ``days_left`` to its last day, negative when that has gone by."""

    id: int
    kind: str
    about: str
    customer: str
    claim_by: date
    days_left: int
    value: Decimal | None
    currency: str
    text: str
    state: str  # open, filed, granted, refused, dropped
    opened_by: str
    granted: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCredit:
    """What Microsoft owes us and no document has used: a credit note's or an overpayment's open item."""

    item: str
    document: str
    kind: str  # of the ledger's item: payment, or a document's
    currency: str
    open: Decimal


def list_free_credits(*, company: CompanyId, today: date) -> tuple[FreeCredit, ...]:
    """Open items in our favour on Microsoft's account, by currency, the oldest first."""
    items = list_open_items(company=company, account=MICROSOFT, as_of=today)
    free = sorted((one for one in items if one.open > 0), key=lambda one: (one.currency, one.issued_on, one.key))
    return tuple(
        FreeCredit(item=one.key, document=one.document, kind=one.kind, currency=one.currency, open=one.open)
        for one in free
    )


def list_unpaid_runs(*, company: CompanyId) -> tuple[RunShown, ...]:
    """Runs that the bank may have paid by now: ordered or handed over, and no payment of theirs is booked."""
    paid = set(
        models.Payment.objects.filter(company_id=company, taken_back_on=None)
        .exclude(run=None)
        .values_list("run__number", flat=True)
    )
    rows = models.PaymentRun.objects.filter(company_id=company, state__in=("ordered", "handed-over")).order_by("id")
    return tuple(_show(row) for row in rows if row.number not in paid)


def get_run(*, company: CompanyId, number: str) -> RunShown:
    """One run by its number. Refuses (UnableToFind): payables.run.unknown."""
    row = models.PaymentRun.objects.filter(company_id=company, number=number).first()
    if row is None:
        raise UnableToFind(code="payables.run.unknown", facts={"run": number})
    return _show(row)


def list_runs(*, company: CompanyId) -> tuple[RunShown, ...]:
    """All runs, newest first."""
    return tuple(_show(row) for row in models.PaymentRun.objects.filter(company_id=company).order_by("-id"))


def list_payments(*, company: CompanyId, document: str | None = None) -> tuple[PaymentShown, ...]:
    """Payments that hold, newest first."""
    rows = models.Payment.objects.filter(company_id=company, taken_back_on=None).select_related("run")
    if document is not None:
        rows = rows.filter(document=document.upper())
    closed = calendar_of(get_settings(company=company).microsoft_country)
    same = ("key", "document", "account", "paid_on", "currency", "value", "withheld", "certificate", "gone_on")
    return tuple(
        PaymentShown(
            **{name: getattr(row, name) for name in same},
            run=row.run.number if row.run else "",
            chase_on=chase_on(paid_on=row.paid_on, microsoft=closed),
        )
        for row in rows.order_by("-paid_on", "-id")
    )


def list_unallocated(*, company: CompanyId, today: date) -> tuple[PaymentShown, ...]:
    """Payments to chase: Microsoft does not show them, and seven of its business days have gone by (practice 16)."""
    return tuple(
        one for one in list_payments(company=company) if one.gone_on is None and one.chase_on <= today and one.account
    )


def list_claims(*, company: CompanyId, today: date, is_settled: bool = False) -> tuple[ClaimShown, ...]:
    """Claims still to be filed or answered, the most urgent first; or those that are settled."""
    states = ("granted", "refused", "dropped") if is_settled else ("open", "filed")
    rows = models.Claim.objects.filter(company_id=company, state__in=states).order_by("claim_by", "id")
    same = ("kind", "about", "customer", "claim_by", "value", "currency", "text", "state", "opened_by", "granted")
    return tuple(
        ClaimShown(id=row.pk, days_left=(row.claim_by - today).days, **{name: getattr(row, name) for name in same})
        for row in rows
    )


def list_windows(*, company: CompanyId, today: date) -> tuple[Window, ...]:
    """The cancellation windows still open, as far as the imported data, estimates included, knows of them."""
    bought = list_bought(company=company, since=today - timedelta(days=WINDOW_DAYS), until=today)
    return open_windows(
        purchases=[
            Purchase(
                subscription=one.subscription,
                customer=one.customer,
                product=one.product,
                charge_type=one.charge_type,
                ordered_on=one.ordered_on,
                charge_starts_on=one.charge_starts_on,
                currency=one.currency,
                amount=one.amount,
            )
            for one in bought
        ],
        today=today,
    )


def _show(row: models.PaymentRun) -> RunShown:
    lines = models.RunLine.objects.filter(company_id=row.company_id, run=row).order_by("id")
    same = ("number", "account", "pay_on", "state", "file", "ordered_at", "ordered_by", "handed_over_at")
    return RunShown(
        **{name: getattr(row, name) for name in same},
        handed_over_by=row.handed_over_by,
        lines=tuple(RunLineShown(document=line.document, currency=line.currency, value=line.value) for line in lines),
    )

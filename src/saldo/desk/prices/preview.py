"""What a new version of a rule would change, before anybody agrees it: who, from when, how much a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.agreements.rules.price_changes import Touched
from saldo.charges.queries import sum_by_month
from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.exports import Sheet
from saldo.desk.fields import say_refusal
from saldo.desk.prices.rule_reading import Wanted
from saldo.doors.visitor import Visitor
from saldo.flows.price_change import preview_price_change
from saldo.parties.debtors import name_debtors
from saldo.parties.queries import name_customers

_SHOWN = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedRow:
    """One subscription that pays something else; amounts before tax."""

    customer: str
    debtor: str
    product: str
    quantity: Decimal
    currency: str
    effective_on: date
    announce_by: date
    is_in_time: bool
    warning: str
    before: Decimal
    after: Decimal
    difference: Decimal

    @property
    def before_text(self) -> str:
        """The price before, to the smallest unit that can be paid."""
        return figures.rounded(self.before, self.currency)

    @property
    def after_text(self) -> str:
        """The price after, likewise."""
        return figures.rounded(self.after, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePreview:
    """The whole of it: ``totals`` are the differences a month by currency, over all rows and not only those shown."""

    fingerprint: str
    month: str
    rows: tuple[TouchedRow, ...]
    count: int
    customers: int
    late: int
    totals: tuple[tuple[str, Decimal], ...]
    fault: str = ""
    is_minimum: bool = False

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.count - len(self.rows)


def preview(visitor: Visitor, wanted: Wanted) -> PricePreview:
    """Whom the version touches, judged by the last month that was charged."""
    month = _last_month(visitor)
    found: tuple[Touched, ...] = ()
    fault = ""
    if month is not None and wanted.rule.method != "minimum":
        try:
            found = _touched(visitor, wanted, month)
        except Refused as refused:
            fault = say_refusal(refused)
    totals: dict[str, Decimal] = {}
    for one in found:
        totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.difference
    return PricePreview(
        fingerprint=wanted.fingerprint,
        month=figures.month(month) if month else "",
        rows=_rows(visitor, found[:_SHOWN]),
        count=len(found),
        customers=len({one.tenant for one in found}),
        late=sum(not one.is_in_time for one in found),
        totals=tuple(sorted(totals.items())),
        fault=fault,
        is_minimum=wanted.rule.method == "minimum",
    )


def preview_sheet(visitor: Visitor, wanted: Wanted) -> Sheet:
    """Every row of the preview as a table to take away. Refuses as pricing the lines does."""
    month = _last_month(visitor)
    found = _touched(visitor, wanted, month) if month is not None and wanted.rule.method != "minimum" else ()
    columns = ("customer", "debtor", "product", "quantity", "currency", "effective", "announce", "before", "after")
    head = tuple(figures.say(f"pages.prices.touched.{name}") for name in (*columns, "difference"))
    rows = tuple(
        (
            *(row.customer, row.debtor, row.product, row.quantity, row.currency, row.effective_on, row.announce_by),
            *(row.before, row.after, figures.plain(row.difference, row.currency)),
        )
        for row in _rows(visitor, found)
    )
    return Sheet(name=figures.say("pages.prices.preview"), head=head, rows=rows)


def _touched(visitor: Visitor, wanted: Wanted, month: Month) -> tuple[Touched, ...]:
    return preview_price_change(
        company=visitor.company.id,
        version=wanted.rule,
        month=month,
        today=visitor.today,
        notice_days=wanted.notice_days,
    )


def _last_month(visitor: Visitor) -> Month | None:
    return max((one.month for one in sum_by_month(company=visitor.company.id)), default=None)


def _rows(visitor: Visitor, found: tuple[Touched, ...]) -> tuple[TouchedRow, ...]:
    company = visitor.company.id
    names = name_customers(company=company, keys={CustomerId(one.tenant) for one in found})
    debtors = name_debtors(company=company, numbers={one.debtor for one in found})
    return tuple(
        TouchedRow(
            customer=names.get(CustomerId(one.tenant), one.tenant),
            debtor=debtors.get(one.debtor, one.debtor),
            product=one.product,
            quantity=one.quantity,
            currency=one.currency,
            effective_on=one.effective_on,
            announce_by=one.announce_by,
            is_in_time=one.is_in_time,
            warning=figures.say(one.warning, day=figures.day(one.announce_by)) if one.warning else "",
            before=one.price_before,
            after=one.price_after,
            difference=one.difference,
        )
        for one in found
    )

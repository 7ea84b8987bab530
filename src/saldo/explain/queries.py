"""Why a customer's bill changed: two bills are read, and the rules explain the one from the other."""

from __future__ import annotations

from collections.abc import Iterable

from saldo.charges.queries import find_month_of_document, list_currencies, list_lines, list_months
from saldo.core.identity import CompanyId, CustomerId, MicrosoftInvoiceId
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.explain.price_bills import get_price_bill
from saldo.explain.rules.bill import Bill, BillLine, Side
from saldo.explain.rules.explanation import Explanation
from saldo.explain.rules.reasons import explain
from saldo.invoicing.billed import find_billed_number, list_billed_currencies, list_billed_months

__all__ = [
    "BillPeriod",
    "Explanation",
    "UnableToExplain",
    "explain_months",
    "get_bill",
    "name_currency",
    "name_period",
]

BillPeriod = Month | MicrosoftInvoiceId
"""What a bill is of: a month, or one document; on the price side one of ours."""


class UnableToExplain(Refused):
    """A bill that is not there, or that cannot be told from another one."""


def name_period(*, company: CompanyId, said: str, side: Side = "cost", include_estimated: bool = False) -> BillPeriod:
    """The month (YYYY-MM) or document that a person means: Microsoft's on the cost side, our own on the price side.

    Refuses (UnableToExplain): explain.month.unreadable, explain.month.unknown, explain.month.none,
    explain.month.not-issued, explain.document.unknown, explain.side.no-prices (nothing was issued yet),
    explain.side.no-estimates.
    """
    if side == "price" and include_estimated:
        raise UnableToExplain(code="explain.side.no-estimates")
    if side == "price" and not list_billed_months(company=company):
        raise UnableToExplain(code="explain.side.no-prices")
    number = _find_document(company, said, side)
    if number is not None:
        return MicrosoftInvoiceId(number)
    if not said[:1].isdigit():
        raise UnableToExplain(code="explain.document.unknown", facts={"document": said})
    try:
        month = Month.parse(said)
    except ValueError:
        raise UnableToExplain(code="explain.month.unreadable", facts={"month": said}) from None
    known = _list_months(company, side, include_estimated)
    if not known:
        raise UnableToExplain(code="explain.month.none", facts={"month": said})
    if month not in known:
        months = [str(one) for one in sorted(known)]
        code = "explain.month.not-issued" if side == "price" else "explain.month.unknown"
        raise UnableToExplain(code=code, facts={"month": said, "months": months})
    return month


def _find_document(company: CompanyId, said: str, side: Side) -> str | None:
    if side == "price":
        return find_billed_number(company=company, number=said)
    if said[:1].isdigit():  # Microsoft's numbers begin with a letter
        return None
    document = MicrosoftInvoiceId(said.upper())
    return document if find_month_of_document(company=company, document=document) is not None else None


def _list_months(company: CompanyId, side: Side, include_estimated: bool) -> tuple[Month, ...]:
    if side == "price":
        return list_billed_months(company=company)
    return list_months(company=company, include_estimated=include_estimated)


def name_currency(
    *,
    company: CompanyId,
    customer: CustomerId,
    periods: Iterable[BillPeriod],
    said: str | None,
    own: str,
    side: Side = "cost",
    include_estimated: bool = False,
) -> str:
    """The currency to look at: the one said, else the only one of these bills, else ``own`` where all are empty.

    Refuses (UnableToExplain): explain.currency.several, explain.currency.unknown (facts: those there are).
    """
    found: set[str] = set()
    for period in periods:
        found |= set(_list_currencies(company, customer, period, side, include_estimated))
    if said is None and len(found) > 1:
        raise UnableToExplain(code="explain.currency.several", facts={"currencies": sorted(found)})
    if said is not None and found and said.upper() not in found:
        raise UnableToExplain(
            code="explain.currency.unknown", facts={"currency": said.upper(), "currencies": sorted(found)}
        )
    return said.upper() if said is not None else next(iter(found), own)


def _list_currencies(
    company: CompanyId, customer: CustomerId, period: BillPeriod, side: Side, include_estimated: bool
) -> tuple[str, ...]:
    month, document = _place(period)
    if side == "price":
        return list_billed_currencies(company=company, customer=customer, month=month, number=document)
    return list_currencies(
        company=company, customer=customer, month=month, document=document, include_estimated=include_estimated
    )


def get_bill(
    *,
    company: CompanyId,
    customer: CustomerId,
    period: BillPeriod,
    currency: str,
    side: Side = "cost",
    include_estimated: bool = False,
) -> Bill:
    """The bill of a month or document; empty where the customer was charged nothing in it."""
    if side == "price":
        return get_price_bill(company=company, customer=customer, period=period, currency=currency)
    month, document = _place(period)
    items = list_lines(
        company=company,
        customer=customer,
        month=month,
        document=document,
        currency=currency,
        include_estimated=include_estimated,
    )
    lines = tuple(BillLine(item=item) for item in items)
    return Bill(customer=customer, currency=currency, side=side, period=str(period), lines=lines)


def explain_months(
    *, company: CompanyId, customer: CustomerId, before: Month, after: Month, currency: str
) -> Explanation:
    """Why what Microsoft charges for the customer changed from one month to another."""
    earlier, later = (
        get_bill(company=company, customer=customer, period=month, currency=currency) for month in (before, after)
    )
    return explain(before=earlier, after=later)


def _place(period: BillPeriod) -> tuple[Month | None, MicrosoftInvoiceId | None]:
    return (period, None) if isinstance(period, Month) else (None, period)

"""Bills of a synthetic partner straight from the generator's rows, as the line store would give them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.explain.rules.bill import Bill, BillLine
from saldo.generator.partner import Document, Partner
from saldo.generator.rows import Row, decimal_text, rounded


def bills_of(partner: Partner) -> dict[tuple[str, int], Bill]:
    """The cost-side bill of every customer and month, by customer id and index of the month."""
    lines: dict[tuple[str, int], list[BillLine]] = defaultdict(list)
    for month in range(partner.months):
        for document in partner.documents(month):
            for number, row in enumerate(document.rows, start=1):
                lines[row.customer.id, month].append(BillLine(item=line_of(row, document, number)))
    return {
        (holding.customer.id, month): Bill(
            customer=CustomerId(holding.customer.id),
            currency=partner.currency,
            side="cost",
            period=str(partner.start.plus(month)),
            lines=tuple(lines[holding.customer.id, month]),
        )
        for holding in partner.holdings
        for month in range(partner.months)
    }


def line_of(row: Row, document: Document, number: int) -> LineItem:
    """One row as the narrow line that its file becomes."""
    shown = rounded(row.effective_price, row.currency) if row.is_legacy and not row.is_usage else None
    term = row.term or (None, None)
    return LineItem(
        file=FileId(document.number),
        row=number,
        document=MicrosoftInvoiceId(document.number),
        amends=(MicrosoftInvoiceId(document.amends),) if document.amends else (),
        is_estimated=False,
        platform="legacy" if row.is_legacy else "new-commerce",
        category=_category(row),
        charge_type=row.charge_type,
        customer=CustomerId(row.customer.id),
        subscription=SubscriptionId(row.subscription.lower()),
        product_id=row.product.product_id,
        sku_id=row.product.sku_id,
        availability_id=row.product.availability_id,
        product_name=row.product.product_name,
        sku_name=row.product.sku_name,
        meter_name=row.meter,
        unit_type=row.unit_type,
        publisher=row.product.publisher,
        quantity=row.quantity,
        unit_price=shown if shown is not None else row.unit_price,
        effective_unit_price=shown if shown is not None else Decimal(decimal_text(row.effective_price)),
        discount=Decimal(0),
        amount=row.subtotal,
        tax=Decimal(0),
        currency=row.currency,
        pricing_currency=row.pricing_currency,
        exchange_rate=row.rate,
        ordered_on=None if row.is_legacy else row.ordered_on,
        charge_starts_on=row.starts_on,
        charge_ends_on=row.ends_on,
        term_starts_on=term[0],
        term_ends_on=term[1],
        term_text=row.term_text,
        billing_frequency="" if row.is_usage else row.frequency,
        reference=row.reference,
        promotion=row.promotion,
        credit_reason=row.credit_reason,
        qualifiers=row.qualifiers,
        adjustments=row.adjustments,
        reservation_order=row.reservation_order,
    )


def _category(row: Row) -> str:
    if row.is_usage:
        return "usage"
    text = row.term_text.lower()
    if "reservation" in text:
        return "reservation"
    if "savings plan" in text:
        return "savings-plan"
    if "subscription" in text:
        return "software-subscription"
    return "licence" if text else "perpetual-software"

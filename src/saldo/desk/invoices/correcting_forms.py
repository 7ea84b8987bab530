"""The forms of corrections: who was meant, what each line should have been, what the authority issued."""

from __future__ import annotations

from collections.abc import Sequence

from saldo.core.money import amount_text
from saldo.desk import figures
from saldo.desk.fields import Field
from saldo.invoicing.queries import Invoice, InvoiceLine

BUYER = ("name", "street", "postcode", "city", "region", "country", "vat_id", "registration", "electronic_address")
_OPTIONAL = frozenset({"region", "vat_id", "registration", "electronic_address", "street", "postcode", "city"})
MOST_LINES = 100


def label(name: str) -> str:
    """What a field is called."""
    return figures.say(f"pages.invoices.field.{name}")


def reason_field() -> Field:
    """Why; it stands on the paper and in the log."""
    return Field(name="reason", label=label("reason"), kind="area", hint=figures.say("pages.invoices.reason-hint"))


def correction_fields(found: Invoice, lines: Sequence[InvoiceLine]) -> tuple[Field, ...]:
    """The buyer as the document has it, its purchase order, and the net of each line."""
    buyer = tuple(
        Field(
            name=name,
            label=label(name),
            value=str(found.buyer.get(name) or ""),
            is_optional=name in _OPTIONAL,
        )
        for name in BUYER
    )
    return (
        *buyer,
        Field(name="purchase_order", label=label("purchase_order"), value=found.purchase_order, is_optional=True),
        *line_fields(found, lines, with_value=True),
        Field(name="new_due_day", label=label("new_due_day"), kind="tick"),
        reason_field(),
    )


def credit_fields(found: Invoice, lines: Sequence[InvoiceLine]) -> tuple[Field, ...]:
    """How much of each line is given back."""
    return (*line_fields(found, lines, with_value=False), reason_field())


def line_fields(found: Invoice, lines: Sequence[InvoiceLine], *, with_value: bool) -> tuple[Field, ...]:
    """One figure a line, named by its place."""
    return tuple(
        Field(
            name=f"net-{place}",
            label=line.product,
            kind="figure",
            unit=found.currency,
            value=amount_text(line.net, found.currency) if with_value else "",
            hint=" · ".join(
                part
                for part in (
                    figures.period(line.starts_on, line.ends_on),
                    ""
                    if with_value
                    else figures.say("pages.invoices.billed", amount=figures.amount(line.net, found.currency)),
                )
                if part
            ),
            is_optional=not with_value,
        )
        for place, line in enumerate(lines[:MOST_LINES], start=1)
        if with_value or line.net > 0
    )


def authority_fields(today: str) -> tuple[Field, ...]:
    """Number and day of the authority's document; its file is chosen beside them."""
    return (
        Field(name="authority_number", label=label("authority_number")),
        Field(name="authority_on", label=label("authority_on"), kind="date", value=today),
    )

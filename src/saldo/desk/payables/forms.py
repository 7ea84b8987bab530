"""The forms on the page of one document, with names of their own so that several stand on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from saldo.core.money import amount_text
from saldo.desk import figures
from saldo.desk.fields import Field
from saldo.desk.form_page import Form, form_of
from saldo.parties.debtors import BankAccount
from saldo.payables.pay_queries import FreeCredit
from saldo.payables.queries import PayableShown

Said = Mapping[str, str] | None
Faults = Mapping[str, str]


def line_fields(one: PayableShown) -> tuple[Field, ...]:
    """A line that the document shows and its files do not."""
    return (
        Field(name="line-name", label=figures.say("pages.payables.line-name")),
        Field(
            name="line-net",
            label=figures.say("pages.payables.line-net"),
            kind="figure",
            unit=one.currency,
            hint=figures.say("pages.payables.line-net-hint"),
        ),
    )


def read_fields(one: PayableShown) -> tuple[Field, ...]:
    """What a person reads on the document itself."""
    tax = "" if one.tax is None else amount_text(one.tax, one.currency)
    return (
        Field(
            name="read-total",
            label=figures.say("pages.payables.total"),
            kind="figure",
            unit=one.currency,
            value=amount_text(one.gross, one.currency),
            hint=figures.say("pages.payables.read-total-hint"),
        ),
        Field(name="read-tax", label=figures.say("pages.payables.tax"), kind="figure", unit=one.currency, value=tax),
        Field(
            name="read-invoiced",
            label=figures.say("pages.payables.invoiced"),
            kind="date",
            value=one.invoiced_on.isoformat(),
        ),
        Field(name="read-due", label=figures.say("pages.payables.due"), kind="date", value=one.due_on.isoformat()),
    )


def payment_fields(one: PayableShown, accounts: Sequence[BankAccount], today: str) -> tuple[Field, ...]:
    """A payment as it happened, with the tax withheld from it."""
    choices = tuple((account.code, f"{account.name or account.code} · {account.currency}") for account in accounts)
    return (
        Field(name="pay-account", label=figures.say("pages.payables.from-account"), kind="select", choices=choices),
        Field(name="pay-on", label=figures.say("pages.payables.paid-on"), kind="date", value=today),
        Field(
            name="pay-value",
            label=figures.say("pages.payables.value"),
            kind="figure",
            unit=one.currency,
            value=amount_text(max(one.open, Decimal(0)), one.currency),
        ),
        Field(
            name="pay-bank",
            label=figures.say("pages.payables.from-bank"),
            kind="figure",
            is_optional=True,
            hint=figures.say("pages.payables.from-bank-hint"),
        ),
        Field(
            name="pay-withheld",
            label=figures.say("pages.payables.withheld"),
            kind="figure",
            unit=one.currency,
            is_optional=True,
            hint=figures.say("pages.payables.withheld-hint"),
        ),
        Field(name="pay-certificate", label=figures.say("pages.payables.certificate"), is_optional=True),
    )


def dispute_fields(one: PayableShown) -> tuple[Field, ...]:
    """What is disputed, how much of it, and by which day it must be told."""
    return (
        Field(name="dispute-text", label=figures.say("pages.payables.dispute-text"), kind="area"),
        Field(
            name="dispute-value",
            label=figures.say("pages.payables.value"),
            kind="figure",
            unit=one.currency,
            is_optional=True,
        ),
        Field(
            name="dispute-by", label=figures.say("pages.payables.claim-by"), kind="date", value=one.due_on.isoformat()
        ),
    )


def credit_fields(one: PayableShown, free: Sequence[FreeCredit]) -> tuple[Field, ...]:
    """Which free credit, and how much of it."""
    choices = tuple(
        (credit.item, f"{credit.document} · {figures.amount(credit.open, credit.currency)} {credit.currency}")
        for credit in free
    )
    return (
        Field(name="credit-item", label=figures.say("pages.payables.credit"), kind="select", choices=choices),
        Field(
            name="credit-value",
            label=figures.say("pages.payables.value"),
            kind="figure",
            unit=one.currency,
            is_optional=True,
            hint=figures.say("pages.payables.credit-hint"),
        ),
    )


def drawn(fields: Sequence[Field], said: Said, faults: Faults) -> Form:
    """A form; what was said in another form of the page does not touch it."""
    names = {field.name for field in fields}
    is_this = said is not None and bool(names & said.keys())
    return form_of(fields, said if is_this else None, faults if is_this else {})

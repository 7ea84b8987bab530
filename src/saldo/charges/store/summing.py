"""What a stored part comes to: the facts of its document, its narrow lines, its customers and its usage sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from saldo.charges.rules.line import Kind
from saldo.charges.store.engine import literal
from saldo.charges.store.narrow_sql import customer_key, line_select, whole_rows
from saldo.core.money import every_digit

BILLED_KINDS = frozenset({"nce-reconciliation", "legacy-license", "legacy-usage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What the rows of a part say of the document they belong to."""

    invoices: tuple[str, ...]
    currencies: tuple[str, ...]
    months: Counter[date]  # first of the month that each row speaks for, by the rule of its kind
    gross: Decimal | None  # sum of the rows' totals with tax; None where the file has none
    tax: Decimal


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as a part names it."""

    key: str
    name: str
    domain: str
    country: str


_GROSS: dict[Kind, tuple[str, str]] = {
    "nce-reconciliation": ("COALESCE(Total, Subtotal + COALESCE(TaxTotal, 0))", "TaxTotal"),
    "legacy-license": ("COALESCE(TotalForCustomer, Subtotal + COALESCE(Tax, 0))", "Tax"),
    "legacy-usage": ("COALESCE(PostTaxTotal, PretaxCharges + COALESCE(TaxAmount, 0))", "TaxAmount"),
}
_MONEY: dict[Kind, tuple[str, ...]] = {
    "nce-reconciliation": ("Subtotal", "TaxTotal"),
    "legacy-license": ("Subtotal", "Tax", "TotalOtherDiscount"),
    "legacy-usage": ("PretaxCharges", "TaxAmount"),
}
"""What a line holds in minor units; the rules name the same columns (`charges.rules.reading.TYPED`)."""
_MONTH_OF: dict[Kind, str] = {
    "nce-reconciliation": "COALESCE(OrderDate, ChargeStartDate)",
    "nce-daily-usage": "UsageDate",
    # a part cycle ends where the cycle that the invoice charges begins
    "legacy-license": (
        "CASE WHEN date_diff('day', ChargeStartDate, ChargeEndDate) >= 27 THEN ChargeStartDate"
        " ELSE COALESCE(CAST(ChargeEndDate + INTERVAL 1 DAY AS DATE), ChargeStartDate) END"
    ),
    "legacy-usage": "ChargeStartDate",
    "legacy-usage-daily": "ChargeStartDate",
}
_CUSTOMER: dict[Kind, tuple[str, str, str]] = {
    "nce-reconciliation": ("CustomerName", "CustomerDomainName", "CustomerCountry"),
    "nce-daily-usage": ("CustomerName", "CustomerDomainName", "CustomerCountry"),
    "legacy-license": ("CustomerName", "DomainName", "NULL"),
    "legacy-usage": ("CustomerCompanyName", "DomainName", "NULL"),
    "legacy-usage-daily": ("CustomerCompanyName", "DomainName", "NULL"),
}


class StoredPart:
    """A part in the line store, opened on an import's connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, stored: Path, *, kind: Kind) -> None:
        self.connection = connection
        self.stored = stored
        self.kind = kind
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(stored))})").fetchall()
        self.columns = frozenset(row[0] for row in described)
        self.rows = whole_rows(str(stored), self.columns, kind)

    def facts(self) -> DocumentFacts:
        """Invoice numbers, currencies and months that its rows name."""
        currency = {"nce-daily-usage": "BillingCurrency", "legacy-usage-daily": "NULL"}.get(self.kind, "Currency")
        gross, tax = _GROSS.get(self.kind, ("NULL", "NULL"))
        invoices, currencies, total, taxes = self._one(
            "SELECT list(DISTINCT upper(trim(InvoiceNumber))) FILTER (COALESCE(trim(InvoiceNumber), '') <> ''),"
            f" list(DISTINCT upper(trim({currency}))), sum({gross}), COALESCE(sum({tax}), 0) FROM ({self.rows})"
        )
        months = self.connection.execute(
            f"SELECT date_trunc('month', {_MONTH_OF[self.kind]})::DATE, count(*) FROM ({self.rows}) GROUP BY 1"
        ).fetchall()
        return DocumentFacts(
            invoices=tuple(sorted(invoices or ())),
            currencies=tuple(sorted(c for c in currencies or () if c)),
            months=Counter({month: count for month, count in months if month is not None}),
            gross=None if total is None else Decimal(total),
            tax=Decimal(taxes),
        )

    def customers(self) -> tuple[CustomerRow, ...]:
        """The customers it names, with the longest name, domain and country seen."""
        words = ", ".join(f"COALESCE(max({column}), '')" for column in _CUSTOMER[self.kind])
        rows = self.connection.execute(
            f"SELECT {customer_key(self.kind)} AS key, {words} FROM ({self.rows}) GROUP BY 1"
        )
        return tuple(CustomerRow(*row) for row in rows.fetchall() if row[0])

    def finer_than_money(self, digits: dict[str, int]) -> tuple[int, str, str] | None:
        """The first cell of money that has more digits than its currency: row, column, what was seen; None without."""
        for column in _MONEY.get(self.kind, ()):
            special = "".join(f" WHEN '{code}' THEN {column} <> round({column}, {n})" for code, n in digits.items())
            is_finer = f"{column} <> round({column}, 2)"
            if special:
                is_finer = f"CASE upper(trim(Currency)){special} ELSE {is_finer} END"
            found = self.connection.execute(
                f"SELECT saldo_row, {column} FROM ({self.rows}) WHERE {is_finer} ORDER BY 1 LIMIT 1"
            ).fetchone()
            if found:
                return int(found[0]), column, every_digit(found[1])
        return None

    def write_lines(self, target: Path) -> None:
        """Its narrow lines as CSV: row, then the fields of LINE_FIELDS. PostgreSQL reads that faster than rows."""
        self._copy(line_select(self.kind, self.rows), target)

    def write_customer_totals(self, target: Path) -> None:
        """Customer, currency, number of lines and net, as CSV."""
        self._copy(
            "SELECT customer, currency, count(*), sum(amount)"
            f" FROM ({line_select(self.kind, self.rows)}) GROUP BY 1, 2",
            target,
        )

    def write_usage_totals(self, target: Path) -> None:
        """Usage summed per customer, subscription, entitlement and meter, as CSV."""
        keys = (
            "lower(trim(COALESCE(EntitlementId, ''))), COALESCE(ProductId, ''), COALESCE(SkuId, ''),"
            " COALESCE(AvailabilityId, ''), upper(trim(BillingCurrency))"
        )
        quantity, net = "Quantity", "BillingPreTaxTotal"
        if self.kind.startswith("legacy-"):
            keys = "'', lower(trim(COALESCE(ResourceGuid, ''))), '', trim(COALESCE(Region, ''))"
            keys += ", upper(trim(Currency))" if self.kind == "legacy-usage" else ", ''"
            quantity, net = "ConsumedQuantity", "PretaxCharges" if self.kind == "legacy-usage" else "0"
        self._copy(
            f"SELECT {customer_key(self.kind)} AS customer, lower(trim(COALESCE(SubscriptionId, ''))), {keys},"
            f" count(*), COALESCE(sum({quantity}), 0), COALESCE(sum({net}), 0),"
            f" min(saldo_row), max(saldo_row) FROM ({self.rows}) GROUP BY ALL",
            target,
        )

    def _copy(self, sql: str, target: Path) -> None:
        self.connection.execute(f"COPY ({sql}) TO {literal(str(target))} (FORMAT csv, HEADER false)")

    def _one(self, sql: str) -> tuple[Any, ...]:
        row = self.connection.execute(sql).fetchone()
        assert row is not None  # an aggregate always has its row
        return row

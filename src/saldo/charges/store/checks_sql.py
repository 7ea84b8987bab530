"""The invariants of reference section 11 that one part can answer alone, as SQL over its rows.

Each check gives every row a verdict: passed, tolerated, failed, or NULL where it does not apply. What is compared is
exact; figures are cut to what a product of three can hold (perf.md), and a cut is only ever inside the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from saldo.charges.rules.line import Kind

IN_PASS: Mapping[Kind, tuple[str, ...]] = {"nce-daily-usage": ("I10",)}
"""The checks whose verdicts a stored part carries in a column of their own, named by `verdict_column`."""


def verdict_column(code: str) -> str:
    """The column of a stored part that holds the verdicts of a check."""
    return f"saldo_{code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCheck:
    """One check of rows. ``expected`` and ``seen`` are SQL for the sample of a row that did not pass."""

    code: str
    verdict: str
    expected: str
    seen: str


def _equal(expected: str, seen: str, *, applies: str) -> str:
    return f"CASE WHEN {applies} THEN CASE WHEN {expected} = {seen} THEN 'passed' ELSE 'failed' END END"


def row_checks(kind: Kind, *, minor_digits: int) -> tuple[RowCheck, ...]:
    """The row checks of a kind; ``minor_digits`` are those of the document's currency."""
    made = _CHECKS.get(kind)
    return made(minor_digits) if made else ()


def _reconciliation(digits: int) -> tuple[RowCheck, ...]:
    total = "Subtotal + COALESCE(TaxTotal, 0)"
    return (
        RowCheck(code="I9", verdict=_equal(total, "Total", applies="Total IS NOT NULL"), expected=total, seen="Total"),
        _formula(digits),
    )


def _formula(digits: int) -> RowCheck:
    """Rule A cuts the line, rule B the unit (8.3); usage cuts before and after the exchange (8.4).

    One WHEN a rule, the commonest first: the next is worked out only for the rows that the one before left over.
    """
    rule_a = f"trunc(saldo_exact + saldo_nudge, {digits})"
    usage = f"trunc(CAST(trunc(saldo_product + saldo_nudge, 2) * saldo_rate AS DECIMAL(28,10)) + saldo_nudge, {digits})"
    unit_price = "CAST(saldo_price * saldo_rate AS DECIMAL(24,10))"
    rule_b = f"trunc({unit_price} + saldo_nudge, {digits}) * saldo_quantity"
    unit = f"CAST({10**-digits:.{digits}f} AS DECIMAL(4,3))" if digits else "1"
    verdict = (
        f"CASE WHEN EffectiveUnitPrice IS NULL OR saldo_exact IS NULL THEN NULL WHEN Subtotal = {rule_a} THEN 'passed'"
        f" WHEN Subtotal = {usage} THEN 'passed' WHEN Subtotal = {rule_b} THEN 'passed'"
        f" WHEN abs(Subtotal - saldo_exact) <= {unit} * saldo_quantity + {unit} THEN 'tolerated' ELSE 'failed' END"
    )
    return RowCheck(code="I10", verdict=verdict, expected=rule_a, seen="Subtotal")


def with_factors(kind: Kind, rows: str) -> str:
    """Rows with what the formula of their kind multiplies, worked out once; who does not ask for it pays nothing."""
    if kind != "nce-reconciliation":
        return rows
    factors = (
        "TRY_CAST(EffectiveUnitPrice AS DECIMAL(19,10)) AS saldo_price,"
        " TRY_CAST(COALESCE(BillableQuantity, Quantity) AS DECIMAL(18,8)) AS saldo_quantity,"
        " TRY_CAST(COALESCE(PCToBCExchangeRate, 1) AS DECIMAL(18,10)) AS saldo_rate"
    )
    product = (
        "CAST(saldo_price * saldo_quantity AS DECIMAL(20,10)) AS saldo_product,"
        " CASE WHEN saldo_price < 0 THEN -0.000000001 ELSE 0.000000001 END AS saldo_nudge"
    )
    return (
        "SELECT *, CAST(saldo_product * saldo_rate AS DECIMAL(28,10)) AS saldo_exact"
        f" FROM (SELECT *, {product} FROM (SELECT *, {factors} FROM ({rows})))"
    )


def _daily(digits: int) -> tuple[RowCheck, ...]:
    expected = (
        "TRY(CAST(EffectiveUnitPrice AS DECIMAL(18,12)) * CAST(Quantity AS DECIMAL(18,8))"
        " * CAST(COALESCE(PCToBCExchangeRate, 1) AS DECIMAL(18,8)))"
    )
    return (RowCheck(code="I10", verdict=verdict_column("I10"), expected=expected, seen="BillingPreTaxTotal"),)


def verdicts_in_pass(kind: Kind, columns: Collection[str]) -> Mapping[str, str]:
    """The checks that are answered while a part is written, by code, as SQL over its texts.

    Daily usage comes by the million: its three factors are cheaper read from text than from stored figures. What they
    are cut to is far inside the tolerance; where the product finds no room the row has no verdict.
    """
    if kind not in IN_PASS or not {"EffectiveUnitPrice", "Quantity", "BillingPreTaxTotal"} <= set(columns):
        return {}
    rate = "COALESCE(PCToBCExchangeRate, '1')" if "PCToBCExchangeRate" in columns else "'1'"
    exact = (
        "TRY(TRY_CAST(EffectiveUnitPrice AS DECIMAL(18,12)) * TRY_CAST(Quantity AS DECIMAL(18,8))"
        f" * TRY_CAST({rate} AS DECIMAL(18,8)))"
    )
    apart = f"abs(TRY_CAST(BillingPreTaxTotal AS DECIMAL(18,8)) - {exact})"
    verdict = (
        f"CASE WHEN {apart} <= 0.0001 THEN 'passed' WHEN {apart} <= 0.01 THEN 'tolerated'"
        f" WHEN {apart} IS NOT NULL THEN 'failed' END"
    )
    return {"I10": verdict}


def _license(digits: int) -> tuple[RowCheck, ...]:
    net, gross = "Amount - COALESCE(TotalOtherDiscount, 0)", "Subtotal + COALESCE(Tax, 0)"
    verdict = (
        f"CASE WHEN {net} = Subtotal AND (TotalForCustomer IS NULL OR {gross} = TotalForCustomer)"
        " THEN 'passed' ELSE 'failed' END"
    )
    return (RowCheck(code="I2", verdict=verdict, expected=gross, seen="COALESCE(TotalForCustomer, Subtotal)"),)


def _legacy_usage(digits: int) -> tuple[RowCheck, ...]:
    gross = "PretaxCharges + COALESCE(TaxAmount, 0)"
    overage = "COALESCE(ConsumedQuantity, 0) - COALESCE(IncludedQuantity, 0)"
    verdict = (
        f"CASE WHEN {overage} = OverageQuantity AND (PostTaxTotal IS NULL OR {gross} = PostTaxTotal)"
        " THEN 'passed' ELSE 'failed' END"
    )
    return (RowCheck(code="I3", verdict=verdict, expected=gross, seen="COALESCE(PostTaxTotal, PretaxCharges)"),)


_CHECKS: Mapping[Kind, Callable[[int], tuple[RowCheck, ...]]] = {
    "nce-reconciliation": _reconciliation,
    "nce-daily-usage": _daily,
    "legacy-license": _license,
    "legacy-usage": _legacy_usage,
}

GROUP_CHECKS: dict[str, str] = {
    # one exchange rate per pricing currency and charge month
    "I14": """
        SELECT concat_ws(' ', COALESCE(PricingCurrency, ''), strftime(ChargeStartDate, '%Y-%m')) AS what,
            min(PCToBCExchangeRate) AS expected, max(PCToBCExchangeRate) AS seen,
            CASE WHEN count(DISTINCT PCToBCExchangeRate) <= 1 THEN 'passed' ELSE 'failed' END AS verdict, 0 AS at
        FROM ({rows}) WHERE PCToBCExchangeRate IS NOT NULL GROUP BY PricingCurrency, strftime(ChargeStartDate, '%Y-%m')
    """,
    # the two halves of a seat change end on the same day, and each event has both
    "I13": """
        SELECT lower(ReferenceId) AS what, count(*) FILTER (Subtotal < 0) AS expected,
            count(*) FILTER (Subtotal >= 0) AS seen, min(saldo_row) AS at,
            CASE WHEN count(DISTINCT ChargeEndDate) = 1 AND count(*) FILTER (Subtotal <= 0) > 0
                AND count(*) FILTER (Subtotal >= 0) > 0 THEN 'passed' ELSE 'failed' END AS verdict
        FROM ({rows}) WHERE lower(ChargeType) IN ('addquantity', 'removequantity') AND COALESCE(ReferenceId, '') <> ''
        GROUP BY lower(ReferenceId), lower(SubscriptionId)
    """,
    # a credit takes back exactly what some row charged: same customer and product, same quantity
    "I16": """
        SELECT c.ProductId AS what, c.BillableQuantity AS expected, o.BillableQuantity AS seen, c.saldo_row AS at,
            CASE WHEN o.BillableQuantity IS NOT NULL THEN 'passed' ELSE 'failed' END AS verdict
        FROM ({rows}) c LEFT JOIN (
            SELECT DISTINCT CustomerId, ProductId, SkuId, BillableQuantity FROM ({rows})
            WHERE lower(ChargeType) <> 'customercredit' AND Subtotal >= 0
        ) o ON o.CustomerId = c.CustomerId AND o.ProductId = c.ProductId AND o.SkuId = c.SkuId
            AND abs(o.BillableQuantity - c.BillableQuantity) <= 0.000001
        WHERE lower(c.ChargeType) = 'customercredit'
    """,
}
"""Checks of groups of reconciliation rows: what the group is, what was expected and seen, verdict, first row."""

"""One reason of every kind, with figures that a bookkeeper could meet: what the golden files say in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from saldo.explain.rules.explanation import Reason

LONG_NAME = "Dynamics 365 Customer Insights Attach (Qualifying Dynamics 365 Base Offer) - Government Community Cloud"
VM = "Virtual Machines - Dsv5 Series - EU West"
PART_OF_MARCH = {"on": date(2026, 3, 7), "days": 25, "cycle_days": 31, "pricing_currency": "SEK"}


def a_reason(
    said: str, amount: str, *, subject: str = "Microsoft 365 E3", currency: str = "SEK", **facts: Any
) -> Reason:
    """A reason by ``code.variant``, its amount and its facts; a figure with a point is a text."""
    code, variant = said.split(".")
    read = {
        name: Decimal(value) if isinstance(value, str) and _is_figure(value) else value for name, value in facts.items()
    }
    return Reason(
        code=code,  # type: ignore[arg-type]
        amount=Decimal(amount),
        key="sub-1",
        subject=subject,
        variant=variant,
        facts={"currency": currency, **read},
    )


def _is_figure(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


CASES = (
    a_reason("new-subscription.started", "360.00", seats=10, on=date(2026, 3, 7)),
    a_reason("new-subscription.started", "36.00", seats=1),
    a_reason("new-subscription.metered", "1204.50", subject="Azure plan"),
    a_reason("new-subscription.first-full", "154.84", seats=10, days_before=17, days_after=30),
    a_reason("new-subscription.back", "360.00", seats=10),
    a_reason("ended-subscription.ended", "-360.00", seats=10),
    a_reason("ended-subscription.ended", "41.10", seats=1),
    a_reason("ended-subscription.metered", "-1204.50", subject="Azure plan"),
    a_reason("ended-subscription.cancelled", "-292.26", on=date(2026, 3, 5)),
    a_reason("ended-subscription.cancelled", "-292.26"),
    a_reason(
        "seats-added.event", "145.16", seats=5, seats_before=10, seats_after=15, unit_price="36.00", **PART_OF_MARCH
    ),
    a_reason(
        "seats-added.event", "36.00", seats=1, seats_before=10, seats_after=11, unit_price="36.00",
        **PART_OF_MARCH | {"on": date(2026, 3, 1), "days": 31},
    ),
    a_reason(
        "seats-added.event", "1391.21", seats=5, seats_before=10, seats_after=15, unit_price="36.00",
        **PART_OF_MARCH | {"pricing_currency": "USD"},
    ),
    a_reason(
        "seats-added.event", "12000", currency="JPY", subject=LONG_NAME, seats=1500, seats_before=0, seats_after=1500,
        unit_price="9.92", **PART_OF_MARCH | {"pricing_currency": "JPY"},
    ),
    a_reason("seats-added.event", "145.16", seats=5, seats_before=10, seats_after=15, pricing_currency="SEK"),
    a_reason("seats-added.events", "512.90", seats_before=10, seats_after=30, count=3),
    a_reason("seats-added.full-cycle", "34.84", seats=5, seats_before=10, seats_after=15),
    a_reason("seats-added.full-cycle", "6.97", seats=1, seats_before=10, seats_after=11),
    a_reason("seats-added.between", "180.00", seats=5, seats_before=10, seats_after=15),
    a_reason("seats-added.between", "36.00", seats=1, seats_before=10, seats_after=11),
    a_reason(
        "seats-removed.event", "-145.16", seats=5, seats_before=15, seats_after=10, unit_price="36.00", **PART_OF_MARCH
    ),
    a_reason(
        "seats-removed.event", "-29.03", seats=1, seats_before=15, seats_after=14, unit_price="36.00", **PART_OF_MARCH
    ),
    a_reason("seats-removed.events", "-512.90", seats_before=30, seats_after=10, count=2),
    a_reason("seats-removed.full-cycle", "-34.84", seats=5, seats_before=15, seats_after=10),
    a_reason("seats-removed.full-cycle", "-6.97", seats=1, seats_before=11, seats_after=10),
    a_reason("seats-removed.between", "-180.00", seats=5, seats_before=15, seats_after=10),
    a_reason("seats-removed.between", "-36.00", seats=1, seats_before=11, seats_after=10),
    a_reason("proration.part", "-151.20", days_before=30, days_after=1),
    a_reason(
        "plan-changed.moved", "412.26", subject="Microsoft 365 E5", seats=4, on=date(2026, 3, 20),
        from_product="Microsoft 365 E3", to_product="Microsoft 365 E5",
    ),
    a_reason(
        "plan-changed.moved", "412.26", subject="Microsoft 365 E5",
        from_product="Microsoft 365 E5", to_product="Microsoft 365 E5",
    ),
    a_reason(
        "plan-changed.moved-before", "653.20", subject="Microsoft 365 E5", seats=1,
        from_product="Microsoft 365 E3", to_product="Microsoft 365 E5",
    ),
    a_reason("plan-changed.migrated", "-12.00", product="Microsoft 365 E3", on=date(2026, 3, 12)),
    a_reason("term-changed.billing-plan", "3960.00", plan_before="Monthly", plan_after="Annual"),
    a_reason("term-changed.billing-plan", "-4320.00", plan_before="Annual", plan_after=""),
    a_reason("term-changed.term", "72.00", months_before=12, months_after=1),
    a_reason(
        "upfront-charge.charged", "89368.67", subject="Reserved VM Instance, Standard_D4s_v5, EU West",
        starts_on=date(2026, 5, 24), ends_on=date(2029, 5, 23),
    ),
    a_reason("upfront-charge.charged", "7200.00", subject="Windows Server 2025", starts_on=date(2026, 5, 24)),
    a_reason(
        "upfront-charge.gone", "-89368.67", subject="Reserved VM Instance, Standard_D4s_v5, EU West",
        starts_on=date(2026, 5, 24), ends_on=date(2029, 5, 23),
    ),
    a_reason("upfront-charge.gone", "-7200.00", subject="Windows Server 2025", starts_on=date(2026, 5, 24)),
    a_reason(
        "price-changed.changed", "36.00", seats=10, price_before="36.00", price_after="39.60", pricing_currency="SEK"
    ),
    a_reason(
        "price-changed.changed", "-33.03", seats=10, price_before="39.60", price_after="36.00", pricing_currency="USD"
    ),
    a_reason("promotion-changed.ended", "54.00", discount_before="0.15", discount_after="0"),
    a_reason("promotion-changed.began", "-54.00", discount_before="0", discount_after="0.15"),
    a_reason("promotion-changed.changed", "-18.00", discount_before="0.15", discount_after="0.2"),
    a_reason("promotion-changed.changed", "18.00", discount_before="0.2", discount_after="0.15"),
    a_reason(
        "exchange-rate.changed", "195.32", subject=VM, rate_before="9.412", rate_after="9.531", pricing_currency="USD"
    ),
    a_reason(
        "exchange-rate.changed", "-195.32", subject=VM, rate_before="9.531", rate_after="9.412", pricing_currency="USD"
    ),
    a_reason(
        "usage-volume.changed", "2678.58", subject=VM, quantity_before="730", quantity_after="2190.5", unit="1 Hour",
        meter="D4s v5",
    ),
    a_reason(
        "usage-volume.changed", "-9.10", subject=VM, quantity_before="730", quantity_after="700", unit="", meter=VM
    ),
    a_reason("usage-volume.new-meter", "412.00", subject=VM, quantity_after="186", unit="1 Hour", meter="D4s v5"),
    a_reason("usage-volume.gone-meter", "-412.00", subject=VM, quantity_before="186", unit="1 Hour", meter="D4s v5"),
    a_reason(
        "usage-price.changed", "692.76", subject=VM, price_before="0.0408", price_after="0.051", unit="1 Hour",
        meter="D4s v5", pricing_currency="USD",
    ),
    a_reason(
        "usage-price.changed", "-178.16", subject=VM, price_before="0.08", price_after="0.0000625", unit="",
        meter="D4s v5", pricing_currency="USD",
    ),
    a_reason("calendar-days.changed", "11.61", days_before=28, days_after=31),
    a_reason("calendar-days.changed", "-11.61", days_before=31, days_after=28),
    a_reason("credit.given", "-312.40", credit_reason="SLA credit"),
    a_reason("credit.given", "-312.40", credit_reason="Partner Earned Credit"),
    a_reason("credit.gone", "312.40"),
    a_reason("correction.made", "-2294.60", document="G000023869", amends="G000023831"),
    a_reason("correction.made", "-2294.60"),
    a_reason("correction.gone", "2294.60", document="G000023869", amends="G000023831"),
    a_reason("tax.changed", "90.00"),
    a_reason("partner-price.changed", "12.50"),
    a_reason("partner-price.changed", "62.50", price_before="245.00", price_after="257.50", pricing_currency="SEK"),
    a_reason("partner-fee.changed", "250.00", subject="Support, monthly"),
    a_reason("partner-fee.new", "250.00", subject="Support, monthly"),
    a_reason("partner-fee.gone", "-250.00", subject="Support, monthly"),
    a_reason("rounding.cut", "0.01", lines=1),
    a_reason("rounding.cut", "-0.02", lines=3),
)  # fmt: skip

"""What a page calls a row and a file, in the reader's language."""

from __future__ import annotations

from saldo.charges.rules.line import Kind, LineItem
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.bill_tree import BillRow

_KNOWN_CHARGES = {
    "new": "new",
    "renew": "renew",
    "cyclecharge": "cyclecharge",
    "cyclefee": "cyclefee",
    "addquantity": "addquantity",
    "removequantity": "removequantity",
    "movequantity": "movequantity",
    "convert": "convert",
    "changebillingplan": "changebillingplan",
    "cancelimmediate": "cancelimmediate",
    "cancel": "cancel",
    "cancelfee": "cancel",
    "customercredit": "customercredit",
    "extendterm": "extendterm",
}


def name_charge(row: BillRow) -> str:
    """Why the row exists, in words; a charge type nobody has words for stays as Microsoft wrote it."""
    if row.is_usage:
        return figures.say("pages.charge.use")
    known = _KNOWN_CHARGES.get(row.charge_type.replace(" ", "").casefold())
    return figures.say(f"pages.charge.{known}") if known else row.charge_type


def name_event(line: LineItem) -> str:
    """What one row of an event charges or gives back: seats or use, and for which days."""
    period = figures.period(line.charge_starts_on, line.charge_ends_on)
    quantity = figures.number(line.quantity)
    if line.category == "usage":
        meter = line.meter_name or line.sku_name or line.product_name
        return figures.say("pages.evidence.use", meter=meter, quantity=quantity, period=period)
    code = "pages.evidence.refund" if line.amount < 0 else "pages.evidence.charge"
    return figures.say(code, quantity=quantity, period=period)


def name_file(kind: Kind | str, month: Month | None, *, is_estimated: bool = False) -> str:
    """What a file is, for a person: its kind and month."""
    key = (
        f"{kind}-unbilled" if is_estimated and kind in {"nce-reconciliation", "nce-daily-usage"} else kind or "unknown"
    )
    if month is None:
        return figures.say(f"pages.kind-alone.{key}")
    return figures.say(f"pages.kind.{key}", month=figures.month(month))

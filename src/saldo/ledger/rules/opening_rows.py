"""Rows of the old book as they are taken over: what each cell means, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.agreements.rules.sheet_rows import read_amount, read_day
from saldo.core.money import ZERO, minor_digits

KINDS = ("invoice", "credit", "deposit", "receipt")
"""An open invoice; a credit note, a deposit and a receipt that settled nothing yet, which are open below nothing."""
TOTAL = "total"
"""What stands under ``kind`` in a row that carries a control total instead of an item."""

TEXTS = ("debtor", "name", "country", "vat_id", "number", "kind", "reference", "dispute_reason", "step", "last_notice")
DAYS = ("issued", "due", "dispute_since", "promise_until", "last_notice_on")
AMOUNTS = ("original", "open", "dispute_amount", "promise_amount")
COLUMNS = (
    *("debtor", "name", "country", "vat_id", "number", "kind", "issued", "due", "original", "open", "currency"),
    *("reference", "dispute_amount", "dispute_reason", "dispute_since", "promise_amount", "promise_until"),
    *("step", "last_notice_on", "last_notice"),
)
NEEDED = ("debtor", "number", "issued", "open", "currency")

_LONGEST = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What the debtor contests of an item, why, and since when."""

    amount: Decimal
    reason: str
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the debtor said would be paid, and until when."""

    amount: Decimal
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OldItem:
    """One open item of the old book; amounts are signed as on the debtor's account, so credits are below nothing.

    ``step`` and ``last_notice`` are the old tool's words and are kept as they are; dunning reads them, nothing here.
    """

    debtor: str
    name: str = ""
    country: str = ""
    vat_id: str = ""
    number: str
    kind: str = "invoice"
    issued_on: date
    due_on: date
    original: Decimal
    open: Decimal
    currency: str
    reference: str = ""
    dispute: Dispute | None = None
    promise: Promise | None = None
    step: str = ""
    last_notice_on: date | None = None
    last_notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong with one cell of a row: its column, the public code of why, what was seen, and facts."""

    column: str
    code: str
    seen: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_row(*, cells: Mapping[str, str], as_of: date) -> tuple[OldItem | None, tuple[RowFault, ...]]:
    """The item that a row says, or None with what is wrong with it.

    Faults: ledger.opening.empty, .bad-text, .bad-day, .bad-amount, .bad-currency, .unknown-kind, .nothing-open,
    .wrong-sign, .more-than-original, .later (a day after the one of taking over), .due-before-issued, .only-invoices,
    .more-than-open, .no-amount.
    """
    faults: list[RowFault] = []
    told = _read_cells(cells, faults)
    if faults:
        return None, tuple(faults)
    item = _item(told)
    faults += [*_sums_faults(item), *_day_faults(item, as_of), *_collection_faults(item, told)]
    return (None, tuple(faults)) if faults else (item, ())


def read_control(*, cells: Mapping[str, str]) -> tuple[str, Decimal] | None:
    """Currency and total of a row or a second sheet that carries a control total; None where it cannot be read."""
    currency = cells.get("currency", "").upper()
    try:
        value = read_amount(cells.get("total") or cells.get("open", ""))
    except ValueError:
        return None
    return (currency, value) if _CURRENCY.fullmatch(currency) and is_payable(value, currency) else None


def is_payable(value: Decimal, currency: str) -> bool:
    """Whether the value has no digit finer than the currency pays."""
    return value == round(value, minor_digits(currency))


def _read_cells(cells: Mapping[str, str], faults: list[RowFault]) -> dict[str, Any]:
    told: dict[str, Any] = {name: " ".join(cells.get(name, "").split()) for name in TEXTS}
    told["kind"] = told["kind"].casefold() or KINDS[0]
    told["currency"] = cells.get("currency", "").upper()
    faults += _text_faults(cells, told)
    for name in DAYS:
        told[name] = _said(cells, name, read_day, "ledger.opening.bad-day", faults)
    for name in AMOUNTS:
        told[name] = _said(cells, name, read_amount, "ledger.opening.bad-amount", faults)
        if told[name] is not None and not is_payable(told[name], told["currency"]):
            faults.append(RowFault(column=name, code="ledger.opening.bad-amount", seen=cells[name][:80]))
    return told


def _text_faults(cells: Mapping[str, str], told: Mapping[str, Any]) -> list[RowFault]:
    faults = [RowFault(column=name, code="ledger.opening.empty") for name in NEEDED if not cells.get(name, "").strip()]
    for name in TEXTS:
        if len(told[name]) > _LONGEST or _CONTROL.search(told[name]):
            faults.append(RowFault(column=name, code="ledger.opening.bad-text", seen=told[name][:80]))
    if told["kind"] not in KINDS:
        faults.append(RowFault(column="kind", code="ledger.opening.unknown-kind", seen=told["kind"][:80]))
    if told["currency"] and not _CURRENCY.fullmatch(told["currency"]):
        faults.append(RowFault(column="currency", code="ledger.opening.bad-currency", seen=told["currency"][:80]))
    return faults


def _said(cells: Mapping[str, str], name: str, read: Callable[[str], Any], code: str, faults: list[RowFault]) -> Any:
    text = cells.get(name, "").strip()
    try:
        return read(text) if text else None
    except ValueError:
        faults.append(RowFault(column=name, code=code, seen=text[:80]))
        return None


def _item(told: Mapping[str, Any]) -> OldItem:
    dispute = promise = None
    open_value = told["open"]
    if told["dispute_amount"] is not None or told["dispute_reason"] or told["dispute_since"]:
        amount = open_value if told["dispute_amount"] is None else told["dispute_amount"]
        dispute = Dispute(amount=amount, reason=told["dispute_reason"], since=told["dispute_since"])
    if told["promise_until"] is not None:
        amount = open_value if told["promise_amount"] is None else told["promise_amount"]
        promise = Promise(amount=amount, until=told["promise_until"])
    same = ("debtor", "name", "country", "vat_id", "number", "kind", "currency", "reference", "step", "last_notice")
    return OldItem(
        **{name: told[name] for name in same},
        issued_on=told["issued"],
        due_on=told["due"] or told["issued"],
        original=open_value if told["original"] is None else told["original"],
        open=open_value,
        dispute=dispute,
        promise=promise,
        last_notice_on=told["last_notice_on"],
    )


def _sums_faults(item: OldItem) -> list[RowFault]:
    """Invoices are open above nothing, all else below, and never more than they were."""
    sign = 1 if item.kind == KINDS[0] else -1
    if not item.open:
        return [RowFault(column="open", code="ledger.opening.nothing-open", seen=f"{item.open}")]
    wrong = next((name for name in ("open", "original") if getattr(item, name) * sign <= ZERO), None)
    if wrong:
        seen = f"{getattr(item, wrong)}"
        return [RowFault(column=wrong, code="ledger.opening.wrong-sign", seen=seen, facts={"kind": item.kind})]
    if abs(item.open) > abs(item.original):
        facts = {"open": f"{item.open}", "original": f"{item.original}"}
        return [RowFault(column="open", code="ledger.opening.more-than-original", seen=f"{item.open}", facts=facts)]
    return []


def _day_faults(item: OldItem, as_of: date) -> list[RowFault]:
    since = item.dispute.since if item.dispute else None
    past = {"issued": item.issued_on, "dispute_since": since, "last_notice_on": item.last_notice_on}
    faults = [
        RowFault(column=name, code="ledger.opening.later", seen=f"{day}", facts={"as_of": as_of.isoformat()})
        for name, day in past.items()
        if day is not None and day > as_of
    ]
    if item.due_on < item.issued_on:
        faults.append(RowFault(column="due", code="ledger.opening.due-before-issued", seen=f"{item.due_on}"))
    return faults


def _collection_faults(item: OldItem, told: Mapping[str, Any]) -> list[RowFault]:
    faults = []
    for name, fact in (("dispute_amount", item.dispute), ("promise_amount", item.promise)):
        if fact is not None and item.kind == KINDS[0] and not ZERO < fact.amount <= item.open:
            facts = {"open": f"{item.open}"}
            faults.append(
                RowFault(column=name, code="ledger.opening.more-than-open", seen=f"{fact.amount}", facts=facts)
            )
    if told["promise_amount"] is not None and item.promise is None:
        faults.append(RowFault(column="promise_until", code="ledger.opening.empty"))
    if item.kind != KINDS[0]:
        wrong = next(
            (n for n in ("dispute", "promise", "step", "last_notice_on", "last_notice") if getattr(item, n)), ""
        )
        column = {"dispute": "dispute_amount", "promise": "promise_until"}.get(wrong, wrong)
        if wrong:
            faults.append(RowFault(column=column, code="ledger.opening.only-invoices"))
    return faults

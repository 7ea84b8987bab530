"""Microsoft's side of a subscription: the rows each month brings, from what was planned for it (reference 7.1, 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saldo.core.periods import Month
from saldo.generator.contracts import Act, Contract
from saldo.generator.cycles import Cycle, cycle_of, term_of
from saldo.generator.rows import Row


def charge(contract: Contract, *, start: Month, months: int, rates: Sequence[Decimal]) -> None:
    """Fill the contract's rows and marks for every month; ``rates`` are what a dollar costs in each month."""
    for index in range(max(0, contract.first), months):
        if contract.last is not None and index > contract.last:
            return
        month = start.plus(index)
        act = contract.acts.get(index)
        if act is not None and act.kind in {"renew", "promotion"}:
            _take_over(contract, act)
        rate = rates[index] if contract.pricing_currency != contract.currency else Decimal(1)
        cycle = cycle_of(month, contract.anchor)
        rows = _regular(contract, index, cycle, rate, start)
        if act is not None:
            rows += _ACTS.get(act.kind, _nothing)(contract, act, index, cycle, rate)
        contract.rows[index] = rows


def _take_over(contract: Contract, act: Act) -> None:
    if act.seats:
        contract.seats += act.seats
    if act.price:
        contract.prices = act.price
    if act.discount is not None:
        contract.discount, contract.promotion = act.discount, act.promotion


def _regular(contract: Contract, index: int, cycle: Cycle, rate: Decimal, start: Month) -> list[Row]:
    """The row of the cycle that starts this month: first, renewed or recurring."""
    act = contract.acts.get(index)
    if act is not None and act.kind in {"plan", "turn", "migrate"}:
        return []
    term_first = contract.first + (index - contract.first) // contract.term_months * contract.term_months
    term = term_of(start.plus(term_first), contract.anchor, contract.term_months)
    is_first, is_term_start = index == contract.first, index == term_first
    if contract.billing != "Monthly":
        return _once(contract, index, term, rate) if is_term_start and (is_first or contract.billing) else []
    charge_type = contract.first_charge if is_first else "renew" if is_term_start else "cycleCharge"
    if contract.is_legacy:
        charge_type = "NEW PURCHASE CYCLE FEE" if is_first else "CYCLE FEE"
    starts_on, ends_on = cycle.starts_on, cycle.ends_on
    if is_first and contract.first_days_in:
        starts_on += timedelta(days=contract.first_days_in)
        contract.mark(index, "first-stub")
    if act is not None and act.kind == "align":
        ends_on -= timedelta(days=act.days_in)
        contract.mark(index, "part-cycle")
    return _rows(
        contract,
        charge_type=charge_type,
        ordered_on=starts_on,
        starts_on=starts_on,
        ends_on=ends_on,
        days=(ends_on - starts_on).days + 1,
        cycle_days=cycle.days,
        rate=rate,
        term=term,
        reference=contract.first_reference if is_first else "",
    )


def _once(contract: Contract, index: int, term: tuple[date, date], rate: Decimal) -> list[Row]:
    """A whole term at once, or a thing bought for good."""
    contract.mark(index, "upfront")
    is_forever = contract.billing == "" and contract.term_months > 36
    return _rows(
        contract,
        charge_type="new" if index == contract.first else "renew",
        ordered_on=term[0],
        starts_on=term[0],
        ends_on=None if is_forever else term[1],
        rate=rate,
        term=None if is_forever else term,
    )


def _rows(contract: Contract, **figures: Any) -> list[Row]:
    """One row for each product of the subscription (a licence with a telco part has two)."""
    if contract.is_trial:
        figures["sign"] = 0
    common = Row(
        customer=contract.customer,
        product=contract.products[0],
        subscription=contract.id,
        unit_price=contract.prices[0],
        currency=contract.currency,
        pricing_currency=contract.pricing_currency,
        discount=contract.discount,
        promotion=contract.promotion,
        frequency=contract.billing,
        qualifiers=contract.qualifiers,
        reservation_order=contract.reservation_order,
        term_text=contract.term_text,
        description=contract.description or contract.products[0].product_name,
        order_id=contract.order_id,
        is_legacy=contract.is_legacy,
        **{"quantity": Decimal(contract.seats), **figures},
    )
    pairs = zip(contract.products, contract.prices, strict=True)
    return [replace(common, product=product, unit_price=price) for product, price in pairs]


def _event(contract: Contract, act: Act, cycle: Cycle, rate: Decimal, **figures: Any) -> list[Row]:
    """Rows from the day of the act to the end of the cycle."""
    day = cycle.starts_on + timedelta(days=act.days_in)
    return _rows(
        contract,
        ordered_on=day,
        starts_on=day,
        ends_on=cycle.ends_on,
        days=cycle.days_from(day),
        cycle_days=cycle.days,
        rate=rate,
        reference=act.reference,
        **figures,
    )


def _change_seats(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    """The old seats back and the new ones charged, for the rest of the cycle, as one event."""
    charge_type = act.charge_type or ("addQuantity" if act.seats > 0 else "removeQuantity")
    back = _event(contract, act, cycle, rate, charge_type=charge_type, sign=-1)
    contract.seats += act.seats
    contract.seat_steps[index] = act.seats
    contract.mark(index, "upgrade" if act.charge_type else "seats")
    again = _event(contract, act, cycle, rate, charge_type=charge_type) if contract.seats else []
    if not contract.seats:
        contract.last = index
    return back + again


def _cancel(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    contract.last = index
    contract.mark(index, "cancelled")
    return _event(contract, act, cycle, rate, charge_type="cancelImmediate", sign=-1)


def _change_plan(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    """Monthly to annual billing: the months left of the term at once, counted in months (reference 8.3)."""
    left = contract.term_months - (index - contract.first) % contract.term_months
    ends_on = term_of(Month.of(cycle.starts_on), contract.anchor, left)[1]
    contract.mark(index, "plan")
    contract.billing = "Annual"
    contract.prices = act.price or tuple(price * 12 for price in contract.prices)
    return _rows(
        contract,
        charge_type="changeBillingPlan",
        ordered_on=cycle.starts_on,
        starts_on=cycle.starts_on,
        ends_on=ends_on,
        days=left,
        cycle_days=contract.term_months,
        rate=rate,
    )


def _turn(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    """The trial's side of a purchase: nothing back, but a row that says what it became."""
    contract.last = index
    return _event(contract, act, cycle, rate, charge_type="convert")


def _migrate(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    """Legacy: the rest of the cycle before is given back on the next invoice (reference 7.1)."""
    contract.last = index
    contract.mark(index, "left")
    past = cycle_of(Month.of(cycle.starts_on).plus(-1), contract.anchor)
    return _event(contract, act, past, rate, charge_type="CANCEL FEE", sign=-1)


def _nothing(contract: Contract, act: Act, index: int, cycle: Cycle, rate: Decimal) -> list[Row]:
    return []


_ACTS = {
    "seats": _change_seats,
    "leave": _change_seats,
    "cancel": _cancel,
    "plan": _change_plan,
    "turn": _turn,
    "migrate": _migrate,
}

"""Rules 1 to 7 of the decision table: an event takes the whole change of its rows, and its sentence says which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from saldo.charges.rules.line import LineItem
from saldo.core.money import ZERO
from saldo.explain.rules.bill import BillLine
from saldo.explain.rules.charge_types import (
    days_charged,
    is_cancellation,
    is_half_of_move,
    is_metered,
    is_purchase,
)
from saldo.explain.rules.compare import Difference
from saldo.explain.rules.explanation import Code, Fact
from saldo.explain.rules.keys import key_of
from saldo.explain.rules.settling import Settled, settle_whole, subject_of
from saldo.explain.rules.terms import frequencies, lengths

AZURE_PLAN = "Azure plan"


def tell_tax(difference: Difference, currency: str) -> Settled:
    """Rule 1: tax on what changed; price side only."""
    return settle_whole(difference, "tax", "changed", {}, currency=currency)


def tell_fee(difference: Difference, currency: str) -> Settled:
    """Rule 1: the partner's own fees."""
    variant = "changed" if difference.before and difference.after else "new" if difference.after else "gone"
    return settle_whole(difference, "partner-fee", variant, {}, currency=currency)


def tell_correction(difference: Difference, currency: str) -> Settled:
    """Rule 2: a document put right what another period charged."""
    made = difference.after or difference.before
    amends = sorted({number for line in made for number in line.item.amends})
    facts: dict[str, Fact] = {"document": str(made[0].item.document), "amends": ", ".join(amends)}
    facts = {name: said for name, said in facts.items() if said}
    return settle_whole(difference, "correction", "made" if difference.after else "gone", facts, currency=currency)


def tell_credit(difference: Difference, currency: str) -> Settled:
    """Rule 3: a credit that was given, or that is not given again."""
    named = [line.item.credit_reason for line in (difference.after or difference.before) if line.item.credit_reason]
    facts: dict[str, Fact] = {"credit_reason": named[0]} if named else {}
    variant = "given" if difference.after else "gone"
    return settle_whole(difference, "credit", variant, facts, currency=currency)


def tell_plan_change(difference: Difference, currency: str) -> Settled:
    """Rule 4: an upgrade, seats that moved, a migration from the legacy platform."""
    arrived = [line for line in difference.lines if key_of(line) == difference.key]
    others = [line for line in difference.lines if key_of(line) != difference.key]
    product = subject_of(arrived)
    moves = [line for line in difference.lines if is_half_of_move(line.item)]
    if not moves:
        bought = next(line.item for line in difference.lines if is_purchase(line.item))
        facts: dict[str, Fact] = {"subject": product, "product": product}
        _add_day(facts, "on", bought.charge_starts_on)
        return settle_whole(difference, "plan-changed", "migrated", facts, currency=currency)
    facts = {"subject": product, "to_product": product, "from_product": subject_of(others or arrived)}
    _add_day(facts, "on", moves[0].item.ordered_on or moves[0].item.charge_starts_on)
    if not any(is_half_of_move(line.item) for line in difference.after):
        return settle_whole(difference, "plan-changed", "moved-before", facts, currency=currency)
    if not any(line.item.amount < 0 for line in difference.after if key_of(line) == difference.key):
        facts["seats"] = max((line.item.quantity for line in moves if key_of(line) == difference.key), default=ZERO)
    return settle_whole(difference, "plan-changed", "moved", facts, currency=currency)


def tell_term_change(difference: Difference, currency: str) -> Settled:
    """Rule 5: another billing plan, or another length of term."""
    plans = [frequencies(side)[-1:] for side in (difference.before, difference.after)]
    months = [lengths(side)[-1:] for side in (difference.before, difference.after)]
    if months[0] and months[1] and months[0] != months[1]:
        facts: dict[str, Fact] = {"months_before": months[0][0], "months_after": months[1][0]}
        return settle_whole(difference, "term-changed", "term", facts, currency=currency)
    facts = {"plan_before": plans[0][0] if plans[0] else "", "plan_after": plans[1][0] if plans[1] else ""}
    return settle_whole(difference, "term-changed", "billing-plan", facts, currency=currency)


def tell_upfront(difference: Difference, currency: str) -> Settled:
    """Rule 6: money for a long time, or for good, that this month has and the other has not."""
    charged = difference.after or difference.before
    heaviest = max(charged, key=lambda line: abs(line.item.amount)).item
    facts: dict[str, Fact] = {}
    _add_day(facts, "starts_on", heaviest.charge_starts_on)
    if days_charged(heaviest) is not None:
        _add_day(facts, "ends_on", heaviest.charge_ends_on)
    variant = "charged" if difference.after else "gone"
    return settle_whole(difference, "upfront-charge", variant, facts, currency=currency)


def tell_presence(difference: Difference, currency: str) -> Settled:
    """Rule 7: a subscription that came, went, or was cancelled inside its window."""
    cancelled = [line.item for line in difference.lines if is_cancellation(line.item)]
    only_cancelled = cancelled and all(line.item.amount <= 0 for line in difference.after)
    if difference.after and not difference.before and not only_cancelled:
        return _tell_new(difference, currency)
    if cancelled and difference.after:
        facts: dict[str, Fact] = {}
        _add_day(facts, "on", cancelled[0].ordered_on or cancelled[0].charge_starts_on)
        return settle_whole(difference, "ended-subscription", "cancelled", facts, currency=currency)
    facts = {"seats": last_seats(difference.before)}
    return settle_whole(difference, "ended-subscription", "ended", facts, currency=currency)


def _tell_new(difference: Difference, currency: str) -> Settled:
    facts: dict[str, Fact] = {"seats": last_seats(difference.after)}
    bought = [line.item for line in difference.after if is_purchase(line.item)]
    if not bought:
        return settle_whole(difference, "new-subscription", "back", facts, currency=currency)
    _add_day(facts, "on", bought[0].charge_starts_on or bought[0].ordered_on)
    return settle_whole(difference, "new-subscription", "started", facts, currency=currency)


def tell_metered_plan(difference: Difference, currency: str) -> Settled:
    """Rule 7: a metered plan that only one of the two bills has."""
    item = difference.lines[0].item
    is_microsofts = item.publisher.casefold() in {"", "microsoft", "microsoft corporation"}
    facts: dict[str, Fact] = {"subject": AZURE_PLAN if is_microsofts else item.product_name}
    code: Code = "new-subscription" if difference.after else "ended-subscription"
    return settle_whole(difference, code, "metered", facts, currency=currency)


def last_seats(lines: Sequence[BillLine]) -> Decimal:
    """Seats at the end of the period: the last charged row of the heaviest product (reference 8.7)."""
    seats = [line for line in lines if not is_metered(line.item)]
    charged = [line for line in seats if line.item.amount > 0] or seats
    subject = subject_of(charged)
    items = [line.item for line in charged if subject in (line.item.product_name, line.item.sku_name)]
    return max(items, key=event_order).quantity


def event_order(item: LineItem) -> tuple[date, date, bool, int]:
    """When a row happened; files are in no order of time, and of one event the refund comes before the charge."""
    day = item.ordered_on or item.charge_starts_on or date.min
    return (day, item.charge_starts_on or day, item.amount > 0, item.row)


def _add_day(facts: dict[str, Fact], name: str, day: date | None) -> None:
    if day is not None:
        facts[name] = day

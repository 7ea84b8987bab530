"""Reading events as JSON tells them: every fault named with its place in the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from saldo.core.money import minor_unit
from saldo.dunning.rules.events import EVENT_TYPES, Event, UnableToReplay

_NEEDS_MONEY = frozenset({"invoice", "payment", "credit", "write-off", "payment-pending", "promise"})
_NEEDS_DAY = frozenset({"invoice", "promise"})


def read_event(row: Mapping[str, Any], *, place: int, currency: str = "") -> Event:
    """One event of the JSON list, ``place`` counted from 1; ``currency`` holds where the event names none.

    Refuses (UnableToReplay): dunning.event.unknown-type, .bad-day, .bad-amount, .missing, all with the place.
    """
    kind = row.get("type")
    if kind not in EVENT_TYPES:
        raise UnableToReplay(code="dunning.event.unknown-type", facts={"place": place, "seen": str(kind)})
    event = Event(
        on=_day(row, "on", place) or _missing("on", place),
        type=kind,
        id=str(row.get("id") or ""),
        value=_value(row, place),
        currency=str(row.get("currency") or currency),
        due=_day(row, "due", place),
        invoice=str(row.get("invoice") or ""),
    )
    if kind in _NEEDS_MONEY and event.value is None:
        _missing("amount", place)
    if kind in _NEEDS_MONEY and not event.currency:
        _missing("currency", place)
    if kind == "invoice" and not (event.id or event.invoice):
        _missing("id", place)
    if kind in _NEEDS_DAY and event.due is None:
        _missing("due", place)
    if kind == "dispute" and not event.invoice:
        _missing("invoice", place)
    if event.value is not None and event.currency:
        _check_digits(event.value, event.currency, place)
    return event


def _missing(name: str, place: int) -> Any:
    raise UnableToReplay(code="dunning.event.missing", facts={"place": place, "name": name})


def _day(row: Mapping[str, Any], name: str, place: int) -> date | None:
    text = row.get(name)
    if text in (None, ""):
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        facts = {"place": place, "name": name, "seen": str(text)}
        raise UnableToReplay(code="dunning.event.bad-day", facts=facts) from None


def _value(row: Mapping[str, Any], place: int) -> Decimal | None:
    text = row.get("amount")
    if text in (None, ""):
        return None
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise UnableToReplay(code="dunning.event.bad-amount", facts={"place": place, "seen": str(text)})
    return value


def _check_digits(value: Decimal, currency: str, place: int) -> None:
    try:
        unit = minor_unit(currency)
    except (KeyError, ValueError):
        facts = {"place": place, "seen": currency}
        raise UnableToReplay(code="dunning.event.bad-currency", facts=facts) from None
    if value % unit:
        raise UnableToReplay(code="dunning.event.bad-amount", facts={"place": place, "seen": f"{value:f}"})

"""Reading events as JSON tells them: the first fault is named with its place in the list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.money import minor_unit
from saldo.core.problems import as_seen
from saldo.dunning.rules.events import EVENT_TYPES, Event, UnableToReplay

_NEEDS_MONEY = frozenset({"invoice", "payment", "credit", "write-off", "payment-pending", "promise"})
_NEEDS_DAY = frozenset({"invoice", "promise"})
_NEEDS_INVOICE = frozenset({"dispute"})
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_YEARS = range(1990, 2200)
_LONGEST_SEEN = 60


def read_events(document: object) -> tuple[Event, ...]:
    """The events of a JSON document: a list, or an object with the list under ``events``; places count from 1.

    An event without a currency has that of the invoice it names, else the only one that any event names.
    Refuses (UnableToReplay): dunning.event.wrong-shape, .unknown-type, .bad-day, .bad-amount, .bad-currency,
    .bad-name, .missing, all with the place.
    """
    rows = document.get("events") if isinstance(document, Mapping) else document
    if not isinstance(rows, list):
        raise _fault("wrong-shape", 0)
    for place, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise _fault("wrong-shape", place)
    of_invoices = {_key(row): row.get("currency") for row in rows if row.get("type") == "invoice"}
    named = {text for row in rows if (text := row.get("currency")) and isinstance(text, str)}
    only = next(iter(named)) if len(named) == 1 else ""
    return tuple(
        _read_event(row, place, str(of_invoices.get(str(row.get("invoice"))) or only))
        for place, row in enumerate(rows, 1)
    )


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("id") or row.get("invoice"))


def _read_event(row: Mapping[str, Any], place: int, currency: str) -> Event:
    kind = row.get("type")
    if kind not in EVENT_TYPES:
        raise _fault("unknown-type", place, seen=kind)
    event = Event(
        on=_day(row, "on", place) or _missing("on", place),
        type=kind,
        id=_name(row, "id", place),
        value=_value(row, place),
        currency=_currency(row, place) or currency,
        due=_day(row, "due", place),
        invoice=_name(row, "invoice", place),
    )
    _check_all_there(event, place)
    if event.value is not None and event.currency and event.value % minor_unit(event.currency):
        raise _fault("bad-amount", place, seen=f"{event.value:f}")
    return event


def _check_all_there(event: Event, place: int) -> None:
    needed = {
        "amount": event.type in _NEEDS_MONEY and event.value is None,
        "currency": event.type in _NEEDS_MONEY and not event.currency,
        "id": event.type == "invoice" and not (event.id or event.invoice),
        "due": event.type in _NEEDS_DAY and event.due is None,
        "invoice": event.type in _NEEDS_INVOICE and not event.invoice,
    }
    for name, is_missing in needed.items():
        if is_missing:
            _missing(name, place)


def _fault(code: str, place: int, *, name: str = "", seen: object = "") -> UnableToReplay:
    facts = {"place": place, "name": name, "seen": as_seen(str(seen))[:_LONGEST_SEEN]}
    return UnableToReplay(code=f"dunning.event.{code}", facts=facts)


def _missing(name: str, place: int) -> Any:
    raise _fault("missing", place, name=name)


def _name(row: Mapping[str, Any], name: str, place: int) -> str:
    seen = row.get(name)
    if seen is None:
        return ""
    if not isinstance(seen, str | int) or isinstance(seen, bool):
        raise _fault("bad-name", place, name=name, seen=seen)
    return as_seen(str(seen))


def _day(row: Mapping[str, Any], name: str, place: int) -> date | None:
    seen = row.get(name)
    if seen in (None, ""):
        return None
    try:
        day = date.fromisoformat(seen) if isinstance(seen, str) and _DAY.fullmatch(seen) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise _fault("bad-day", place, name=name, seen=seen)
    return day


def _value(row: Mapping[str, Any], place: int) -> Decimal | None:
    seen = row.get("amount")
    if seen in (None, ""):
        return None
    if isinstance(seen, bool) or not _AMOUNT.fullmatch(str(seen)):
        raise _fault("bad-amount", place, seen=seen)
    return Decimal(str(seen))


def _currency(row: Mapping[str, Any], place: int) -> str:
    seen = row.get("currency")
    if seen in (None, ""):
        return ""
    if not isinstance(seen, str) or not _CURRENCY.fullmatch(seen):
        raise _fault("bad-currency", place, seen=seen)
    return seen

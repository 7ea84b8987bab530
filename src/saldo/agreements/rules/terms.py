"""How a debtor is billed: net days, day of the invoice, currency, purchase order, splitting and joining of lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from saldo.core.periods import Month, anchored

Grouping = Literal["debtor", "tenant", "subscription", "split"]
Delivery = Literal["mail", "e-invoice", "letter", "none"]

GROUPINGS: tuple[Grouping, ...] = ("debtor", "tenant", "subscription", "split")
DELIVERIES: tuple[Delivery, ...] = ("mail", "e-invoice", "letter", "none")
LATEST_DAY = 31
LONGEST_NOTICE_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitGroup:
    """One of the invoices that a debtor's lines are split into: by subscription or by tag (practice 2)."""

    name: str
    purchase_order: str = ""
    subscriptions: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed from a day on; ``debtor`` empty holds for everybody without terms of their own."""

    debtor: str = ""
    starts_on: date = date.min
    net_days: int = 30
    invoice_day: int = 0  # of the month after; 0 is the day of issue
    currency: str = ""  # "" is the currency of the charges
    purchase_order: str = ""
    grouping: Grouping = "debtor"
    split: tuple[SplitGroup, ...] = ()
    delivery: Delivery = "mail"
    policy: str = ""
    support_offer: str = ""
    notice_days: int = 0  # before a price of the debtor's changes


USUAL = Terms()
"""Where nothing is agreed at all."""


class Group(NamedTuple):
    """The invoice a line goes on: ``key`` is the same for all of its lines, ``name`` is what people see."""

    key: str
    name: str
    purchase_order: str


@dataclass(frozen=True, slots=True)
class TermsBook:
    """The terms of all debtors of a company, each list oldest first."""

    by_debtor: Mapping[str, tuple[Terms, ...]]

    @classmethod
    def of_rows(cls, rows: Iterable[Terms]) -> TermsBook:
        """Index them; of two that begin on one day the one given later holds."""
        found: dict[str, list[Terms]] = {}
        for terms in rows:
            found.setdefault(terms.debtor, []).append(terms)
        return cls({key: tuple(sorted(rows, key=lambda one: one.starts_on)) for key, rows in found.items()})

    def of(self, debtor: str, on: date) -> Terms:
        """The debtor's own terms on a day, else those of everybody, else `USUAL`."""
        for owner in (debtor, ""):
            held = [terms for terms in self.by_debtor.get(owner, ()) if terms.starts_on <= on]
            if held:
                return held[-1]
        return USUAL


def due_on(issued_on: date, net_days: int) -> date:
    """The last day on which a document is paid in time."""
    return issued_on + timedelta(days=net_days)


def dated_on(terms: Terms, *, month: Month, issued_on: date) -> date:
    """The day that an invoice of a month carries: the agreed one of the month after, or the day it is issued."""
    return anchored(month.plus(1), terms.invoice_day) if terms.invoice_day else issued_on


def group_of(terms: Terms, *, tenant: str, subscription: str, tags: Collection[str] = ()) -> Group:
    """The invoice that a line belongs on; what no group of a split names stays on the debtor's common one."""
    order = terms.purchase_order
    if terms.grouping == "tenant":
        return Group(f"tenant:{tenant}", "", order)
    if terms.grouping == "subscription" and subscription:
        return Group(f"subscription:{subscription}", "", order)
    if terms.grouping == "split":
        for group in terms.split:
            if subscription in group.subscriptions or not group.tags.isdisjoint(tags):
                return Group(f"split:{group.name}", group.name, group.purchase_order or order)
    return Group("", "", order)

"""The cash ahead of a company, from the books and from what Microsoft must get. Reads only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.ledger.paying_habits import list_settled, sum_expected
from saldo.ledger.queries import balances, list_open_items
from saldo.ledger.rules.accounts import BANK, RECEIVABLE
from saldo.outlook.rules.cash import FEWEST, CashAhead, Expected, Habit, Leaving, look_ahead, read_habits
from saldo.payables.queries import list_payables


def look_at_cash(*, company: CompanyId, today: date) -> tuple[CashAhead, ...]:
    """The money ahead in each currency: what is on the bank accounts, what debtors owe, what Microsoft must get.

    Receivables come in by due day and by each debtor's habit; Microsoft's documents leave on their last safe day, its
    credits come off on the day of the next document in their currency. No documents beyond those recorded.
    """
    return look_ahead(
        today=today,
        start=_on_accounts(company, today),
        expected=_expected(company, today),
        leaving=_leaving(company, today),
        habits=read_habits(settled=list_settled(company=company, on=today)),
    )


def look_at_days(*, company: CompanyId, today: date) -> tuple[CashAhead, ...]:
    """The same days as `look_at_cash`, for pages: what is expected is summed by due day and habit, not item by item."""
    sums = sum_expected(company=company, on=today, fewest=FEWEST)
    expected = [
        Expected(key=f"{due_on}:{days}", party=str(days), due_on=due_on, currency=currency, value=value)
        for days, due_on, currency, value in sums
    ]
    as_is = Habit(days_late=0, based_on=0, is_own=False)
    habits = {str(days): replace(as_is, days_late=days) for days, _, _, _ in sums} | {"": as_is}
    return look_ahead(
        today=today,
        start=_on_accounts(company, today),
        expected=expected,
        leaving=_leaving(company, today),
        habits=habits,
    )


def _on_accounts(company: CompanyId, today: date) -> dict[str, Decimal]:
    start: dict[str, Decimal] = {}
    for one in balances(company=company, on=today, kind=BANK):
        start[one.currency] = start.get(one.currency, ZERO) + one.value
    return start


def _expected(company: CompanyId, today: date) -> list[Expected]:
    items = list_open_items(company=company, account=RECEIVABLE, as_of=today)
    return [
        Expected(key=item.key, party=item.party, due_on=item.due_on, currency=item.currency, value=item.open)
        for item in items
    ]


def _leaving(company: CompanyId, today: date) -> list[Leaving]:
    """Credits are taken off what leaves first in their currency; alone they bring nothing in."""
    owed = sorted(
        (one for one in list_payables(company=company, today=today) if one.open),
        key=lambda one: (one.last_safe_on, one.document),
    )
    credit: dict[str, Decimal] = {}
    for one in owed:
        if one.open < 0:
            credit[one.currency] = credit.get(one.currency, ZERO) - one.open
    leaving = []
    for one in owed:
        if one.open <= 0:
            continue
        taken = min(credit.get(one.currency, ZERO), one.open)
        credit[one.currency] = credit.get(one.currency, ZERO) - taken
        if one.open > taken:
            leaving.append(
                Leaving(document=one.document, pay_on=one.last_safe_on, currency=one.currency, value=one.open - taken)
            )
    return leaving

"""How old what is open was on any day, and how long customers take to pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.ledger.booking import ask
from saldo.ledger.rules.accounts import kind_of
from saldo.ledger.rules.buckets import BOUNDS, bucket_names

# Candidates are what is open now and what was settled after the day; what was allocated of them after that day is put
# back. Sums are enough, so nothing is gathered item by item. -1 is the bucket of credits.
PARTS = """
WITH candidate AS MATERIALIZED (
    SELECT key, party, currency, open, original > 0 AS is_debit,
           CASE WHEN (original > 0) = %(debts_are_debit)s
                THEN width_bucket(%(on)s::date - due_on, %(firsts)s::int[]) ELSE -1 END AS bucket
    FROM (
        SELECT * FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s
            AND settled_on IS NULL AND issued_on <= %(on)s AND (%(party)s::text IS NULL OR party = %(party)s)
        UNION ALL
        SELECT * FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s
            AND settled_on > %(on)s AND issued_on <= %(on)s AND (%(party)s::text IS NULL OR party = %(party)s)
    ) AS item
), part AS (
    SELECT party, currency, bucket, open AS value FROM candidate
    UNION ALL
    SELECT c.party, c.currency, c.bucket, a.value FROM candidate c
        JOIN ledger_allocation a ON a.company_id = %(company)s AND a.debit = c.key AND a."on" > %(on)s
        WHERE c.is_debit
    UNION ALL
    SELECT c.party, c.currency, c.bucket, -a.value FROM candidate c
        JOIN ledger_allocation a ON a.company_id = %(company)s AND a.credit = c.key AND a."on" > %(on)s
        WHERE NOT c.is_debit
)"""
# The same where nothing was allocated after the day, as is usual for today: what is open now was open then.
PARTS_NOW = """
WITH part AS (
    SELECT party, currency, open AS value,
           CASE WHEN (original > 0) = %(debts_are_debit)s
                THEN width_bucket(%(on)s::date - due_on, %(firsts)s::int[]) ELSE -1 END AS bucket
    FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s
        AND settled_on IS NULL AND issued_on <= %(on)s AND (%(party)s::text IS NULL OR party = %(party)s)
)"""
_MOVED_LATER = 'SELECT EXISTS (SELECT FROM ledger_allocation WHERE company_id = %(company)s AND "on" > %(on)s)'
_AGE = f"""{PARTS}
SELECT party, currency, bucket, sum(value) FROM part
GROUP BY party, currency, bucket HAVING sum(value) <> 0 ORDER BY party, currency
"""
_TOGETHER = """
SELECT currency,
       CASE WHEN (original > 0) = %(debts_are_debit)s
            THEN width_bucket(%(on)s::date - due_on, %(firsts)s::int[]) ELSE -1 END AS bucket,
       sum(open)
FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s AND settled_on IS NULL
GROUP BY 1, 2 HAVING sum(open) <> 0
"""
# Money that came or went is no sale, nor is what settles beside it; everything else on the account is.
_BILLED = """
SELECT currency, sum(original) FROM ledger_item
WHERE company_id = %(company)s AND account = 'receivable' AND issued_on > %(after)s AND issued_on <= %(on)s
    AND kind NOT IN (SELECT name || taken_back FROM unnest(ARRAY[
        'receipt', 'refund', 'opening', 'bank-fee', 'withholding', 'write-off', 'exchange'
    ]) AS name, unnest(ARRAY['', '-reversal']) AS taken_back)
GROUP BY currency
"""
_DSO_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """What is open of one party in one currency, by bucket; all buckets together are the total."""

    party: str
    currency: str
    buckets: Mapping[str, Decimal]
    total: Decimal


def age_together(
    *, company: CompanyId, today: date, bounds: Sequence[int] = BOUNDS, account: str = "receivable"
) -> tuple[Aged, ...]:
    """What is open now, of all parties together (``party`` is empty), by currency; sums alone, for the first page."""
    names = bucket_names(bounds)
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(names, ZERO))
    asked = asked_of(company=company, as_of=today, bounds=bounds, account=account)
    for currency, bucket, value in ask(_TOGETHER, asked):
        found[currency][names[bucket]] = value
    return tuple(
        Aged(party="", currency=currency, buckets=buckets, total=sum(buckets.values(), ZERO))
        for currency, buckets in sorted(found.items())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOutstanding:
    """Days sales outstanding in one currency: open ÷ billed x days; None where nothing was billed in those days."""

    currency: str
    open: Decimal
    billed: Decimal
    days: Decimal | None


def age(
    *,
    company: CompanyId,
    as_of: date,
    bounds: Sequence[int] = BOUNDS,
    account: str = "receivable",
    party: str | None = None,
) -> tuple[Aged, ...]:
    """Ageing of any day, party by party and currency by currency; amounts are signed as on the account.

    Refuses (ValueError) bounds that do not rise.
    """
    names = bucket_names(bounds)
    asked = asked_of(company=company, as_of=as_of, bounds=bounds, account=account, party=party)
    found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(names, ZERO))
    for whose, currency, bucket, value in ask(_AGE, asked):
        found[whose, currency][names[bucket]] = value
    return tuple(
        Aged(party=whose, currency=currency, buckets=buckets, total=sum(buckets.values(), ZERO))
        for (whose, currency), buckets in found.items()
    )


def asked_of(
    *,
    company: CompanyId,
    as_of: date,
    bounds: Sequence[int] = BOUNDS,
    account: str = "receivable",
    party: str | None = None,
) -> dict[str, Any]:
    """What `PARTS` is asked with."""
    return {
        "company": company,
        "account": account,
        "party": party,
        "on": as_of,
        "firsts": [1, *(bound + 1 for bound in bounds)],
        "debts_are_debit": kind_of(account) == "asset",
    }


def parts_on(asked: Mapping[str, Any]) -> str:
    """`PARTS`, or what gives the same for less on a day after which nothing was allocated."""
    ((moved_later,),) = ask(_MOVED_LATER, asked)
    return PARTS if moved_later else PARTS_NOW


def dso(*, company: CompanyId, as_of: date, days: int = _DSO_DAYS) -> tuple[SalesOutstanding, ...]:
    """Days sales outstanding on any day, by currency, over the days up to it (90); one digit after the point."""
    open_then: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for aged in age(company=company, as_of=as_of):
        open_then[aged.currency] += aged.total
    return outstanding(company=company, as_of=as_of, open_then=open_then, days=days)


def outstanding(
    *, company: CompanyId, as_of: date, open_then: Mapping[str, Decimal], days: int = _DSO_DAYS
) -> tuple[SalesOutstanding, ...]:
    """The same for who has the open sums by currency already."""
    asked = {"company": company, "on": as_of, "after": as_of - timedelta(days=days)}
    billed: dict[str, Decimal] = dict(ask(_BILLED, asked))
    return tuple(
        SalesOutstanding(
            currency=currency,
            open=open_then.get(currency, ZERO),
            billed=billed.get(currency, ZERO),
            days=_days(open_then.get(currency, ZERO), billed.get(currency, ZERO), days),
        )
        for currency in sorted(open_then.keys() | billed.keys())
    )


def _days(open_then: Decimal, billed: Decimal, days: int) -> Decimal | None:
    if billed <= 0:
        return None
    return (open_then / billed * days).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

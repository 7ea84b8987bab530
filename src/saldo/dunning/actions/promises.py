"""Promises to pay: taken within the policy's limits, watched, kept or broken by themselves. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.candidates import Candidate, of_debtors
from saldo.dunning.circumstances import load_books
from saldo.dunning.debtor_items import DebtorItem, UnableToFindDebtor, list_debtor_items, lock_debtor
from saldo.dunning.looking import Look
from saldo.dunning.policies import PolicyShelf, load_policies
from saldo.dunning.rules.ladder import owed_on
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.dunning.rules.promises import NewPromise, PromiseState, UnableToPromise, check_promise, state_of
from saldo.ledger.money_received import AskedMoney, sum_received
from saldo.parties.zones import zone_of

_MONEY_CAME = ("receipts.matched", "receipts.match-undone", "receipts.part-returned")
_OPEN = """
SELECT p.id, p.debtor, p.currency, p.promised, p.received, p.until, p.taken_at, coalesce(d.country, ''),
    coalesce(d.zone, '')
FROM dunning_promise p LEFT JOIN parties_debtor d ON d.company_id = p.company_id AND d.number = p.debtor
WHERE p.company_id = %s AND p.state = 'open' ORDER BY p.id FOR UPDATE OF p
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How many promises came to an end, and how many still run."""

    kept: int = 0
    broken: int = 0
    open: int = 0


class _OpenPromise(NamedTuple):
    id: int
    debtor: str
    currency: str
    promised: Decimal
    received: Decimal
    until: date
    taken_at: datetime
    country: str
    zone: str


def take_promise(
    *,
    company: CompanyId,
    debtor: str,
    currency: str,
    promised: Decimal,
    until: date,
    items: Sequence[str] = (),
    said_by: str = "",
    note: str = "",
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Record what a debtor promised to pay by a day, for these items or the oldest first; returns the promise.

    Refuses (UnableToFindDebtor): dunning.debtor.unknown, dunning.item.not-open; (UnableToPromise): as `check_promise`.
    """
    lock_debtor(company=company, debtor=debtor)
    meant = _meant(company, debtor, currency, items)
    keys = [one.item for one in meant]
    before = _taken_before(company, debtor, currency, meant if items else meant[:1])
    owed = _owed(company, debtor, keys, today)
    new = NewPromise(promised=promised, until=until, owed=owed, taken_before=before)
    check_promise(new, policy=_policy(company, debtor, keys, today), today=today)
    what = {"debtor": debtor, "currency": currency, "promised": promised, "until": until}
    row = models.Promise.objects.create(
        company_id=company,
        **what,
        items=list(dict.fromkeys(items)),
        said_by=said_by,
        note=note,
        taken_on=today,
        taken_at=at,
        taken_by=by,
    )
    facts = {"promise": row.pk, "promised": f"{promised:f}", "currency": currency, "until": until.isoformat()}
    record(company=company, code="dunning.promise-taken", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def withdraw_promise(*, company: CompanyId, promise: int, by: str, today: date, at: datetime) -> None:
    """Take a promise back that counts no more. Refuses (UnableToPromise): dunning.promise.unknown, .settled-already."""
    row = models.Promise.objects.select_for_update().filter(company_id=company, pk=promise).first()
    if row is None:
        raise UnableToPromise(code="dunning.promise.unknown", facts={"promise": promise})
    if row.state != "open":
        raise UnableToPromise(code="dunning.promise.settled-already", facts={"state": row.state})
    row.state, row.settled_on = "withdrawn", today
    row.save(update_fields=["state", "settled_on"])
    facts = {"promise": promise}
    record(
        company=company, code="dunning.promise-withdrawn", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts
    )
    touch(company=company, debtors=[row.debtor], on=today)


def watch_promises(*, look: Look, by: str) -> Watched:
    """See what became of every open promise: what came in since it was taken, kept, broken the day after its last.

    Run again it changes nothing. Money that is taken back opens no promise again: it was kept on its day.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [look.company])
        rows = [_OpenPromise._make(row) for row in cursor.fetchall()]
    asked = [AskedMoney(str(row.id), row.debtor, row.currency, row.taken_at) for row in rows]
    received = sum_received(company=look.company, asked=asked, codes=_MONEY_CAME)
    states = [_watch(look, row, max(received.get(str(row.id), Decimal(0)), Decimal(0)), by) for row in rows]
    return Watched(kept=states.count("kept"), broken=states.count("broken"), open=states.count("open"))


def _watch(look: Look, row: _OpenPromise, received: Decimal, by: str) -> PromiseState:
    counted = min(received, row.promised)
    today = look.day_of(zone_of(country=row.country, own=row.zone, house=look.zone))
    state = state_of(promised=row.promised, received=received, until=row.until, today=today)
    if state == "open" and counted == row.received:
        return state
    settled_on = None if state == "open" else today
    rows = models.Promise.objects.filter(company_id=look.company, pk=row.id)
    rows.update(received=counted, state=state, settled_on=settled_on)
    if state != "open":
        facts = {"promise": row.id, "received": f"{counted:f}", "currency": row.currency}
        subject, code = f"debtor:{row.debtor}", f"dunning.promise-{state}"
        record(company=look.company, code=code, actor=by, subject=subject, at=look.at, facts=facts)
    if state == "broken":
        _ask_to_call(look, row, counted, today)
    touch(company=look.company, debtors=[row.debtor], on=today)
    return state


def _ask_to_call(look: Look, row: _OpenPromise, received: Decimal, today: date) -> None:
    facts = {"because": "promise-broken", "promise": row.id, "currency": row.currency}
    facts |= {"promised": f"{row.promised:f}", "received": f"{received:f}", "until": row.until.isoformat()}
    models.Task.objects.get_or_create(
        company_id=look.company,
        key=f"call:{row.debtor}:promise:{row.id}",
        defaults={"kind": "call", "debtor": row.debtor, "facts": facts, "due_on": today, "opened_at": look.at},
    )


def _meant(company: CompanyId, debtor: str, currency: str, items: Collection[str]) -> list[DebtorItem]:
    """The items that a promise is about: those named, else all that are open in its currency."""
    mine = [one for one in list_debtor_items(company=company, debtor=debtor) if one.currency == currency]
    known = {one.item for one in mine}
    for item in items:
        if item not in known:
            raise UnableToFindDebtor(code="dunning.item.not-open", facts={"debtor": debtor, "item": item})
    return [one for one in mine if not items or one.item in items]


def _owed(company: CompanyId, debtor: str, items: Collection[str], today: date) -> Decimal:
    candidates = of_debtors(company=company, debtors=[debtor])
    if not candidates:
        return Decimal(0)
    facts = load_books(company=company, items=candidates, today=today)[debtor].facts_on(today)
    return sum((owed_on(one, today) for item, one in facts.items() if item in items), Decimal(0))


def _taken_before(company: CompanyId, debtor: str, currency: str, items: Sequence[DebtorItem]) -> int:
    """How many promises covered the item of these that had most; one taken back on its own day was a slip."""
    rows = models.Promise.objects.filter(company_id=company, debtor=debtor, currency=currency)
    earlier = [
        row
        for row in rows.values("items", "taken_on", "state", "settled_on")
        if not (row["state"] == "withdrawn" and row["settled_on"] == row["taken_on"])
    ]
    counts = [
        sum(one.item in row["items"] if row["items"] else row["taken_on"] >= one.issued_on for row in earlier)
        for one in items
    ]
    return max(counts, default=0)


def _policy(company: CompanyId, debtor: str, items: Collection[str], today: date) -> Policy | None:
    """The policy of these items that allows least, by days; None where nothing is collected."""
    shelf = load_policies(company=company, on=today)
    mine = [one for one in of_debtors(company=company, debtors=[debtor]) if one.item in items]
    policies = [policy for one in mine if (policy := _policy_of(shelf, one)) is not None]
    return min(policies, key=lambda policy: (policy.promise_days, policy.promises_per_item), default=None)


def _policy_of(shelf: PolicyShelf, one: Candidate) -> Policy | None:
    if one.step != CLEAR and one.policy and one.version is not None:
        return shelf.of((one.policy, one.version))
    return shelf.of(shelf.holding(item=one.item, debtor=one.debtor, segment=one.segment))

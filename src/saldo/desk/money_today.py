"""What the home page tells of money: owed to Microsoft and by customers, how fresh the bank is, who must act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from saldo.core.money import ZERO
from saldo.desk import figures
from saldo.desk.payables.claim_rows import say_left
from saldo.desk.payables.shown import MARKS, payable_href, say_days
from saldo.desk.today import Task
from saldo.doors.visitor import Visitor
from saldo.invoicing.waiting import count_waiting
from saldo.ledger.ageing import age_together
from saldo.ledger.rules.buckets import CREDITS, NOT_DUE, bucket_names
from saldo.outbox.queries import count_work_items
from saldo.parties.debtors import OWN, list_bank_accounts
from saldo.payables.pay_queries import list_claims
from saldo.payables.queries import PayableShown
from saldo.receipts.queries import count_by_state, find_newest_of

SHOWN_DUE, SHOWN_APPROVALS = 4, 4
_CLAIM_SOON = timedelta(days=14)
_STALE = timedelta(days=3)
_GAP, _WIDE = Decimal(3), Decimal(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A document of Microsoft's still to be paid."""

    document: str
    href: str
    safe: str
    days: str
    mark: str
    level: str
    open: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgePart:
    """One bucket of what customers owe: its place on a bar 1,000 wide, as text of an SVG attribute."""

    words: str
    colour: str
    value: Decimal
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedByCustomers:
    """What customers owe in one currency; ``parts`` together are the total."""

    currency: str
    total: Decimal
    overdue: Decimal
    parts: tuple[AgePart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """How fresh one account of ours is."""

    account: str
    words: str
    is_stale: bool


def owed_to_microsoft(found: tuple[PayableShown, ...]) -> dict[str, Any]:
    """The next documents, the loudest first, and what all of them come to."""
    owed = [one for one in found if one.open > 0]
    sums: dict[str, Decimal] = {}
    for one in owed:
        sums[one.currency] = sums.get(one.currency, ZERO) + one.open
    return {
        "rows": [
            Due(
                document=one.document,
                href=payable_href(one.document),
                safe=figures.day(one.last_safe_on),
                days=say_days(one),
                mark=MARKS[one.level],
                level="" if MARKS[one.level] == "plain" else figures.say(f"payables.level.{one.level}"),
                open=one.open,
                currency=one.currency,
            )
            for one in owed[:SHOWN_DUE]
        ],
        "more": max(len(owed) - SHOWN_DUE, 0),
        "sums": sorted(sums.items()),
    }


def owed_by_customers(visitor: Visitor) -> list[OwedByCustomers]:
    """Open and overdue by currency, with its ages; our own currency first."""
    found = age_together(company=visitor.company.id, today=visitor.today)
    own = visitor.company.currency
    return [
        OwedByCustomers(
            currency=one.currency,
            total=one.total,
            overdue=sum((value for name, value in one.buckets.items() if name not in (NOT_DUE, CREDITS)), ZERO),
            parts=_parts(dict(one.buckets)),
        )
        for one in sorted(found, key=lambda one: (one.currency != own, one.currency))
    ]


def _parts(buckets: dict[str, Decimal]) -> tuple[AgePart, ...]:
    """The bar shows debts only; credits stand in the table beneath, where they belong to the sum."""
    colours = dict(zip(bucket_names(), ("idle", "a1", "a2", "a3", "a4", "c3"), strict=True))
    debts = sum((value for name, value in buckets.items() if name != CREDITS), ZERO)
    shown = [name for name in buckets if buckets[name] > 0 and name != CREDITS]
    room = _WIDE - _GAP * max(len(shown) - 1, 0)
    parts, x = [], ZERO
    for name, value in buckets.items():
        if not value and name != NOT_DUE:
            continue
        width = (value / debts * room) if name in shown and debts else ZERO
        parts.append(
            AgePart(
                words=figures.say(f"desk.home.age.{name}"),
                colour=colours[name],
                value=value,
                x=f"{x:.1f}",
                width=f"{width:.1f}",
            )
        )
        x += width + _GAP if name in shown else ZERO
    return tuple(parts)


def list_fresh(visitor: Visitor, now: datetime) -> list[Fresh]:
    """How old the newest bank file of each account in use is, the stalest first."""
    accounts = [one.code for one in list_bank_accounts(company=visitor.company.id, owner=OWN) if one.state == "active"]
    newest = {one.account: one for one in find_newest_of(company=visitor.company.id, accounts=accounts)}
    shown = []
    for account in accounts:
        file = newest.get(account)
        if file is None:
            shown.append(
                (now - now, Fresh(account=account, words=figures.say("desk.home.no-bank-file"), is_stale=True))
            )
            continue
        words = figures.say(
            "desk.home.bank-until", day=figures.day(file.booked_until), came=figures.minute(file.received_at)
        )
        fresh = Fresh(account=account, words=words, is_stale=now - file.received_at > _STALE)
        shown.append((file.received_at - now, fresh))
    return [fresh for _, fresh in sorted(shown, key=lambda pair: (not pair[1].is_stale, pair[0], pair[1].account))]


def list_money_tasks(visitor: Visitor, found: tuple[PayableShown, ...], now: datetime) -> list[Task]:
    """What waits for this person, by deadline: approvals, claims, receipts, refused mails."""
    return [
        *_approvals(visitor, found),
        *_accounts(visitor),
        *_claims(visitor),
        *_receipts(visitor),
        *_invoices(visitor),
        *_mails(visitor, now),
    ]


def _approvals(visitor: Visitor, found: tuple[PayableShown, ...]) -> list[Task]:
    """Documents that this person may say yes to and has not."""
    if not visitor.may_everywhere("buy.payable.approve"):
        return []
    waiting = [one for one in found if one.open > 0 and not one.is_approved and one.tie_out.ties]
    mine = [
        one
        for one in waiting
        if visitor.actor not in {yes.by for yes in one.approvals} | {line.by for line in one.named_lines}
    ]
    tasks = [
        Task(
            icon="building-bank",
            icon_class="ic-bad" if "bad" in MARKS[one.level] else "ic-warn",
            what=figures.say("desk.home.approve", document=one.document),
            detail=figures.say("desk.home.approve-by", day=figures.day(one.last_safe_on)),
            href=payable_href(one.document),
            amount=f"{figures.amount(one.open, one.currency)} {one.currency}",
            verb=figures.say("desk.home.verb.approve"),
        )
        for one in mine[:SHOWN_APPROVALS]
    ]
    if len(mine) > SHOWN_APPROVALS:
        rest = len(mine) - SHOWN_APPROVALS
        tasks.append(_counted("building-bank", "desk.home.more-approvals", rest, "payables", verb="look"))
    return tasks


def _accounts(visitor: Visitor) -> list[Task]:
    if not visitor.may_everywhere("bank-account.approve"):
        return []
    accounts = list_bank_accounts(company=visitor.company.id, owner=None)
    count = sum(one.state == "proposed" and one.proposed_by != visitor.actor for one in accounts)
    return [_counted("building-bank", "desk.home.accounts", count, "company-settings")] if count else []


def _claims(visitor: Visitor) -> list[Task]:
    claims = list_claims(company=visitor.company.id, today=visitor.today)
    soon = [one for one in claims if one.state == "open" and one.claim_by - visitor.today <= _CLAIM_SOON]
    return [
        Task(
            icon="gavel",
            icon_class="ic-bad" if one.days_left < 0 else "ic-hold",
            what=f"{figures.say(f'payables.claim-kind.{one.kind}')}, {one.about}",
            detail=figures.say("desk.home.claim-by", day=figures.day(one.claim_by), left=say_left(one.days_left)),
            href=reverse("desk:payables-claims"),
            amount=f"{figures.amount(one.value, one.currency)} {one.currency}" if one.value is not None else "",
            verb=figures.say("desk.home.verb.claim"),
        )
        for one in soon[:SHOWN_APPROVALS]
    ]


def _receipts(visitor: Visitor) -> list[Task]:
    count = count_by_state(company=visitor.company.id).get("open", 0)
    return [_counted("cash", "desk.home.receipts", count, "receipts", verb="match")] if count else []


def _invoices(visitor: Visitor) -> list[Task]:
    waiting = count_waiting(company=visitor.company.id)
    lines = _counted("file-alert", "desk.home.lines", waiting.lines, "invoices", css="ic-warn")
    drafts = _counted("file-invoice", "desk.home.drafts", waiting.drafts, "invoices", verb="review")
    return [task for task, count in ((lines, waiting.lines), (drafts, waiting.drafts)) if count]


def _mails(visitor: Visitor, now: datetime) -> list[Task]:
    count = count_work_items(company=visitor.company.id, now=now)
    return [_counted("mail-exclamation", "desk.home.mails", count, "outbox", css="ic-bad")] if count else []


def _counted(icon: str, code: str, count: int, page: str, *, verb: str = "look", css: str = "ic-wait") -> Task:
    return Task(
        icon=icon,
        icon_class=css,
        what=figures.say_many(code, count),
        detail="",
        href=reverse(f"desk:{page}"),
        verb=figures.say(f"desk.home.verb.{verb}"),
    )

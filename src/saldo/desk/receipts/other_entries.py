"""The right pane for entries that are not matched from here: done ones with their way back, and money that left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.desk.receipts.said import Reason, name_actors, say_because, say_difference, say_item
from saldo.ledger.queries import OpenItem, find_items
from saldo.parties.debtors import name_debtors
from saldo.receipts.actions.matching import MATCHABLE
from saldo.receipts.actions.money_back import list_part_returnable, list_returnable
from saldo.receipts.match_queries import Match, list_matches, list_part_returns
from saldo.receipts.queries import BankEntry, list_entries
from saldo.receipts.refund_queries import list_refunds

_KEPT = ("fee", "interest")
_MOST_PARTLY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchShown:
    """One match: what it settled, why, who made it, and whether it stands."""

    key: str
    debtor: str
    debtor_name: str
    amount: str
    currency: str
    shares: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    made: str
    undone: str
    stands: bool


def is_matchable(entry: BankEntry) -> bool:
    """Whether it is money in that waits for its debts."""
    return entry.state == "open" and entry.value > 0 and entry.kind in MATCHABLE


def show_done(*, company: CompanyId, entry: BankEntry) -> dict[str, Any]:
    """What became of it: its matches, the newest first, and whether it can be taken up again."""
    matches = list_matches(company=company, entries=[entry.key])
    items = find_items(company=company, keys={share.item for match in matches for share in match.shares})
    numbers = {match.debtor for match in matches} | {item.party for item in items.values()}
    numbers |= {n for match in matches for one in match.because for n in one.facts.get("debtor", "").split(", ")}
    names = name_debtors(company=company, numbers=numbers - {""}) if numbers else {}
    people = name_actors({actor for match in matches for actor in (match.made_by, match.undone_by) if actor})
    return {
        "matches": [_match(match, items, names, people) for match in matches],
        "went_back": say_part_returns(company=company, entry=entry),
        "may_take_up": entry.state == "set-aside" and entry.kind not in _KEPT,
    }


def show_money_out(*, company: CompanyId, entry: BankEntry) -> dict[str, Any]:
    """Money that left: the receipts it may take back, or the refunds it may be."""
    returnable = list_returnable(company=company, entry=entry.key) if entry.kind == "return" else ()
    parts = list_part_returnable(company=company, entry=entry.key) if entry.kind == "return" else ()
    found = {one.key: one for one in list_entries(company=company, keys=returnable)} if returnable else {}
    refunds = [
        one
        for one in list_refunds(company=company, states=("approved",))
        if (one.currency, -one.value) == (entry.currency, entry.value)
    ]
    names = name_debtors(company=company, numbers={one.debtor for one in refunds}) if refunds else {}
    return {
        "money_out": True,
        "returnable": [
            {
                "key": key,
                "payer": found[key].payer or found[key].payer_account,
                "day": figures.day(found[key].booked_on),
                "amount": figures.amount(found[key].value, found[key].currency),
            }
            for key in returnable
            if key in found
        ],
        "partly": _partly(company, parts[:_MOST_PARTLY]),
        "refunds": [
            {"key": one.key, "debtor": names.get(one.debtor, one.debtor), "payable_from": figures.day(one.payable_from)}
            for one in refunds
        ],
    }


def say_part_returns(*, company: CompanyId, entry: BankEntry) -> list[dict[str, Any]]:
    """The parts of a receipt that went back, or what this entry took back: how much, when, and what it opened again."""
    told = list_part_returns(company=company, entry=entry.key)
    items = find_items(company=company, keys={share.item for one in told for share in one.reopened})
    return [
        {
            "words": figures.say(
                "pages.receipts.part-went-back",
                amount=figures.amount(one.value, entry.currency),
                currency=entry.currency,
                day=figures.day(one.on),
            ),
            "opened": [
                figures.say(
                    "pages.receipts.opened-again",
                    item=say_item(items[share.item]) if share.item in items else share.item,
                    amount=figures.amount(share.value, entry.currency),
                )
                for share in one.reopened
            ],
            "free": figures.say("pages.receipts.was-free", amount=figures.amount(one.free, entry.currency))
            if one.free
            else "",
            "other": one.receipt if one.entry == entry.key else one.entry,
        }
        for one in told
    ]


def _partly(company: CompanyId, receipts: Sequence[str]) -> list[dict[str, Any]]:
    """Receipts that a part may have gone back of, each with the debts it settled, the newest first."""
    found = {one.key: one for one in list_entries(company=company, keys=receipts)} if receipts else {}
    made = [match for match in list_matches(company=company, entries=receipts) if match.undone_at is None]
    items = find_items(company=company, keys={share.item for match in made for share in match.shares})
    return [
        {
            "key": key,
            "payer": found[key].payer or found[key].payer_account,
            "day": figures.day(found[key].booked_on),
            "amount": figures.amount(found[key].value, found[key].currency),
            "debts": [
                (share.item, say_item(items[share.item]))
                for match in made
                if match.entry == key
                for share in match.shares
                if share.item in items and share.value > 0
            ],
        }
        for key in receipts
        if key in found
    ]


def _match(
    match: Match, items: Mapping[str, OpenItem], names: Mapping[str, str], people: Mapping[str, str]
) -> MatchShown:
    reasons = [say_because(one, match.currency, names) for one in match.because]
    reasons += [say_difference(one, match.currency, names) for one in match.differences]
    who = figures.say("pages.receipts.by-itself") if match.is_automatic else people.get(match.made_by, match.made_by)
    undone = ""
    if match.undone_at is not None:
        by = people.get(match.undone_by, match.undone_by)
        undone = figures.say("pages.receipts.undone-by", who=by, at=figures.minute(match.undone_at))
    return MatchShown(
        key=match.key,
        debtor=match.debtor,
        debtor_name=names.get(match.debtor, match.debtor),
        amount=figures.amount(match.used, match.currency),
        currency=match.currency,
        shares=tuple(
            (
                say_item(items[share.item]) if share.item in items else share.item,
                figures.amount(share.value, match.currency),
            )
            for share in match.shares
        ),
        reasons=tuple(reasons),
        made=figures.say("pages.receipts.matched-by", who=who, at=figures.minute(match.made_at)),
        undone=undone,
        stands=match.undone_at is None,
    )

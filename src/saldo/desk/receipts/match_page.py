"""The right pane: one entry, what it may settle, the items to tick, and what remains of the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.desk import figures
from saldo.desk.paging import address
from saldo.desk.receipts.choosing import RESTS, Choice, Chosen, Settled, choose
from saldo.desk.receipts.finding import Found, find_debtors
from saldo.desk.receipts.said import Reason, say_because, say_difference, say_item, say_sureness
from saldo.ledger.queries import OpenItem, find_items, list_open_items
from saldo.parties.debtors import name_debtors
from saldo.receipts.match_queries import list_proposals_of, sum_used
from saldo.receipts.queries import BankEntry
from saldo.receipts.rules.proposals import Proposal

_MOST_ITEMS = 200
_PRESELECTED = frozenset({"certain", "likely"})
_ON_ACCOUNT = "on-account"

Said = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalShown:
    """One proposal with the key that takes it."""

    number: int
    title: str
    mark: str
    sureness: str
    amount: str
    currency: str
    reasons: tuple[Reason, ...]
    href: str
    is_taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item to tick, its figures written."""

    key: str
    words: str
    whose: str
    issued_on: date
    due_on: date
    late: str
    open: str
    settles: str
    settles_nothing: bool
    left: str
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An entry in work: its proposals, the items at hand, what was chosen and what that comes to."""

    entry: BankEntry
    left: Decimal
    debtor: str
    proposals: tuple[Proposal, ...]
    items: tuple[OpenItem, ...]
    choice: Choice
    chosen: Chosen
    found: Found
    names: Mapping[str, str]


def lay_out(*, company: CompanyId, entry: BankEntry, said: Said, ticked: Sequence[str]) -> Work:
    """Everything the right pane needs, from what the form or the address says; without a word, the likely proposal."""
    proposals = list_proposals_of(company=company, entries=[entry.key]).get(entry.key, ())
    left = entry.value - sum_used(company=company, entries=[entry.key]).get(entry.key, ZERO)
    choice = _choice(said, ticked, proposals)
    shared = {share.item for one in proposals for share in one.shares}
    known = find_items(company=company, keys=shared | choice.ticked)
    found = find_debtors(company=company, said=said.get("find", ""))
    debtor = found.number or said.get("debtor", "") or _debtor_of(proposals, choice, known)
    items = _items(company, debtor, known, choice)
    numbers = {debtor, *(item.party for item in items), *_numbers_in(proposals)} - {""}
    return Work(
        entry=entry,
        left=left,
        debtor=debtor,
        proposals=proposals,
        items=items,
        choice=choice,
        chosen=choose(
            items=items, choice=choice, left=left, currency=entry.currency, debtor=debtor, proposals=proposals
        ),
        found=found,
        names=name_debtors(company=company, numbers=numbers) if numbers else {},
    )


def show_work(*, work: Work, today: date, path: str, facts: Mapping[str, object]) -> dict[str, Any]:
    """The view model of the pane."""
    entry, chosen = work.entry, work.chosen
    currency = entry.currency
    return {
        "proposals": _proposals(work, path, facts),
        "debtor": work.debtor,
        "debtor_name": work.names.get(work.debtor, work.debtor),
        "find": work.found.said,
        "find_problem": work.found.problem,
        "candidates": [
            (debtor.name, debtor.number, address(path, {**facts, "entry": entry.key, "debtor": debtor.number}))
            for debtor in work.found.candidates
        ],
        "items": [_item(row, work, today) for row in chosen.rows],
        "shows_whose": len({item.party for item in work.items}) > 1,
        "settled": figures.amount(chosen.settled, _items_currency(work)),
        "remainder": figures.amount(chosen.remainder, currency),
        "remains": bool(chosen.remainder),
        "is_partly_used": work.left != entry.value,
        "left": figures.amount(work.left, currency),
        "short": figures.amount(chosen.short, currency) if chosen.short else "",
        "rests": [(kind, figures.say(f"pages.receipts.rest.{kind}"), kind == work.choice.rest) for kind in RESTS],
        "rest": work.choice.rest,
        "over": figures.amount(chosen.over, currency) if chosen.over and work.debtor else "",
        "on_account": work.choice.on_account,
        "is_exchanged": chosen.is_exchanged,
        "can_book": chosen.is_something,
    }


def _choice(said: Said, ticked: Sequence[str], proposals: Sequence[Proposal]) -> Choice:
    number = said.get("proposal", "")
    if number.isascii() and number.isdigit() and 0 < int(number[:3]) <= len(proposals):
        return Choice.of(proposals[int(number[:3]) - 1])
    if "chosen" in said:
        rest = said.get("rest", "")
        return Choice(
            ticked=frozenset(ticked), rest=rest if rest in RESTS else "", on_account=said.get("over") == _ON_ACCOUNT
        )
    asks_other = said.get("debtor") or said.get("find")
    if proposals and proposals[0].sureness in _PRESELECTED and not asks_other:
        return Choice.of(proposals[0])
    return Choice()


def _debtor_of(proposals: Sequence[Proposal], choice: Choice, known: Mapping[str, OpenItem]) -> str:
    for key in choice.ticked & known.keys():
        return known[key].party
    for one in proposals:
        for share in one.shares:
            if share.item in known:
                return known[share.item].party
        for difference in one.differences:
            return difference.debtor
    return ""


def _items(company: CompanyId, debtor: str, known: Mapping[str, OpenItem], choice: Choice) -> tuple[OpenItem, ...]:
    """The debtor's open items, and what is ticked of others; credits stand first, as they are taken first."""
    own = list_open_items(company=company, party=debtor) if debtor else ()
    wanted = {item.key: item for item in own if item.kind != "receipt" or item.open < 0}
    extra = {key: known[key] for key in choice.ticked & known.keys() if known[key].open}
    found = sorted((wanted | extra).values(), key=lambda item: (item.open > 0, item.due_on, item.key))
    kept = [item for item in found if item.key in choice.ticked] + [i for i in found if i.key not in choice.ticked]
    return tuple(sorted(kept[:_MOST_ITEMS], key=lambda item: (item.open > 0, item.due_on, item.key)))


def _numbers_in(proposals: Sequence[Proposal]) -> set[str]:
    said = {number for one in proposals for because in one.because for number in _debtors(because.facts)}
    return said | {difference.debtor for one in proposals for difference in one.differences}


def _debtors(facts: Mapping[str, str]) -> list[str]:
    return facts.get("debtor", "").split(", ")


def _items_currency(work: Work) -> str:
    ticked = [item.currency for item in work.items if item.key in work.choice.ticked]
    return ticked[0] if ticked else work.entry.currency


def _proposals(work: Work, path: str, facts: Mapping[str, object]) -> list[ProposalShown]:
    by_key = {item.key: item for item in work.items}
    return [
        _proposal(number, one, work, by_key, address(path, {**facts, "entry": work.entry.key, "proposal": number}))
        for number, one in enumerate(work.proposals, start=1)
    ]


def _proposal(number: int, one: Proposal, work: Work, items: Mapping[str, OpenItem], href: str) -> ProposalShown:
    mark, sureness = say_sureness(one.sureness)
    reasons = [say_because(because, one.currency, work.names) for because in one.because]
    reasons += [say_difference(difference, one.currency, work.names) for difference in one.differences]
    return ProposalShown(
        number=number,
        title=_title(one, items, work.names),
        mark=mark,
        sureness=sureness,
        amount=figures.amount(one.paid, one.currency),
        currency="" if one.currency == work.entry.currency else one.currency,
        reasons=tuple(reasons),
        href=href,
        is_taken=work.choice == Choice.of(one),
    )


def _title(one: Proposal, items: Mapping[str, OpenItem], names: Mapping[str, str]) -> str:
    if not one.shares:
        debtor = one.differences[0].debtor if one.differences else ""
        return figures.say("pages.receipts.proposal.on-account", debtor=names.get(debtor, debtor))
    known = [items[share.item] for share in one.shares if share.item in items]
    if len(one.shares) == 1:
        return say_item(known[0]) if known else one.shares[0].item.partition(":")[2]
    return figures.say_many("pages.receipts.proposal.several", len(one.shares))


def _item(row: Settled, work: Work, today: date) -> ItemRow:
    item = row.item
    days = (today - item.due_on).days
    return ItemRow(
        key=item.key,
        words=say_item(item),
        whose=work.names.get(item.party, item.party),
        issued_on=item.issued_on,
        due_on=item.due_on,
        late=_late(days) if item.open > 0 else "",
        open=figures.amount(item.open, item.currency),
        settles=figures.amount(row.settles, item.currency),
        settles_nothing=not row.settles,
        left="" if row.left is None or work.chosen.is_exchanged else figures.amount(row.left, item.currency),
        is_ticked=item.key in work.choice.ticked,
    )


def _late(days: int) -> str:
    if days > 0:
        return figures.say_many("pages.receipts.days-late", days)
    return figures.say_many("pages.receipts.in-days", -days) if days < 0 else figures.say("pages.receipts.due-today")

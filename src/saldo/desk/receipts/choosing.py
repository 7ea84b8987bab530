"""What the ticks of a person come to: which item is settled with how much, and what remains of the money. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.core.money import ZERO, add_up
from saldo.ledger.queries import OpenItem
from saldo.receipts.rules.proposals import Because, Difference, Proposal, Share

RESTS = ("bank-fee", "withholding", "write-off")
"""What a missing part may be called; else it stays open."""
ON_ACCOUNT = "on-account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person says: items, what the missing part is, whether money left over rests on the debtor's account."""

    ticked: frozenset[str] = frozenset()
    rest: str = ""
    on_account: bool = False

    @classmethod
    def of(cls, proposal: Proposal) -> Choice:
        """The ticks that mean this proposal."""
        kinds = [difference.kind for difference in proposal.differences]
        return cls(
            ticked=frozenset(share.item for share in proposal.shares),
            rest=next((kind for kind in kinds if kind in RESTS), ""),
            on_account=ON_ACCOUNT in kinds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One item of the list: what of it is settled, and what of the money is left after it (None: not ticked)."""

    item: OpenItem
    settles: Decimal
    left: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What would be booked. ``short`` is what the money lacks to settle the ticked ones, ``over`` what it has left."""

    rows: tuple[Settled, ...]
    shares: tuple[Share, ...]
    differences: tuple[Difference, ...]
    because: tuple[Because, ...]
    settled: Decimal
    short: Decimal
    over: Decimal
    is_exchanged: bool

    @property
    def remainder(self) -> Decimal:
        """What of the money stays unallocated."""
        return self.over + add_up(one.value for one in self.differences if one.kind == ON_ACCOUNT)

    @property
    def is_something(self) -> bool:
        """Whether there is anything to book."""
        return bool(self.shares or self.differences)


def choose(
    *,
    items: Sequence[OpenItem],
    choice: Choice,
    left: Decimal,
    currency: str,
    debtor: str,
    proposals: Iterable[Proposal] = (),
) -> Chosen:
    """Lay the ticks out: credits first, then debts in the order of the list, each as far as the money goes.

    Ticks that mean a proposal are that proposal, with its shares and reasons. Items in another currency than the
    money's are settled whole: the bank exchanged it.
    """
    ticked = [item for item in items if item.key in choice.ticked]
    is_exchanged = any(item.currency != currency for item in ticked)
    debts = add_up(item.open for item in ticked)
    short = ZERO if is_exchanged else max(debts - left, ZERO)
    over = ZERO if is_exchanged else max(left - debts, ZERO)
    meant = _meant(choice, proposals)
    if meant is not None:
        shares, differences, because = meant.shares, meant.differences, meant.because
    else:
        shares = tuple(_shares(ticked, None if is_exchanged or choice.rest else left))
        differences = tuple(_differences(choice, ticked, debtor, short, over))
        because = ()
    settles = {share.item: share.value for share in shares}
    return Chosen(
        rows=tuple(_rows(items, settles, left)),
        shares=shares,
        differences=differences,
        because=because,
        settled=add_up(settles.values()),
        short=short,
        over=over,
        is_exchanged=is_exchanged,
    )


def _meant(choice: Choice, proposals: Iterable[Proposal]) -> Proposal | None:
    return next((one for one in proposals if choice == Choice.of(one) and (one.shares or one.differences)), None)


def _shares(ticked: Sequence[OpenItem], money: Decimal | None) -> Iterable[Share]:
    """Credits whole, debts as far as money and credits reach; without a limit all whole."""
    credits = [item for item in ticked if item.open < 0]
    available = None if money is None else money - add_up(item.open for item in credits)
    yield from (Share(item=item.key, value=item.open) for item in credits)
    for item in ticked:
        if item.open <= 0:
            continue
        value = item.open if available is None else min(item.open, available)
        if value > 0:
            yield Share(item=item.key, value=value)
        available = None if available is None else available - value


def _differences(
    choice: Choice, ticked: Sequence[OpenItem], debtor: str, short: Decimal, over: Decimal
) -> Iterable[Difference]:
    if choice.rest and short:
        yield Difference(kind=choice.rest, value=short, debtor=ticked[-1].party)
    if choice.on_account and over and (debtor or ticked):
        yield Difference(kind=ON_ACCOUNT, value=-over, debtor=debtor or ticked[-1].party)


def _rows(items: Sequence[OpenItem], settles: Mapping[str, Decimal], left: Decimal) -> Iterable[Settled]:
    for item in items:
        value = settles.get(item.key)
        if value is None:
            yield Settled(item=item, settles=ZERO, left=None)
            continue
        left -= value
        yield Settled(item=item, settles=value, left=max(left, ZERO))

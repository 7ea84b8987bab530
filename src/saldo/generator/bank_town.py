"""Payments with their truth, and the town in which the stories happen: who owes what, and what is still untouched."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from saldo.generator.bank_payers import Owed, Payer

ZERO = Decimal(0)
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a payment was really for: papers by number with what it pays of each, the rest on account.

    ``is_plain`` is false where the entry itself leaves it open what was meant, so that nobody should book it unasked.
    """

    story: str
    debtor: str
    settles: tuple[tuple[str, Decimal], ...] = ()
    on_account: Decimal = ZERO
    is_plain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One entry of a bank with its truth; ``value`` is what our account received, negative for a return."""

    number: int
    on: date
    currency: str
    value: Decimal
    truth: Truth
    fee: Decimal = ZERO
    original_currency: str = ""
    original_value: Decimal | None = None
    payer: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    bank_reference: str = ""
    kind: str = "payment"


class Town:
    """Everybody who owes, and which papers nobody in the story has touched yet."""

    def __init__(self, *, payers: Sequence[Payer], papers: Sequence[Owed], random: Random) -> None:
        self.random = random
        self.payers = {payer.number: payer for payer in payers}
        self.children: dict[str, list[str]] = {}
        for payer in payers:
            if payer.parent:
                self.children.setdefault(payer.parent, []).append(payer.number)
        self.free: dict[str, list[Owed]] = {}
        for paper in papers:
            self.free.setdefault(paper.debtor, []).append(paper)
        self._whole = {debtor: len(owed) for debtor, owed in self.free.items()}
        waiting = [paper for paper in papers if not paper.is_credit]
        random.shuffle(waiting)
        self._waiting = deque(waiting)
        self._touched: set[str] = set()
        names: dict[str, int] = {}
        for payer in payers:
            names[payer.name] = names.get(payer.name, 0) + 1
        self._names = names

    def take(self, fits: Callable[[Owed], bool] = lambda paper: True) -> Owed | None:
        """An invoice that nobody touched: the first of those waiting that fits, None when none of many does."""
        for _ in range(min(_LOOKED_AT, len(self._waiting))):
            paper = self._waiting.pop()
            if paper.number in self._touched:
                continue
            if fits(paper):
                self.touch(paper)
                return paper
            self._waiting.appendleft(paper)
        return None

    def touch(self, *papers: Owed) -> None:
        """From now on they belong to a story."""
        for paper in papers:
            self.free[paper.debtor].remove(paper)
            self._touched.add(paper.number)

    def whole(self, debtor: str) -> list[Owed]:
        """All papers of a debtor, oldest first, if no story touched any; else none."""
        owed = self.free.get(debtor, [])
        return sorted(owed, key=lambda paper: paper.due_on) if len(owed) == self._whole.get(debtor) else []

    def payer_of(self, paper: Owed) -> Payer:
        """Who owes it."""
        return self.payers[paper.debtor]

    def has_double(self, payer: Payer) -> bool:
        """Whether another debtor has the same name."""
        return self._names[payer.name] > 1


def pay(town: Town, paper: Owed, story: str, **other: object) -> Payment:
    """The plain payment of one invoice, to be varied."""
    payer = town.payer_of(paper)
    truth = Truth(story=story, debtor=paper.debtor, settles=((paper.number, paper.gross),))
    plain = Payment(
        number=0,
        on=paper.due_on + timedelta(days=town.random.choice((-3, -1, 0, 0, 0, 1, 2, 5, 12))),
        currency=paper.currency,
        value=paper.gross,
        truth=truth,
        payer=payer.name,
        payer_account=payer.account,
    )
    return replace(plain, **other)  # type: ignore[arg-type]  # each story names fields with values of their own types

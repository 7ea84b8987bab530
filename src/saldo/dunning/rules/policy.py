"""The collections policy as data: steps in a tree, each with its conditions, acts, proof and notice period.

What a policy may say is a closed language, so that `check` can decide it: a condition compares one fact with one
constant, a step follows another step, nothing loops. Amounts in conditions are in the item's own currency.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from functools import cached_property
from typing import Literal, get_args

FactName = Literal["days-late", "owed", "debtor-owed", "items", "segment", "currency"]
Comparison = Literal["<", "<=", "=", ">=", ">"]
Proof = Literal["none", "handed-over", "opened", "registered", "spoken"]
Release = Literal["automatic", "person"]
ActKind = Literal[
    "mail",
    "letter",
    "call",
    "fee",
    "interest",
    "stop-new-orders",
    "propose-suspension",
    "end-of-term",
    "external-collection",
    "propose-write-off",
]
Letter = Literal["before-due", "reminder", "second-reminder", "formal-notice", "final-notice"]
ProductClass = Literal["add-ons", "licences", "legacy-licences", "azure", "software", "reservations", "saas"]

FACTS: tuple[FactName, ...] = get_args(FactName)
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
PROOFS: tuple[Proof, ...] = get_args(Proof)
ACTS: tuple[ActKind, ...] = get_args(ActKind)
LETTERS: tuple[Letter, ...] = get_args(Letter)
PRODUCT_CLASSES: tuple[ProductClass, ...] = get_args(ProductClass)

CLEAR = "clear"
"""Where every item begins and where it goes when nothing of it is to be collected: no step at all."""

LOOKS_AT_OTHERS: frozenset[FactName] = frozenset({"debtor-owed", "items"})
"""Facts of the debtor's other items."""

MOST_STEPS = 30
NAMES_ACCESS: frozenset[Letter] = frozenset({"formal-notice", "final-notice"})
"""Letters that say which access stops and when."""

TOUCHES_ACCESS: frozenset[ActKind] = frozenset({"propose-suspension", "end-of-term"})
TELLS: frozenset[ActKind] = frozenset({"mail", "letter"})
CANNOT_STOP: frozenset[ProductClass] = frozenset({"software", "reservations", "saas"})
"""Bought for good or ahead: Microsoft offers no way to suspend them (practice 25)."""

COLLECTS_BEFORE_DUE: Letter = "before-due"
WORKWEEK = (0, 1, 2, 3, 4)
BEFORE_FRIDAY = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact compared with one constant: int for days and items, Decimal for amounts, text for the two names."""

    fact: FactName
    comparison: Comparison
    constant: int | Decimal | str

    def __str__(self) -> str:
        return f"{self.fact} {self.comparison} {self.constant}"


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """How long a notice gives: calendar days, or working days of the debtor's own calendar."""

    count: int = 0
    in_workdays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that a step does. ``letter`` with mail and letter, ``net`` with a fee (in the item's currency),
    ``yearly_percent`` with interest, ``classes`` in order with a suspension."""

    kind: ActKind
    letter: Letter | None = None
    net: Mapping[str, Decimal] = field(default_factory=dict)
    yearly_percent: Decimal | None = None
    classes: tuple[ProductClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: entered from one of ``follows`` when its conditions hold and the notice of that one has run out.

    The first it follows is the step before, where every item that comes here has been; the others can be left out
    on the way and are letters before due only, which an item seen late must not get (`check` holds a policy to it).
    ``proof`` is what must be on file before ``notice`` begins to run; ``release`` says who lets it happen.
    """

    code: str
    follows: tuple[str, ...] = (CLEAR,)
    when: tuple[Condition, ...] = ()
    acts: tuple[Act, ...] = ()
    proof: Proof = "handed-over"
    notice: NoticePeriod = NoticePeriod()
    release: Release = "automatic"

    @property
    def before(self) -> str:
        """The step before: every item that stands here has stood there."""
        return self.follows[0]

    @property
    def touches_access(self) -> bool:
        """Whether it proposes that a product stops or ends."""
        return any(act.kind in TOUCHES_ACCESS for act in self.acts)

    @property
    def tells(self) -> bool:
        """Whether it writes to the debtor."""
        return any(act.kind in TELLS for act in self.acts)

    @property
    def names_access(self) -> bool:
        """Whether what it writes says which access stops and when."""
        return any(act.letter in NAMES_ACCESS for act in self.acts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When something may happen, in the debtor's own time: weekdays (0 is Monday) without holidays, and hours."""

    opens: time = time(8)
    closes: time = time(17)
    weekdays: tuple[int, ...] = WORKWEEK


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A whole policy. ``floor`` by currency: what is owed up to there is left alone, and releases access.

    ``bank_hours``: older bank data sends nothing. ``triage_days``: so long does money without an invoice keep
    notices back. ``fees_alone``: whether fees and interest are collected once the principal is paid (lessons A 8).
    """

    code: str
    version: int = 0
    jurisdiction: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    floor: Mapping[str, Decimal] = field(default_factory=dict)
    bank_hours: int = 48
    triage_days: int = 3
    notice_holds_days: int = 60
    promise_days: int = 14
    promises_per_item: int = 2
    fees_alone: bool = False
    sending: Hours = Hours()
    access: Hours = Hours(opens=time(9), closes=time(12), weekdays=BEFORE_FRIDAY)
    steps: tuple[Step, ...] = ()

    def floor_of(self, currency: str) -> Decimal:
        """Up to this, what is owed in a currency is left alone; 0 where nothing is said."""
        return self.floor.get(currency, _ZERO)

    @cached_property
    def step_by_code(self) -> Mapping[str, Step]:
        """Each step by its code."""
        return {step.code: step for step in self.steps}

    @cached_property
    def following(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps that follow each step, or the start, in the order written."""
        found: dict[str, list[Step]] = {CLEAR: [], **{step.code: [] for step in self.steps}}
        for step in self.steps:
            for code in dict.fromkeys(step.follows):
                found.setdefault(code, []).append(step)
        return {code: tuple(steps) for code, steps in found.items()}

    @cached_property
    def looks_at_others(self) -> bool:
        """Whether any step asks for the debtor's other items, which become late on days of their own."""
        return any(condition.fact in LOOKS_AT_OTHERS for step in self.steps for condition in step.when)

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """How many steps from the start, by the longest way: how steep a step is. A step in a ring has none."""
        depths = {CLEAR: 0}
        waiting = list(self.steps)
        while waiting:
            ready = [step for step in waiting if all(code in depths for code in step.follows)]
            if not ready:
                break
            depths |= {step.code: 1 + max(depths[code] for code in step.follows) for step in ready}
            waiting = [step for step in waiting if step.code not in depths]
        return depths

    def path_to(self, code: str) -> tuple[Step, ...]:
        """The steps that every item at this one has been through, from the start, this one too.

        Shorter when the steps do not hang together.
        """
        path: list[Step] = []
        while (step := self.step_by_code.get(code)) is not None and step not in path:
            path.append(step)
            code = step.before
        return tuple(reversed(path))


_ZERO = Decimal(0)


def hash_of(text: str) -> str:
    """sha256 of a policy's text: what a published page shows and an acknowledgement names."""
    return hashlib.sha256(text.encode()).hexdigest()

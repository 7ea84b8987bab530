"""What a back-test counts, and the assumptions under which letters bring money earlier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from saldo.dunning.rules.policy import Step
from saldo.dunning.rules.receivable import Receivable

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A debtor pays ``answer_days`` after the ``notice``-th notice that came after the due day, if that is earlier.

    By habit: instead of ``answer_days`` so many days as the debtor needed after the due day in the quicker
    ``quickest_percent`` of the invoices it paid late; with fewer than ``fewest`` of those, ``answer_days`` again.
    """

    answer_days: int = 7
    notice: int = 1
    quickest_percent: int = 25
    fewest: int = 4


@dataclass(slots=True)
class Saved:
    """Days of delay saved, on how many invoices, and the money that comes earlier by currency.

    ``earlier`` is the sum of what would be paid earlier, ``money_days`` each amount times its days.
    """

    days: int = 0
    invoices: int = 0
    earlier: dict[str, Decimal] = field(default_factory=dict)
    money_days: dict[str, Decimal] = field(default_factory=dict)

    def add(self, other: Saved) -> None:
        """Take another's figures into these."""
        self.days += other.days
        self.invoices += other.invoices
        for mine, its in ((self.earlier, other.earlier), (self.money_days, other.money_days)):
            for currency, value in its.items():
                mine[currency] = mine.get(currency, _ZERO) + value


@dataclass(slots=True)
class Tally:
    """What a policy would have done. ``notices`` by step: one a customer, day, step and currency, as letters go;
    ``invoices`` by step: the items in them. ``suspensions`` are invoices for which it would have been proposed."""

    customers: int = 0
    touched: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    invoices: Counter[str] = field(default_factory=Counter)
    suspensions: int = 0
    suspensions_paid_soon: int = 0
    calls: int = 0
    letters: int = 0
    releases: int = 0
    assumed: Saved = field(default_factory=Saved)
    by_habit: Saved = field(default_factory=Saved)

    def add_notice(self, step: Step) -> None:
        """Count one notice of a step: the notice itself where it writes, and the work it makes for people."""
        if step.tells:
            self.notices[step.code] += 1
        self.calls += sum(act.kind == "call" for act in step.acts)
        self.letters += sum(act.kind == "letter" for act in step.acts)
        self.releases += step.release == "person"

    def add(self, other: Tally) -> None:
        """Take another's figures into these: the tally of all customers is the sum of its parts'."""
        self.customers += other.customers
        self.touched += other.touched
        self.notices += other.notices
        self.invoices += other.invoices
        self.suspensions += other.suspensions
        self.suspensions_paid_soon += other.suspensions_paid_soon
        self.calls += other.calls
        self.letters += other.letters
        self.releases += other.releases
        self.assumed.add(other.assumed)
        self.by_habit.add(other.by_habit)


def usual_delay(items: Sequence[Receivable], assumption: Assumption) -> int:
    """How many days a debtor needs when it is quick but late, by its own invoices that were paid late."""
    late = sorted((one.settled_on - one.due_on).days for one in items if one.settled_on and one.settled_on > one.due_on)
    if len(late) < assumption.fewest:
        return assumption.answer_days
    return late[(len(late) - 1) * assumption.quickest_percent // 100]


def sooner(
    saved: Saved,
    item: Receivable,
    notices: Sequence[date],
    *,
    until: date,
    assumption: Assumption,
    answer_days: int,
) -> None:
    """Add the days by which an item would have been paid earlier; one still open counts up to ``until``."""
    if len(notices) < assumption.notice:
        return
    paid_on = sorted(notices)[assumption.notice - 1] + timedelta(days=answer_days)
    days = ((item.settled_on or until) - paid_on).days
    if days > 0:
        one = {item.currency: item.value}
        saved.add(Saved(days=days, invoices=1, earlier=one, money_days={item.currency: item.value * days}))

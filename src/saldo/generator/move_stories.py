"""Stories of leaving one thing for another: upgrades, cancellations, other billing plans, trials, short cycles."""

from __future__ import annotations

from dataclasses import replace

from saldo.generator import catalogue
from saldo.generator.contracts import Act, Contract
from saldo.generator.names import guid
from saldo.generator.stories import Setting, contract, some_month


def upgraded(setting: Setting) -> list[Contract]:
    """All or some seats of Business Standard become a new subscription of Business Premium."""
    random = setting.random
    month, reference, days_in = some_month(setting), guid(random), random.randint(1, 13)
    base = contract(setting, catalogue.STANDARD, anchor=random.randint(1, 14))
    base.seats += 2
    moved = base.seats if random.random() < 0.5 else random.randint(1, base.seats - 1)
    base.acts[month] = Act(kind="leave", days_in=days_in, seats=-moved, reference=reference, charge_type="convert")
    target = contract(
        setting,
        catalogue.PREMIUM,
        anchor=base.anchor,
        first=month,
        seats=moved,
        first_days_in=days_in,
        first_charge="convert",
        first_reference=reference,
    )
    target.mark(month, "upgrade")
    return [base, target]


def moved(setting: Setting) -> list[Contract]:
    """Some seats move into a subscription that is there already."""
    random = setting.random
    month = some_month(setting)
    base = contract(setting, catalogue.BASIC, anchor=random.randint(1, 14))
    base.seats += 2
    target = contract(setting, catalogue.STANDARD, anchor=base.anchor)
    step = random.randint(1, base.seats - 1)
    act = Act(
        kind="leave",
        days_in=random.randint(1, 13),
        seats=-step,
        reference=guid(random),
        charge_type="moveQuantity",
    )
    base.acts[month], target.acts[month] = act, replace(act, seats=step)
    return [base, target]


def cancelled(setting: Setting) -> list[Contract]:
    """Bought or renewed, and cancelled within seven days."""
    random = setting.random
    month = some_month(setting, after=0)
    made = contract(setting, random.choice(catalogue.SEATS), anchor=random.randint(1, 20))
    made.first = month if random.random() < 0.6 else month - 12
    made.acts[month] = Act(kind="cancel", days_in=random.randint(1, 6))
    return [made]


def ended(setting: Setting) -> list[Contract]:
    """A term that ran out and was not renewed."""
    month = some_month(setting, after=0)
    return [contract(setting, setting.random.choice(catalogue.SEATS), first=month - 11, last=month)]


def billed_by_the_year_from_now(setting: Setting) -> list[Contract]:
    """From a monthly to an annual billing plan inside the term."""
    random = setting.random
    month = some_month(setting)
    made = contract(setting, random.choice(catalogue.SEATS), first=month - random.randint(1, 9))
    made.acts[month] = Act(kind="plan")
    return [made]


def tried_and_bought(setting: Setting) -> list[Contract]:
    """A free trial of a month that turns into a paid subscription on the day it would end."""
    random = setting.random
    month = some_month(setting)
    anchor, reference = random.randint(1, 28), guid(random)
    trial = contract(
        setting,
        catalogue.TRIAL,
        anchor=anchor,
        first=month - 1,
        term_months=1,
        is_trial=True,
        qualifiers='["Trial"]',
        term_text="One-Month commitment for trial",
    )
    trial.acts[month] = Act(kind="turn", reference=reference)
    paid = contract(
        setting, catalogue.PREMIUM, anchor=anchor, first=month, first_charge="convert", first_reference=reference
    )
    paid.mark(month, "upgrade")
    return [trial, paid]


def aligned(setting: Setting) -> list[Contract]:
    """One cycle cut short, to end with another subscription's."""
    random = setting.random
    made = contract(setting, random.choice(catalogue.SEATS), anchor=random.randint(1, 28))
    made.acts[some_month(setting)] = Act(kind="align", days_in=random.randint(3, 20))
    return [made]

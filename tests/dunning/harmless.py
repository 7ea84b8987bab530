"""The ready policies changed in ways that hurt nobody, seeded: what a partner does to them on the first day."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal
from random import Random

from saldo.dunning.rules.policy import Act, Hours, NoticePeriod, Policy
from tests.dunning.mutants import Break, also, any_late, any_letter, by_code, without_act
from tests.dunning.policies import a_step, changed, mail


def harmless(policies: list[Policy], *, seed: int, count: int) -> list[Policy]:
    """So many policies in which several things were changed that hurt nobody."""
    random = Random(seed)
    made = []
    for place in range(count):
        policy = policies[place % len(policies)]
        for change in random.sample(CHANGES, random.randrange(2, 6)):
            policy = change(policy, random)
        made.append(policy)
    return made


def later(policy: Policy, random: Random) -> Policy:
    """Everything so many days later."""
    by = random.randrange(0, 30)
    steps = [
        replace(
            step,
            when=tuple(
                replace(one, constant=int(one.constant) + by)
                if one.fact == "days-late" and int(one.constant) > 0
                else one
                for one in step.when
            ),
        )
        for step in policy.steps
    ]
    return replace(policy, steps=tuple(steps))


def longer_notice(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    return changed(policy, step.code, notice=replace(step.notice, count=step.notice.count + random.randrange(0, 20)))


def only_above(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    fact = random.choice(["owed", "debtor-owed"])
    return changed(policy, step.code, when=also(step, f"{fact} >= {random.randrange(1, 500)}"))


def a_call_more(policy: Policy, random: Random) -> Policy:
    step = any_letter(policy, random)
    return changed(policy, step.code, acts=(*step.acts, Act(kind="call")))


def other_floor(policy: Policy, random: Random) -> Policy:
    return replace(policy, floor={"SEK": Decimal(random.randrange(0, 90)), "JPY": Decimal(random.randrange(0, 900))})


def other_hours(policy: Policy, random: Random) -> Policy:
    hours = Hours(opens=time(random.randrange(7, 10)), closes=time(random.randrange(12, 19)), weekdays=(0, 2, 3))
    return replace(policy, sending=hours, access=hours)


def a_person_releases(policy: Policy, random: Random) -> Policy:
    return changed(policy, any_late(policy, random).code, release="person")


def a_letter_again(policy: Policy, random: Random) -> Policy:
    """The same letter once more: between the second reminder and the formal notice."""
    if "again" in policy.step_by_code:
        return policy
    again = a_step("again", acts=(mail("second-reminder"),), follows="second-reminder", notice=NoticePeriod(7))
    longer = changed(policy, "formal-notice", follows=("again",))
    return replace(longer, steps=(*longer.steps, again))


def limits(policy: Policy, random: Random) -> Policy:
    return replace(
        policy,
        bank_hours=random.randrange(1, 97),
        triage_days=random.randrange(1, 31),
        notice_holds_days=random.randrange(14, 181),
        promise_days=random.randrange(1, 61),
        promises_per_item=random.randrange(0, 6),
    )


def a_lawful_fee(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "reminder")
    acts = (*without_act(step, "fee"), Act(kind="fee", net={"SEK": Decimal(random.randrange(1, 61))}))
    return changed(replace(policy, jurisdiction="SE"), step.code, acts=acts)


def a_branch_for_small_debts(policy: Policy, random: Random) -> Policy:
    """After the reminder, small debts get one more letter and then nothing; large ones go on."""
    if "small" in policy.step_by_code or any(one.fact == "owed" for one in by_code(policy, "second-reminder").when):
        return policy
    limit = random.randrange(500, 900)
    second = by_code(policy, "second-reminder")
    small = replace(second, code="small", when=also(second, f"owed < {limit}"), acts=(mail("second-reminder"),))
    large = changed(policy, "second-reminder", when=also(second, f"owed >= {limit}"))
    return replace(large, steps=(*large.steps, small))


CHANGES: list[Break] = [
    later,
    longer_notice,
    only_above,
    a_call_more,
    other_floor,
    other_hours,
    a_person_releases,
    a_letter_again,
    limits,
    a_lawful_fee,
    a_branch_for_small_debts,
]

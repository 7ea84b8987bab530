"""The ready policies broken in ways that would hurt a customer, seeded.

Each break names the finding that must come of it. Everything is done to the text's own values, so that what is
refused is a policy that somebody could have written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from decimal import Decimal
from random import Random
from typing import NamedTuple

from saldo.dunning.rules.policy import CLEAR, Act, Condition, Hours, NoticePeriod, Policy, Step
from tests.dunning.policies import a_condition, a_step, changed, mail, on_paper

Break = Callable[[Policy, Random], Policy]


class Mutant(NamedTuple):
    how: str
    finding: str
    policy: Policy


def days(step: Step) -> int:
    return max(int(one.constant) for one in step.when if one.fact == "days-late")


def by_code(policy: Policy, code: str) -> Step:
    return policy.step_by_code[code]


def also(step: Step, *texts: str) -> tuple[Condition, ...]:
    return (*step.when, *map(a_condition, texts))


def without_days(step: Step) -> tuple[Condition, ...]:
    return tuple(one for one in step.when if one.fact != "days-late")


def without_act(step: Step, kind: str) -> tuple[Act, ...]:
    return tuple(act for act in step.acts if act.kind != kind)


def any_late(policy: Policy, random: Random) -> Step:
    """Any step but the letter before due."""
    return random.choice([step for step in policy.steps if step.code != "before-due"])


def any_letter(policy: Policy, random: Random) -> Step:
    return random.choice([step for step in policy.steps if step.tells and step.code != "before-due"])


def any_access(policy: Policy, random: Random) -> Step:
    return random.choice([step for step in policy.steps if step.touches_access])


def kill_bill(policy: Policy, random: Random) -> Policy:
    """Kill Bill #2297: from clear to blocked, by facts of which none is a warning; who has one item is reminded."""
    step = any_access(policy, random)
    alone = changed(policy, "reminder", when=also(by_code(policy, "reminder"), "items < 2"))
    return changed(alone, step.code, follows=(CLEAR, "before-due"), when=also(step, "items >= 2"))


def kill_bill_by_another_way(policy: Policy, random: Random) -> Policy:
    """The same as a second way to the step: clear, or after its warning."""
    step = any_access(policy, random)
    return changed(policy, step.code, follows=(step.before, CLEAR))


def kill_bill_when_one_is_left(policy: Policy, random: Random) -> Policy:
    """The same the other way round: the step begins only when all other items are paid."""
    step = any_late(policy, random)
    return changed(policy, step.code, when=also(step, "items <= 1"))


def skip_to_the_end(policy: Policy, random: Random) -> Policy:
    late = [step for step in policy.steps if step.code not in ("before-due", "reminder")]
    step = random.choice(late)
    path = [one.code for one in policy.path_to(step.code)[:-2]] or [CLEAR]
    return changed(policy, step.code, follows=(random.choice(path), step.before))


def only_small(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    return changed(policy, step.code, when=also(step, f"owed < {random.randrange(200, 9000)}"))


def only_small_debtors(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    return changed(policy, step.code, when=also(step, f"debtor-owed <= {random.randrange(500, 9000)}"))


def closed_later(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    return changed(policy, step.code, when=also(step, f"days-late <= {days(step) + random.randrange(0, 40)}"))


def an_overlapping_twin(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    twin = replace(step, code="twin", when=also(step, f"owed >= {random.randrange(200, 900)}"))
    return replace(policy, steps=(*policy.steps, twin))


def a_later_twin(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    turn = days(step) + random.randrange(5, 40)
    early = changed(policy, step.code, when=also(step, f"days-late < {turn}"))
    twin = replace(step, code="twin", when=(*without_days(step), a_condition(f"days-late >= {turn}")))
    return replace(early, steps=(*early.steps, twin))


def a_ring(policy: Policy, random: Random) -> Policy:
    first, second, *rest = policy.steps[1:]
    return changed(policy, first.code, follows=(random.choice([second, *rest]).code,))


def an_unknown_step(policy: Policy, random: Random) -> Policy:
    return changed(policy, any_late(policy, random).code, follows=(f"gone-{random.randrange(99)}",))


def a_contradiction(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    return changed(policy, step.code, when=also(step, "items >= 3", "items < 3"))


def under_the_floor(policy: Policy, random: Random) -> Policy:
    step = any_late(policy, random)
    floor = Decimal(random.randrange(1000, 2000))
    one = changed(policy, step.code, when=also(step, "currency = SEK", "owed <= 900"))
    return replace(one, floor={**policy.floor, "SEK": floor})


def one_currency_only(policy: Policy, random: Random) -> Policy:
    currency = random.choice(["SEK", "EUR", "BRL"])
    return changed(policy, "reminder", when=also(by_code(policy, "reminder"), f"currency = {currency}"))


def a_letter_nobody_gets_past(policy: Policy, random: Random) -> Policy:
    return changed(policy, "reminder", follows=(CLEAR,))


def only_after_the_letter(policy: Policy, random: Random) -> Policy:
    return changed(policy, "reminder", follows=("before-due",))


def before_the_day(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "reminder")
    when = (*without_days(step), a_condition(f"days-late >= {random.randrange(-9, 1)}"))
    return changed(policy, "reminder", when=when)


def before_due_when_late(policy: Policy, random: Random) -> Policy:
    when = (a_condition(f"days-late >= -{random.randrange(3, 9)}"),)
    return changed(policy, "before-due", when=when)


def no_final_notice(policy: Policy, random: Random) -> Policy:
    final = by_code(policy, "final-notice")
    return changed(policy, final.code, acts=(mail("second-reminder"), on_paper("second-reminder")))


def never_named(policy: Policy, random: Random) -> Policy:
    for code in ("formal-notice", "final-notice"):
        policy = changed(policy, code, acts=(mail("second-reminder"), Act(kind="call")))
    return policy


def one_channel(policy: Policy, random: Random) -> Policy:
    final = by_code(policy, "final-notice")
    return changed(policy, final.code, acts=without_act(final, random.choice(["mail", "letter"])))


def no_proof(policy: Policy, random: Random) -> Policy:
    return changed(policy, "final-notice", proof="none")


def short_notice(policy: Policy, random: Random) -> Policy:
    short = [NoticePeriod(random.randrange(3, 5), in_workdays=True), NoticePeriod(random.randrange(3, 15))]
    return changed(policy, "final-notice", notice=random.choice(short))


def by_itself(policy: Policy, random: Random) -> Policy:
    return changed(policy, any_access(policy, random).code, release="automatic")


def cannot_stop(policy: Policy, random: Random) -> Policy:
    one = random.choice(["software", "reservations", "saas"])
    return changed(policy, "suspension", acts=(Act(kind="propose-suspension", classes=("licences", one)),))


def azure_first(policy: Policy, random: Random) -> Policy:
    classes = ("azure", *random.sample(["add-ons", "licences", "legacy-licences"], random.randrange(1, 4)))
    return changed(policy, "suspension", acts=(Act(kind="propose-suspension", classes=classes),))


def nothing_named(policy: Policy, random: Random) -> Policy:
    return changed(policy, "suspension", acts=(Act(kind="propose-suspension"),))


def for_a_trifle(policy: Policy, random: Random) -> Policy:
    step = any_access(policy, random)
    return changed(policy, step.code, when=tuple(one for one in step.when if one.fact != "owed"))


def one_after_the_other(policy: Policy, random: Random) -> Policy:
    """Who was held up for long loses one product today, and everything tomorrow."""
    return changed(policy, "suspension", notice=NoticePeriod(random.randrange(0, 5)))


def a_letter_after_the_final_one(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "suspension")
    return changed(policy, step.code, acts=(*step.acts, mail("second-reminder")), proof="none")


def no_time_between(policy: Policy, random: Random) -> Policy:
    step = random.choice([by_code(policy, "reminder"), by_code(policy, "second-reminder")])
    return changed(policy, step.code, notice=NoticePeriod(random.randrange(0, 3)))


def nothing_done(policy: Policy, random: Random) -> Policy:
    return changed(policy, any_late(policy, random).code, acts=())


def proof_of_nothing(policy: Policy, random: Random) -> Policy:
    step = any_access(policy, random)
    return changed(policy, step.code, proof=random.choice(["handed-over", "opened", "registered", "spoken"]))


def orders_stop_untold(policy: Policy, random: Random) -> Policy:
    first = a_step("first", "days-late >= 1", acts=(Act(kind="stop-new-orders"),))
    rest = changed(policy, "reminder", follows=("first",))
    return replace(rest, steps=(first, *(one for one in rest.steps if one.code != "before-due")))


def handed_over_unwarned(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "second-reminder")
    return changed(policy, step.code, acts=(*step.acts, Act(kind="external-collection")), release="person")


def handed_over_by_itself(policy: Policy, random: Random) -> Policy:
    step = a_step(
        "handed-over",
        f"days-late >= {random.randrange(60, 99)}",
        acts=(Act(kind="external-collection"),),
        follows=policy.steps[-1].code,
    )
    return replace(policy, steps=(*policy.steps, step))


def a_fee(policy: Policy, random: Random) -> Policy:
    """Above what Sweden allows, in a currency it has no rule for, or where there is no law at all."""
    step = random.choice([by_code(policy, "reminder"), by_code(policy, "second-reminder")])
    jurisdiction, currency, net = random.choice(
        [
            ("SE", "SEK", "60.01"),
            ("SE", "EUR", "5.00"),
            ("US", "USD", "10.00"),
            ("PT", "EUR", "40.00"),
            ("CN", "CNY", "9.00"),
        ]
    )
    acts = (*step.acts, Act(kind="fee", net={currency: Decimal(net)}))
    return changed(replace(policy, jurisdiction=jurisdiction), step.code, acts=acts)


def a_fee_twice(policy: Policy, random: Random) -> Policy:
    for code in ("reminder", "second-reminder"):
        step = by_code(policy, code)
        policy = changed(policy, code, acts=(*step.acts, Act(kind="fee", net={"SEK": Decimal(60)})))
    return replace(policy, jurisdiction="SE")


def interest(policy: Policy, random: Random) -> Policy:
    step = any_letter(policy, random)
    jurisdiction = random.choice(["SE", "EU", "ES", "PT", "US", "CN", "FR"])
    acts = (*step.acts, Act(kind="interest", yearly_percent=Decimal(random.randrange(1, 30))))
    return changed(replace(policy, jurisdiction=jurisdiction), step.code, acts=acts)


def a_fee_nobody_is_told_of(policy: Policy, random: Random) -> Policy:
    step = random.choice([one for one in policy.steps if not one.tells] or [policy.steps[-1]])
    plain = changed(policy, step.code, acts=(Act(kind="call"),), proof="none")
    return changed(plain, step.code, acts=(Act(kind="call"), Act(kind="fee", net={"SEK": Decimal(60)})))


def a_fee_on_a_fee(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "reminder")
    acts = (*step.acts, Act(kind="fee", net={"SEK": Decimal(60)}))
    return changed(replace(policy, jurisdiction="SE", fees_alone=True), step.code, acts=acts)


def access_for_a_fee(policy: Policy, random: Random) -> Policy:
    step = by_code(policy, "formal-notice")
    acts = (*step.acts, Act(kind="fee", net={"SEK": Decimal(random.randrange(110, 181))}))
    return changed(replace(policy, jurisdiction="SE", fees_alone=True), step.code, acts=acts)


def a_floor_below_nothing(policy: Policy, random: Random) -> Policy:
    currency = random.choice(sorted(policy.floor))
    return replace(policy, floor={**policy.floor, currency: Decimal(-random.randrange(1, 99))})


def no_sending_day(policy: Policy, random: Random) -> Policy:
    return replace(policy, sending=random.choice([Hours(weekdays=()), Hours(opens=time(17), closes=time(8))]))


def no_access_day(policy: Policy, random: Random) -> Policy:
    return replace(policy, access=Hours(weekdays=()))


def on_friday(policy: Policy, random: Random) -> Policy:
    return replace(policy, access=replace(policy.access, weekdays=(0, 1, random.randrange(4, 7))))


def at_night(policy: Policy, random: Random) -> Policy:
    return replace(policy, sending=Hours(opens=time(random.randrange(0, 6))))


def old_bank_data(policy: Policy, random: Random) -> Policy:
    return replace(policy, bank_hours=random.choice([0, random.randrange(97, 999)]))


def no_triage(policy: Policy, random: Random) -> Policy:
    return replace(policy, triage_days=random.choice([0, random.randrange(31, 99)]))


def stale_notices(policy: Policy, random: Random) -> Policy:
    return replace(policy, notice_holds_days=random.choice([0, 13, random.randrange(181, 999)]))


def endless_promises(policy: Policy, random: Random) -> Policy:
    return replace(policy, promise_days=random.randrange(61, 999))


def no_name(policy: Policy, random: Random) -> Policy:
    gone = random.choice(sorted(policy.names))
    return replace(policy, names={language: name for language, name in policy.names.items() if language != gone})


BREAKS: tuple[tuple[str, Break], ...] = (
    ("access-untold", kill_bill),
    ("skippable", kill_bill_by_another_way),
    ("paying-worsens", kill_bill_when_one_is_left),
    ("skippable", skip_to_the_end),
    ("paying-worsens", only_small),
    ("paying-worsens", only_small_debtors),
    ("dead-end", closed_later),
    ("two-at-once", an_overlapping_twin),
    ("late-way", a_later_twin),
    ("ring", a_ring),
    ("unknown-step", an_unknown_step),
    ("never-entered", a_contradiction),
    ("never-entered", under_the_floor),
    ("uncovered", one_currency_only),
    ("letter-stops", a_letter_nobody_gets_past),
    ("missed-letter", only_after_the_letter),
    ("collects-before-due", before_the_day),
    ("before-due-too-late", before_due_when_late),
    ("access-one-channel", no_final_notice),
    ("access-untold", never_named),
    ("access-one-channel", one_channel),
    ("access-unproved", no_proof),
    ("access-notice-short", short_notice),
    ("access-not-released", by_itself),
    ("access-cannot-stop", cannot_stop),
    ("access-azure-first", azure_first),
    ("access-names-nothing", nothing_named),
    ("access-for-a-trifle", for_a_trifle),
    ("access-too-close", one_after_the_other),
    ("access-after-return", a_letter_after_the_final_one),
    ("letters-too-close", no_time_between),
    ("does-nothing", nothing_done),
    ("proof-impossible", proof_of_nothing),
    ("stop-orders-untold", orders_stop_untold),
    ("external-untold", handed_over_unwarned),
    ("external-not-released", handed_over_by_itself),
    ("fee-unlawful", a_fee),
    ("fee-unlawful", a_fee_twice),
    ("interest-unlawful", interest),
    ("cost-untold", a_fee_nobody_is_told_of),
    ("fee-on-fee", a_fee_on_a_fee),
    ("fee-for-access", access_for_a_fee),
    ("clear-unreachable", a_floor_below_nothing),
    ("never-sends", no_sending_day),
    ("never-touches", no_access_day),
    ("access-day", on_friday),
    ("at-night", at_night),
    ("bank-hours", old_bank_data),
    ("triage-days", no_triage),
    ("notice-holds-days", stale_notices),
    ("promise-days", endless_promises),
    ("name-missing", no_name),
)


def mutants(policies: list[Policy], *, seed: int, count: int) -> list[Mutant]:
    """So many broken policies: every way to break them in turn, on one policy after the other."""
    random = Random(seed)
    made = []
    for place in range(count):
        finding, how = BREAKS[place % len(BREAKS)]
        policy = how(policies[place // len(BREAKS) % len(policies)], random)
        made.append(Mutant(how.__name__, f"dunning.check.{finding}", policy))
    return made

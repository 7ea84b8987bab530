"""The policy checker on the hardest policies of thirty steps: chains, forks at one step, forks of forks, ready ones."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from saldo.dunning.rules.check import check
from saldo.dunning.rules.policy import CLEAR, MOST_STEPS, Act, Condition, Policy, Step
from tests.dunning.mutants import mutants
from tests.dunning.policies import ready

ROUNDS = int(os.environ.get("SALDO_BENCH_POLICIES", "40"))
MUST_SECONDS = 1
ON = date(2026, 11, 25)


def main() -> None:
    """Check every policy and keep the slowest of each kind."""
    slowest: dict[str, float] = {}
    for kind, policy in policies():
        began = time.perf_counter()
        check(policy, on=ON, country="SE")
        slowest[kind] = max(slowest.get(kind, 0.0), time.perf_counter() - began)
    figures = [figure(kind, seconds) for kind, seconds in slowest.items()]
    print(json.dumps({"name": f"Policy check, {MOST_STEPS} steps", "figures": figures}))


def figure(kind: str, seconds: float) -> dict[str, Any]:
    reached = seconds <= MUST_SECONDS
    return {"what": kind, "value": round(seconds, 3), "unit": "s", "must": f"<= {MUST_SECONDS}", "reached": reached}


def policies() -> Iterator[tuple[str, Policy]]:
    """The kinds, each several times with other constants."""
    for name in ("gentle", "standard", "strict"):
        yield "the ready policies", ready(name)
    for mutant in mutants([ready("standard"), ready("strict")], seed=1, count=100):
        yield "a hundred bad policies", mutant.policy
    for seed in range(ROUNDS):
        random = Random(seed)
        yield "a chain, every step with faults", chain(random)
        yield "thirty overlapping siblings", whole([a_step(place, CLEAR, random, 4) for place in range(MOST_STEPS)])
        yield "twenty-nine disjoint siblings, all bounded", tiles(random)
        yield "a tree, any conditions", tree(random)
    yield "rods through a block in three directions", rods()


def whole(steps: list[Step]) -> Policy:
    return Policy(code="measured", names={"en": "Measured"}, steps=tuple(steps), floor={"SEK": Decimal(50)})


ACTS = (
    (Act(kind="mail", letter="reminder"),),
    (Act(kind="mail", letter="final-notice"), Act(kind="letter", letter="final-notice")),
    (Act(kind="propose-suspension", classes=("azure", "licences")),),
    (Act(kind="mail", letter="reminder"), Act(kind="fee", net={"SEK": Decimal(60)})),
)


def a_step(place: int, follows: str, random: Random, most: int) -> Step:
    """A step with any conditions on all six facts."""
    made: list[Condition] = []
    for _ in range(random.randrange(most + 1)):
        fact = random.choice(["days-late", "owed", "debtor-owed", "items", "segment", "currency"])
        comparison = random.choice([">=", "<=", "<", ">"])
        constant: Any = random.randrange(1, 200)
        if fact in ("owed", "debtor-owed"):
            constant = Decimal(constant * 10)
        if fact in ("segment", "currency"):
            comparison, constant = "=", f"{'XYZ'[random.randrange(3)]}{chr(65 + random.randrange(20))}A"
        made.append(Condition(fact, comparison, constant))  # type: ignore[arg-type]
    return Step(code=f"s{place}", follows=(follows,), when=tuple(made), acts=random.choice(ACTS))


def chain(random: Random) -> Policy:
    return whole([a_step(place, f"s{place - 1}" if place else CLEAR, random, 1) for place in range(MOST_STEPS)])


def tree(random: Random) -> Policy:
    return whole(
        [
            a_step(place, random.choice([CLEAR, *(f"s{before}" for before in range(place))]), random, 3)
            for place in range(MOST_STEPS)
        ]
    )


def tiles(random: Random) -> Policy:
    """Siblings that never hold at once: each its own stretch of amounts, its own of debts and of items."""
    steps = []
    for place in range(MOST_STEPS - 1):
        low = place * 100
        conditions = (
            Condition("owed", ">=", Decimal(low)),
            Condition("owed", "<", Decimal(low + 100)),
            Condition("debtor-owed", ">=", Decimal(random.randrange(low, low + 50))),
            Condition("debtor-owed", "<", Decimal(random.randrange(9000, 9900))),
            Condition("items", "<=", random.randrange(3, 90)),
        )
        steps.append(Step(code=f"s{place}", when=conditions, acts=random.choice(ACTS)))
    return whole(steps)


AXES = (
    (("owed", 0), ("debtor-owed", 0)),
    (("debtor-owed", 1), ("items", 0)),
    (("items", 1), ("owed", 1)),
)


def rods() -> Policy:
    """Ten rods along each of three axes, none through another: what is left between them has the most corners."""
    steps = []
    for place in range(10):
        for axis, sides in enumerate(AXES):
            spans = []
            for fact, shift in sides:
                unit: Any = 1 if fact == "items" else Decimal(100)
                least = unit * (2 * place + shift + 1)
                spans += [Condition(fact, ">=", least), Condition(fact, "<", least + unit)]  # type: ignore[arg-type]
            steps.append(Step(code=f"s{place}-{axis}", when=tuple(spans), acts=(Act(kind="call"),), proof="none"))
    return whole(steps)


if __name__ == "__main__":
    main()

"""Two hundred bad policies are refused, each with its finding and an example; two hundred harmless ones pass."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.rules import check as checker
from saldo.dunning.rules.check import check
from saldo.dunning.rules.policy import Policy
from tests.dunning.harmless import harmless
from tests.dunning.mutants import BREAKS, Mutant, mutants
from tests.dunning.policies import a_policy, a_step, mail, ready

ON = date(2026, 11, 25)
SEED = 2297
CHECKS = Path(checker.__file__).parent
WITH_ACCESS = [ready("standard"), ready("strict")]
ALL = [ready("gentle"), *WITH_ACCESS]
BAD = mutants(WITH_ACCESS, seed=SEED, count=200)
GOOD = harmless(ALL, seed=SEED, count=200)


class TestBadPolicies:
    def test_there_are_two_hundred_and_at_least_twenty_ways(self) -> None:
        assert len(BAD) == 200
        assert len(Counter(one.how for one in BAD)) == len(BREAKS) >= 20
        assert len({one.finding for one in BAD}) >= 20

    @pytest.mark.parametrize("mutant", BAD, ids=lambda one: one.how)
    def test_it_is_refused_for_its_reason_with_an_example(self, mutant: Mutant) -> None:
        findings = check(mutant.policy, on=ON, country="SE")
        named = [one for one in findings if one.code == mutant.finding]
        assert named, [one.code for one in findings]
        for finding in findings:
            assert finding.counterexample
            days = [moment.on for moment in finding.counterexample if moment.what not in ("law",)]
            assert days == sorted(days)

    def test_the_oldest_invoice_is_paid_and_nobody_was_warned(self) -> None:
        """Kill Bill #2297, lessons A 1: told by running the policy."""
        bad = next(one for one in BAD if one.how == "kill_bill")
        found = next(one for one in check(bad.policy, on=ON) if one.code == "dunning.check.access-untold")
        assert [moment.what for moment in found.counterexample] == ["invoice", "enters"]
        assert found.counterexample[0].facts["items"] == 2
        assert found.counterexample[1].facts["step"] == found.step


class TestEveryFinding:
    """Each thing that the checker knows has a way to break a policy, here or among the two hundred."""

    @pytest.mark.parametrize(
        ("policy", "finding"),
        [
            (a_policy(), "no-steps"),
            (a_policy(*(a_step(f"s{place}", acts=(mail("reminder"),)) for place in range(31))), "too-many-steps"),
            (a_policy(a_step("one"), a_step("one")), "two-steps-one-code"),
            (a_policy(a_step("clear")), "two-steps-one-code"),
            (a_policy(a_step("one", follows=())), "unknown-step"),
            (replace(ready("gentle"), promises_per_item=6), "promises"),
            (replace(ready("gentle"), floor={"SEK": Decimal(-1)}), "floor-negative"),
        ],
    )
    def test_the_plain_ones(self, policy: Policy, finding: str) -> None:
        assert f"dunning.check.{finding}" in {one.code for one in check(policy, on=ON)}

    def test_none_is_forgotten(self) -> None:
        source = "".join(path.read_text(encoding="utf-8") for path in CHECKS.glob("check*.py"))
        known = set(re.findall(r"dunning\.check\.[a-z-]+", source))
        plain = {"no-steps", "too-many-steps", "two-steps-one-code", "promises", "floor-negative"}
        assert known == {one.finding for one in BAD} | {f"dunning.check.{one}" for one in plain}


class TestHarmlessChanges:
    @pytest.mark.parametrize("policy", GOOD)
    def test_nothing_is_found(self, policy: Policy) -> None:
        assert [(one.code, one.step) for one in check(policy, on=ON, country="SE")] == []

    @pytest.mark.parametrize("policy", [*ALL, *GOOD[:50]])
    def test_it_can_be_written_and_read(self, policy: Policy) -> None:
        assert read_policy(policy_text(policy)) == policy

"""Two hundred bad policies are refused, each with its finding and an example; two hundred harmless ones pass."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.rules.check import check
from saldo.dunning.rules.policy import Policy
from tests.dunning.harmless import harmless
from tests.dunning.mutants import BREAKS, Mutant, mutants
from tests.dunning.policies import ready

ON = date(2026, 11, 25)
SEED = 2297
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


class TestHarmlessChanges:
    @pytest.mark.parametrize("policy", GOOD)
    def test_nothing_is_found(self, policy: Policy) -> None:
        assert [(one.code, one.step) for one in check(policy, on=ON, country="SE")] == []

    @pytest.mark.parametrize("policy", [*ALL, *GOOD[:50]])
    def test_it_can_be_written_and_read(self, policy: Policy) -> None:
        assert read_policy(policy_text(policy)) == policy

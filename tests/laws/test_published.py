"""A million decisions of random lives, each carried out as it was published to the debtor."""

from __future__ import annotations

import pytest

from tests.dunning.publishing import compare

PARTS, DECISIONS = 8, 1_000_000


@pytest.mark.laws
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_decisions_are_carried_out_as_published(part: int) -> None:
    assert compare(decisions=DECISIONS // PARTS, seed=1000 + part) >= DECISIONS // PARTS

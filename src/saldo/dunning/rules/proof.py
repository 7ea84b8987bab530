"""Which proof of delivery is enough for a step, and when a notice has left the house by every channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saldo.dunning.rules.policy import PROOFS


def is_enough(proof: str, asked: str) -> bool:
    """Whether a proof is as strong as the step asks: spoken beats registered beats opened beats handed over."""
    order: Sequence[str] = PROOFS
    return order.index(proof) >= order.index(asked)


def is_handed_over(channels: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every channel took the notice; captured in rehearsal is not handed over."""
    return bool(channels) and all(one["state"] == "handed-over" for one in channels)

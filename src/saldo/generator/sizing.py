"""How many daily rows each metered charge gets, so that a partner has exactly as many as were asked for."""

from __future__ import annotations

from random import Random

from saldo.generator.partner import Partner

_FEWEST, _MOST = 4, 9  # rows of one metered charge where no number was asked for


def limit_usage(partner: Partner, rows: int) -> None:
    """Take Azure usage away, the smallest customer's first, until no more than ``rows`` metered charges are left."""
    charges = sum(len(partner.usage(month)) for month in range(partner.months))
    for holding in reversed(partner.holdings):
        for plan in holding.plans:
            for month in reversed(range(partner.months)):
                kept = plan.rows.get(month, [])
                while charges > rows and kept:
                    charges -= not kept.pop().credit_reason


def usage_counts(partner: Partner, rows: int | None) -> list[list[int]]:
    """For every month and metered charge the number of its daily rows; in all exactly ``rows``, if that is given.

    Each charge has at least one. With ``rows`` given the odd ones go to the earliest charges.
    """
    charges = [len(partner.usage(month)) for month in range(partner.months)]
    if rows is None or not sum(charges):
        random = Random(f"{partner.seed} daily")
        return [[random.randint(_FEWEST, _MOST) for _ in range(count)] for count in charges]
    each, odd = divmod(rows, sum(charges))
    counts = []
    for count in charges:
        given = min(odd, count)
        odd -= given
        counts.append([each + 1] * given + [each] * (count - given))
    return counts

"""Money that customers send, as banks tell of it: right and wrong references, lump sums, fees, names, and the truth.

Written apart from what matches it: it knows the papers and invents how people pay them, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from saldo.generator.bank_groups import STORIES
from saldo.generator.bank_payers import Owed, Payer
from saldo.generator.bank_town import Payment, Town


def invent_payments(*, payers: Sequence[Payer], papers: Sequence[Owed], count: int, seed: int) -> list[Payment]:
    """About so many entries in the order of their days, each story of `bank_groups.STORIES` by its weight."""
    random = Random(f"bank {seed}")
    town = Town(payers=payers, papers=papers, random=random)
    weights = [weight for _, weight, _ in STORIES]
    made: list[Payment] = []
    told = 0
    while len(made) < count and told < count * 3:
        told += 1
        name, _, story = random.choices(STORIES, weights)[0]
        made.extend(story(town, name))
    return list(_numbered(sorted(made, key=lambda payment: payment.on)))


def known_accounts(*, payers: Sequence[Payer], seed: int) -> list[tuple[str, str]]:
    """Accounts (account, debtor) that people matched in earlier months: every third debtor's."""
    random = Random(f"known {seed}")
    return [(payer.account, payer.number) for payer in payers if random.random() < 1 / 3]


def _numbered(payments: Sequence[Payment]) -> Iterator[Payment]:
    for number, payment in enumerate(payments, start=1):
        yield replace(payment, number=number, bank_reference=f"{payment.on:%y%m%d}{number:08d}")

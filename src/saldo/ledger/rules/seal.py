"""Seals of the books: one hash a day over the day's postings, legs included, and the seal before (ADR 0007)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from saldo.core.money import ZERO, amount_text
from saldo.ledger.rules.posting import Posting, canonical_text, digest_of

_WRITER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPosting:
    """A posting as the seal reads it; ``digest`` is the one written down when it was posted."""

    number: int
    posting: Posting
    posted_at: datetime
    posted_by: str
    digest: str

    @property
    def is_as_posted(self) -> bool:
        """Whether the posting still gives the digest it had when it was posted."""
        return digest_of(self.posting) == self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySeal:
    """The seal of one day: how many postings up to which, their debits by currency, and the digest."""

    day: date
    postings: int
    last_posting: int
    sums: Mapping[str, str]
    digest: str


def seal_day(*, day: date, postings: Iterable[SealedPosting], before: DaySeal | None) -> DaySeal:
    """The seal of a day from its postings in the order of their writing and the seal before it."""
    digest = hashlib.sha256((before.digest if before else "").encode())
    count, last = 0, before.last_posting if before else 0
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for sealed in postings:
        digest.update(_canonical(sealed).encode())
        count, last = count + 1, sealed.number
        for entry in sealed.posting.entries:
            if entry.value > 0:
                sums[entry.currency] += entry.value
    written = {currency: amount_text(value, currency) for currency, value in sorted(sums.items())}
    return DaySeal(day=day, postings=count, last_posting=last, sums=written, digest=digest.hexdigest())


def _canonical(sealed: SealedPosting) -> str:
    at = sealed.posted_at.astimezone(UTC).isoformat()
    parts = [sealed.number, at, sealed.posted_by, sealed.digest, canonical_text(sealed.posting)]
    return _WRITER.encode(parts) + "\n"

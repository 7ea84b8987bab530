"""Seals of the books: one hash a day over the day's postings, legs included, and the seal before (ADR 0007)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import NamedTuple

from saldo.core.money import ZERO, amount_text
from saldo.ledger.rules.posting import Entry, Posting, written_text


class SealedPosting(NamedTuple):
    """A posting as the books hold it and the seal reads it; ``digest`` is the one written down when it was posted.

    A row of texts, for a day has tens of thousands: each leg is account, party, currency and amount.
    """

    number: int
    posted_at_text: str
    posted_by: str
    digest: str
    key: str
    on: date
    code: str
    document: str
    reversal_of: str
    legs: Sequence[list[str]]

    @property
    def posting(self) -> Posting:
        """The posting as it was entered."""
        entries = tuple(
            Entry(account=account, party=party, currency=currency, value=Decimal(value))
            for account, party, currency, value in self.legs
        )
        return Posting(
            key=self.key,
            on=self.on,
            code=self.code,
            document=self.document,
            reversal_of=self.reversal_of,
            entries=entries,
        )

    @property
    def posted_at(self) -> datetime:
        """When it was posted, in UTC."""
        return _in_utc(self.posted_at_text)

    @property
    def text(self) -> str:
        """Its canonical text."""
        return written_text(self.key, self.on, self.code, self.document, self.reversal_of, self.legs)

    @property
    def is_as_posted(self) -> bool:
        """Whether the posting still gives the digest it had when it was posted."""
        return hashlib.sha256(self.text.encode()).hexdigest() == self.digest


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
        for _, _, currency, amount in sealed.legs:
            if not amount.startswith("-"):
                sums[currency] += Decimal(amount)
    written = {currency: amount_text(value, currency) for currency, value in sorted(sums.items())}
    return DaySeal(day=day, postings=count, last_posting=last, sums=written, digest=digest.hexdigest())


def _canonical(sealed: SealedPosting) -> str:
    at = sealed.posted_at.isoformat()
    names = f"{quoted(sealed.posted_by)},{quoted(sealed.digest)}"
    return f'[{sealed.number},"{at}",{names},{quoted(sealed.text)}]\n'


@lru_cache(maxsize=1024)  # the postings of one batch share theirs
def _in_utc(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)

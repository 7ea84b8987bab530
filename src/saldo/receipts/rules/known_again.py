"""Which entries of a file are new, which were told before, and which make a pending one final."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from saldo.receipts.rules.entries import EntryRead
from saldo.receipts.rules.fingerprints import normalised

_LATEST = 10  # days between a pending entry and its booking


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What is kept of an entry that was taken before."""

    key: str
    fingerprint: str
    format: str
    account: str
    booked_on: date
    currency: str
    value: Decimal
    references: frozenset[str]  # normalised, the bank's own among them
    is_pending: bool


@dataclass(slots=True, kw_only=True)
class Sorted:
    """The entries of a file, told apart: new ones with fingerprint and movement, and what pending ones became."""

    new: list[tuple[EntryRead, str, str]] = field(default_factory=list)
    cleared: list[tuple[KnownEntry, EntryRead]] = field(default_factory=list)
    duplicates: int = 0


def references_of(references: Iterable[str], bank_reference: str) -> frozenset[str]:
    """All references of an entry, normalised; of the payer's, one shorter than four characters tells nothing."""
    told = {reference for reference in map(normalised, references) if len(reference) > 3}
    return frozenset(told | ({normalised(bank_reference)} - {""}))


def sort_entries(
    *,
    format: str,
    entries: Sequence[EntryRead],
    marks: Sequence[tuple[str, str]],
    known: Sequence[KnownEntry],
    known_movements: Collection[str],
) -> Sorted:
    """Tell the entries of a file apart.

    ``marks``: fingerprint and movement of each. ``known``: entries taken before, of the same accounts and around these
    days. ``known_movements``: bookings that a file of another message type told of already. An entry is known by its
    fingerprint, by its booking, or (camt only) by account, day, sum and a reference it shares; each known one once.
    """
    told = _Told(known)
    sorted_ = Sorted()
    for entry, (fingerprint, movement) in zip(entries, marks, strict=True):
        before = told.same(entry, fingerprint, format)
        if before is not None and before.is_pending and not entry.is_pending:
            sorted_.cleared.append((before, entry))
        elif before is not None or (movement and movement in known_movements):
            sorted_.duplicates += 1
        else:
            sorted_.new.append((entry, fingerprint, movement))
    return sorted_


class _Told:
    """The entries of before, each given away at most once."""

    def __init__(self, known: Sequence[KnownEntry]) -> None:
        self._by_fingerprint: Mapping[str, KnownEntry] = {entry.fingerprint: entry for entry in known}
        self._by_sum: dict[tuple[str, str, Decimal], list[KnownEntry]] = defaultdict(list)
        for entry in known:
            self._by_sum[entry.account, entry.currency, entry.value].append(entry)
        self._given: set[str] = set()

    def same(self, entry: EntryRead, fingerprint: str, format: str) -> KnownEntry | None:
        """The known entry that this one tells of again, or None."""
        found = self._by_fingerprint.get(fingerprint)
        if found is None:
            mine = references_of(entry.references, entry.bank_reference)
            alike = self._by_sum.get((entry.account, entry.currency, entry.value), [])
            found = next((one for one in alike if self._is_same(one, entry, mine, format)), None)
        if found is not None:
            self._given.add(found.key)
        return found

    def _is_same(self, one: KnownEntry, entry: EntryRead, mine: frozenset[str], format: str) -> bool:
        if one.key in self._given or not mine & one.references:
            return False
        days = abs((entry.booked_on - one.booked_on).days)
        if one.is_pending and not entry.is_pending:
            return days <= _LATEST
        return days == 0 and format != one.format and format[:4] == one.format[:4] == "camt"

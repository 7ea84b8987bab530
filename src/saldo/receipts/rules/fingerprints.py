"""By what a movement is known again when another file tells of it.

Known limits: a bank that gives no reference and words the same payment differently in two files (or a camt file and a
CSV file of the same days) makes two; a file that begins in the middle of equal payments without reference counts from
its own first one, so that the second of two is taken for the first.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence

from saldo.receipts.rules.entries import EntryRead


def normalised(text: str) -> str:
    """Letters and digits only, folded: what two files write of the same words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def fingerprints(*, entries: Sequence[EntryRead]) -> tuple[str, ...]:
    """One for each entry, in order; equal payments of one file are told apart by their count."""
    seen: Counter[str] = Counter()
    marks = []
    for entry in entries:
        base = _base(entry)
        seen[base] += 1
        marks.append(_digest(f"{base}\x1f{seen[base]}"))
    return tuple(marks)


def movements(*, entries: Sequence[EntryRead]) -> tuple[str, ...]:
    """The bank's own booking behind each entry, as one mark, empty where the file names none.

    Parts of one booking stand in one row of the file and share the mark; equal bookings are told apart by their count.
    """
    rows: dict[str, dict[int, int]] = {}
    marks = []
    for entry in entries:
        same = rows.setdefault(entry.movement, {})
        number = same.setdefault(entry.place.row, len(same) + 1)
        marks.append(_digest(f"{entry.movement}\x1f{number}") if entry.movement else "")
    return tuple(marks)


def _base(entry: EntryRead) -> str:
    reference = normalised(entry.bank_reference)
    if reference:
        told = f"ref:{reference}"
    else:
        told = "text:" + normalised("".join((entry.payer, entry.payer_account, *entry.references, entry.text)))
    parts = (normalised(entry.account), entry.booked_on, entry.value_on, entry.currency, f"{entry.value:.5f}", told)
    return "\x1f".join(str(part) for part in parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

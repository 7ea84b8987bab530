"""What an entry says of the debt it settles: references, document numbers, and slips of the pen in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from saldo.invoicing.rules.references import Reference, find_references, is_ocr, is_rf
from saldo.receipts.rules.book import Book, canonical_reference
from saldo.receipts.rules.proposals import MoneyIn

_LEAST_NUMBER = 5  # digits and letters of a document number that stands in a text
_LEAST_REFERENCE = 5
# What Luhn's check does not see: 09 for 90, and these twins one for the other.
_UNSEEN = {"09": "90", "90": "09", "22": "55", "55": "22", "33": "66", "66": "33", "44": "77", "77": "44"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found. Items of the book are named by key, strongest first, each once.

    ``referred``: by a reference with a right check digit. ``numbered``: by a document number, which has none.
    ``shared``: items of one debtor under one reference, so that the reference names the debtor. ``settled``: named,
    but nothing is open on them. ``foreign``: right check digits, but none of ours. ``broken``: a wrong check digit.
    """

    referred: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    is_in_text: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Open items that the payer names one by one."""
        return tuple(dict.fromkeys((*self.referred, *self.numbered)))


def gather(entry: MoneyIn, book: Book) -> Evidence:
    """Read an entry's references and its text against the book."""
    finds = _Finds(book)
    for said in entry.references:
        finds.take_structured(said)
    is_structured = bool(finds.referred or finds.shared)
    for found in find_references(entry.text) if entry.text else ():
        finds.take_found(found, entry.text)
    return finds.evidence(is_in_text=not is_structured)


class _Finds:
    """Collects what is found, in order."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.referred: dict[str, None] = {}
        self.numbered: dict[str, None] = {}
        self.shared: dict[str, None] = {}
        self.settled: dict[str, None] = {}
        self.foreign: dict[str, None] = {}
        self.broken: dict[str, None] = {}

    def take_structured(self, said: str) -> None:
        """A field that the payer filled in as a reference."""
        bare = canonical_reference(said)
        if self._take_reference(bare):
            return
        if (keys := self.book.documents.get(bare)) and len(bare) >= _LEAST_NUMBER:
            self._sort(keys, self.numbered)
        elif len(bare) >= _LEAST_REFERENCE and (is_ocr(bare) or is_rf(bare)):
            self.foreign[bare] = None
        elif len(bare) >= _LEAST_REFERENCE and (bare.isdigit() or bare.startswith("RF")):
            self.broken[bare] = None
        else:
            for found in find_references(said):
                self.take_found(found, said)

    def take_found(self, found: Reference, text: str) -> None:
        """Something in a text; it counts only where it names an item."""
        if found.kind != "number":
            self._take_reference(found.value)
        elif len(found.value) >= _LEAST_NUMBER and found.value not in self.book.references:
            keys = self.book.documents.get(found.value)
            if keys and not _reads_as_day(found.value, text):
                self._sort(keys, self.numbered)

    def _take_reference(self, bare: str) -> bool:
        keys = self.book.references.get(bare)
        if not keys:
            return False
        self._sort(keys, self.referred if len(keys) == 1 else self.shared)
        return True

    def _sort(self, keys: Iterable[str], kind: dict[str, None]) -> None:
        for key in keys:
            (kind if self.book.open[key] else self.settled)[key] = None

    def evidence(self, *, is_in_text: bool) -> Evidence:
        """What was collected."""
        return Evidence(
            referred=tuple(self.referred),
            numbered=tuple(key for key in self.numbered if key not in self.referred),
            shared=tuple(self.shared),
            settled=tuple(self.settled),
            foreign=tuple(self.foreign),
            broken=tuple(self.broken),
            is_in_text=is_in_text,
        )


def slips_of(reference: str) -> Iterator[str]:
    """Every reference that one slip makes of this one: a digit changed, lost or too many, or two neighbours swapped."""
    for place in range(len(reference)):
        before, letter, after = reference[:place], reference[place], reference[place + 1 :]
        yield before + after
        for other in "0123456789":
            yield before + other + letter + after
            if other != letter:
                yield before + other + after
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:]


def unseen_slips_of(reference: str) -> Iterator[str]:
    """Slips after which Luhn's check digit is still right."""
    for place in range(len(reference) - 1):
        other = _UNSEEN.get(reference[place : place + 2])
        if other:
            yield reference[:place] + other + reference[place + 2 :]


def near_items(broken: Iterable[str], book: Book) -> frozenset[str]:
    """Items that a payer may have meant who made one slip in a reference or a document number."""
    found: set[str] = set()
    for reference in broken:
        for near in slips_of(reference):
            found.update(book.references.get(near, ()))
            found.update(book.documents.get(near, ()))
    return frozenset(found)


def _reads_as_day(number: str, text: str) -> bool:
    """Eight digits may be a day as well as the document 2026-0512; written as a day they name nothing."""
    if len(number) != 8 or not number.isdigit() or not _is_day(number):
        return False
    year, month, day = number[:4], number[4:6], number[6:]
    return re.search(rf"(?<!\d){year}(?P<sign>[-./ ]?){month}(?P=sign){day}(?!\d)", text) is not None


def _is_day(number: str) -> bool:
    try:
        day = date(int(number[:4]), int(number[4:6]), int(number[6:]))
    except ValueError:
        return False
    return 1990 <= day.year <= 2090

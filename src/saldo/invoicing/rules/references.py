"""Payment references: made so that a slip of the pen shows, and found again in what a bank writes.

Swedish OCR: the number's digits and a Luhn check digit (Bankgirot's hard level), with or without a length digit.
Elsewhere ISO 11649: ``RF``, two check digits (mod 97, as in an IBAN) and up to 21 letters and digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from saldo.core.problems import Refused

OCR_LENGTH = 25
RF_LENGTH = 25
RF_BODY_LENGTH = RF_LENGTH - 4
_FEWEST_DIGITS = 3  # fewer are a day or a quantity, and would be found everywhere
_MOST_WORDS = 60  # a bank's text has 140 characters; a longer one is searched at its beginning
_WIDEST_NUMBER = 4  # words that one document number may be broken into
_WORD = re.compile(r"[A-Z0-9]+")
_PIECE = re.compile(r"[0-9]+|[A-Z]+")  # a bank also writes OCR202604716


class UnableToMakeReference(Refused):
    """A number from which no reference can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something in a text that may be a reference: its kind and its canonical form.

    ``rf`` and ``ocr`` have right check digits; ``number`` may be a document's number (compare with ``bare_number``).
    """

    kind: Literal["rf", "ocr", "number"]
    value: str


def ocr_reference(*, number: str, has_length_digit: bool = False) -> str:
    """The Swedish OCR reference of a document's number: ``2026-0471`` is ``202604716``.

    Leading zeros go, as banks add and drop them. The length digit stands before the check digit and counts all.
    Refuses (UnableToMakeReference) a number without digits and one of more than 25 digits with its checks.
    """
    digits = "".join(re.findall(r"[0-9]", number)).lstrip("0")
    if not digits:
        raise UnableToMakeReference(code="invoicing.reference.no-digits", facts={"number": number})
    length = len(digits) + (2 if has_length_digit else 1)
    if length > OCR_LENGTH:
        raise UnableToMakeReference(code="invoicing.reference.too-long", facts={"number": number, "most": OCR_LENGTH})
    if has_length_digit:
        digits += str(length % 10)
    return digits + _luhn_digit(digits)


def rf_reference(*, text: str) -> str:
    """The ISO 11649 reference of a text, without blanks: ``2026-0471`` is ``RF4020260471``.

    Refuses (UnableToMakeReference) a text without letters or digits and one of more than 21 of them.
    """
    body = bare_number(text)
    if not body:
        raise UnableToMakeReference(code="invoicing.reference.no-digits", facts={"number": text})
    if len(body) > RF_BODY_LENGTH:
        raise UnableToMakeReference(code="invoicing.reference.too-long", facts={"number": text, "most": RF_BODY_LENGTH})
    return f"RF{98 - _mod_97(body + 'RF00'):02d}{body}"


def is_ocr(text: str, *, has_length_digit: bool = False) -> bool:
    """Whether a text is a whole OCR reference with a right check digit, and length digit where one is agreed."""
    if not re.fullmatch(r"[0-9]{2,25}", text) or _luhn_digit(text[:-1]) != text[-1]:
        return False
    return not has_length_digit or (len(text) > 2 and int(text[-2]) == len(text) % 10)


def is_rf(text: str) -> bool:
    """Whether a text is a whole ISO 11649 reference with right check digits; blanks and case do not matter."""
    bare = re.sub(r"\s", "", text).upper()
    return bool(re.fullmatch(r"RF[0-9]{2}[A-Z0-9]{1,21}", bare)) and _mod_97(bare[4:] + bare[:4]) == 1


def reference_for(*, country: str, currency: str, number: str) -> str:
    """The reference of a document by where its money arrives: OCR on a Swedish bankgiro (SEK), RF elsewhere.

    A Swedish seller's document in another currency is paid to an IBAN, where OCR means nothing.
    """
    if (country, currency) == ("SE", "SEK") and re.search(r"[1-9]", number):
        return ocr_reference(number=number)
    return rf_reference(text=number)


def written_reference(reference: str) -> str:
    """The reference as a paper shows it: RF in groups of four, OCR as one run of digits."""
    if not is_rf(reference):
        return reference
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def bare_number(number: str) -> str:
    """A document's number without what people add or leave out: letters and digits only, upper case."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", number).upper()))


def find_references(text: str) -> tuple[Reference, ...]:
    """Everything in a bank's text that may be a reference of ours, the surest kind first, each once.

    References may be broken by blanks, hyphens or lines, padded with zeros and followed by words. Whether a find is
    one of ours only the open items can say: one run of digits in ten passes Luhn's check.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text).upper())[:_MOST_WORDS]
    pieces = [piece for word in words for piece in _PIECE.findall(word)]
    found = [*_find_rf(words), *_find_ocr(pieces), *_find_numbers(words), *_find_numbers(pieces)]
    return tuple(dict.fromkeys(found))


def _find_rf(words: Sequence[str]) -> Iterator[Reference]:
    for first, word in enumerate(words):
        if word.startswith("RF"):
            # Where it ends only the check digits say; of several ends the longest is the likeliest.
            grown = [joined for joined in _grow(words[first:], RF_LENGTH) if is_rf(joined)]
            yield from (Reference(kind="rf", value=joined) for joined in reversed(grown))


def _find_ocr(words: Sequence[str]) -> Iterator[Reference]:
    for first, word in enumerate(words):
        if not word.isdigit():
            continue
        digits = words[first:]
        end = next((place for place, other in enumerate(digits) if not other.isdigit()), len(digits))
        for joined in _grow(digits[:end], OCR_LENGTH):
            bare = joined.lstrip("0")
            if len(bare) > _FEWEST_DIGITS and is_ocr(bare):
                yield Reference(kind="ocr", value=bare)


def _find_numbers(words: Sequence[str]) -> Iterator[Reference]:
    for first in range(len(words)):
        for joined in _grow(words[first : first + _WIDEST_NUMBER], RF_LENGTH):
            if sum(letter.isdigit() for letter in joined) >= _FEWEST_DIGITS:
                yield Reference(kind="number", value=joined)


def _grow(words: Sequence[str], most: int) -> Iterator[str]:
    joined = ""
    for word in words:
        joined += word
        if len(joined) > most:
            return
        yield joined


def _luhn_digit(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _mod_97(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % 97

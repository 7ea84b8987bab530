"""Names of payers as banks write them: upper case, folded to ASCII, cut short, with or without the legal form.

Each name has a whole form and a stem without the legal form. Two companies of one stem are two companies: who was
meant is then not known, and nothing here decides between them.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_CUT = 12  # letters that must be left of a name which a bank cut short
_WORD = re.compile(r"[^\W_]+")
_FORMS = {
    "AKTIEBOLAG": "AB",
    "AKTIEBOLAGET": "AB",
    "HANDELSBOLAG": "HB",
    "KOMMANDITBOLAG": "KB",
    "LIMITADA": "LTDA",
    "LIMITED": "LTD",
    "INCORPORATED": "INC",
    "CORPORATION": "CORP",
    "COMPANY": "CO",
    "GESELLSCHAFT": "GES",
}
_ENDINGS = frozenset(
    ("AB", "HB", "KB", "LTDA", "LTD", "INC", "CORP", "CO", "LLC", "GMBH", "AG", "SA", "SL", "SLP", "OY", "AS", "APS")
)
_LETTERS = str.maketrans({"Ø": "O", "Æ": "AE", "Œ": "OE", "ß": "SS", "Ł": "L", "Đ": "D", "Þ": "TH"})
_WIDE = str.maketrans({"Å": "AA", "Ä": "AE", "Ö": "OE", "Ü": "UE", "Ø": "OE", "Ñ": "NN"})
_POINTED = re.compile(r"\b(?:[A-Z]\.){2,}(?=\W|$)|\b[A-Z]/[A-Z]\b")


def fold(name: str) -> str:
    """A name in upper case, without accents and signs, its legal form in one spelling: ``NORDLUND BYGG AB``."""
    return _words(name.upper())


def foldings(name: str) -> frozenset[str]:
    """The ways in which a bank may write this name: Å as A and as AA."""
    upper = unicodedata.normalize("NFC", name).upper()
    return frozenset({_words(upper), _words(upper.translate(_WIDE))} - {""})


def stem(folded: str) -> str:
    """A folded name without its legal form; the name itself where nothing else would be left."""
    words = folded.split()
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    return " ".join(words)


def has_form(folded: str) -> bool:
    """Whether a folded name ends with a legal form."""
    return stem(folded) != folded


def is_cut_of(said: str, whole: str) -> bool:
    """Whether a bank may have cut the folded name ``whole`` down to ``said``."""
    return len(said) >= LEAST_CUT and len(said) < len(whole) and whole.startswith(said)


def _words(upper: str) -> str:
    pointed = _POINTED.sub(lambda found: found[0].replace(".", "").replace("/", "") + " ", upper)
    plain = unicodedata.normalize("NFKD", pointed.translate(_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_FORMS.get(word, word) for word in _WORD.findall(bare))

"""What people and banks do to references and names: slips, swaps, sentences, capitals, cuts. Own arithmetic only."""

from __future__ import annotations

import unicodedata
from random import Random

_BANK_WIDTH = 27
_SENTENCES = (
    "Betalning faktura {reference} tack",
    "PAYMENT INVOICE {reference} THANK YOU",
    "Ref: {reference}, Microsoft 365 maj",
    "pagamento fatura {reference}",
    "pago factura {reference} gracias",
    "/ROC/{reference}//avtal 118",
    "OCR{reference}",
    "Fakt {reference} kund 4711 2026-05-02",
)


def ocr(number: str) -> str:
    """The digits of a number with Luhn's check digit behind them."""
    digits = "".join(letter for letter in number if letter.isdigit()).lstrip("0")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{(10 - total % 10) % 10}"


def rf(number: str) -> str:
    """The ISO 11649 reference of a number."""
    body = "".join(letter for letter in number.upper() if letter.isalnum())
    figures = "".join(str(int(letter, 36)) for letter in f"{body}RF00")
    return f"RF{98 - int(figures) % 97:02d}{body}"


def one_digit_wrong(reference: str, random: Random) -> str:
    """One digit mistyped."""
    place = random.randrange(4 if reference.startswith("RF") else 0, len(reference))
    wrong = random.choice([digit for digit in "0123456789" if digit != reference[place]])
    return reference[:place] + wrong + reference[place + 1 :]


def two_digits_swapped(reference: str, random: Random) -> str:
    """Two unlike neighbours swapped; nothing where all are alike."""
    places = [place for place in range(4, len(reference) - 1) if reference[place] != reference[place + 1]]
    if not places:
        return reference[:-1]
    place = random.choice(places)
    return reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]


def one_digit_lost(reference: str, random: Random) -> str:
    """One digit left out."""
    place = random.randrange(4, len(reference))
    return reference[:place] + reference[place + 1 :]


def spaced(reference: str, random: Random) -> str:
    """Groups, as people copy them from paper; or zeros before it, as banks fill fields."""
    if random.random() < 0.5 or reference.startswith("RF"):
        return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    return reference.rjust(len(reference) + random.randrange(1, 6), "0")


def in_a_sentence(reference: str, random: Random) -> str:
    """The reference among other words and figures."""
    return random.choice(_SENTENCES).format(reference=reference)


def as_a_bank_writes(name: str, random: Random) -> str:
    """Upper case, ASCII only, sometimes cut, or with the legal form written out; sometimes as it is."""
    chance = random.random()
    if chance < 0.25:
        return name
    if chance < 0.35 and name.endswith(" AB"):
        return f"{name[:-2]}Aktiebolag"
    folded = folded_to_ascii(name).upper()
    return folded[:_BANK_WIDTH].rstrip() if chance > 0.8 else folded


def folded_to_ascii(name: str) -> str:
    """Accents gone."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if ord(letter) < 128)


def spread_out(name: str) -> str:
    """Å as AA, Ä as AE, Ö as OE, in capitals."""
    for letter, wide in (("å", "aa"), ("ä", "ae"), ("ö", "oe"), ("Å", "Aa"), ("Ä", "Ae"), ("Ö", "Oe")):
        name = name.replace(letter, wide)
    return folded_to_ascii(name).upper()

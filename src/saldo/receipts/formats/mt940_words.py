"""Field 86 of MT940: free words, or one of the structures that banks put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from saldo.receipts.formats.fields import tidy

_SLASHED = re.compile(r"/(EREF|KREF|MREF|PREF|RTRN|BENM|ORDP|NAME|IBAN|BIC|REMI|ISDT|CSID|MARF|TRTP|ADDR|ID|PURP)/")
_GERMAN = re.compile(r"\d{3}\?\d\d", re.ASCII)
_MARKED = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+", re.ASCII)
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Who paid and what for, as far as the words are structured; else all of them as text."""

    payer: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""


def read_words(told: list[str], supplement: list[str]) -> Words:
    """The words of field 86 and the second line of field 61."""
    joined = "".join(line.rstrip("\r\n") for line in told)
    if _GERMAN.match(joined):
        return _german(joined, "?")
    if re.match(r"\d{3}>", joined):
        return _german(joined, ">")
    if len(_SLASHED.findall(joined)) > 1 or joined.startswith("/"):
        return _slashed(joined)
    return Words(text=tidy(" ".join((*told, *supplement))))


def _german(text: str, mark: str) -> Words:
    parts: dict[str, str] = {}
    for piece in text[3:].split(mark):
        parts[piece[:2]] = parts.get(piece[:2], "") + piece[2:]
    words = "".join(value for key, value in sorted(parts.items()) if key[:1] in ("2", "6"))
    found = _MARKED.split(words)
    marked = dict(zip(found[1::2], found[2::2], strict=False))
    references = tuple(value for key in ("EREF", "KREF") if (value := marked.get(key, "").strip()))
    account = (marked.get("IBAN") or parts.get("31") or parts.get("10", "")).strip()
    return Words(
        payer=tidy(parts.get("32", "") + parts.get("33", "")),
        payer_account=account,
        references=tuple(reference for reference in references if reference not in _NO_REFERENCE),
        text=tidy(marked.get("SVWZ") or words),
    )


def _slashed(text: str) -> Words:
    found = _SLASHED.split(text)
    parts: dict[str, str] = {}
    for key, value in zip(found[1::2], found[2::2], strict=False):
        parts.setdefault(key, value.strip("/ "))
    reference = parts.get("EREF", "")
    return Words(
        payer=tidy(parts.get("NAME", "")),
        payer_account=parts.get("IBAN", "").replace(" ", ""),
        references=() if reference in _NO_REFERENCE else (tidy(reference),),
        text=tidy(parts.get("REMI", "") or found[0] or text),
    )

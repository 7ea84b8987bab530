"""Numbers that states, registers and banks give out: held against their own check digits by python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stdnum import bic, ean, iban, luhn
from stdnum.br import cnpj, cpf
from stdnum.cn import uscc
from stdnum.dk import cvr
from stdnum.es import nif
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.fi import ytunnus
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr, personnummer
from stdnum.us import ein
from stdnum.util import get_cc_module

_Check = Callable[[str], str]
Checked = tuple[str, str | None]
"""A number as it is written down, and the code of what is wrong with it, or None."""

_PREFIXES = {"GR": "EL"}
_REGISTERS: dict[str, tuple[_Check, ...]] = {
    "SE": (orgnr.validate, personnummer.validate),
    "NO": (no_orgnr.validate,),
    "DK": (cvr.validate,),
    "FI": (ytunnus.validate,),
    "BR": (cnpj.validate, cpf.validate),
    "CN": (uscc.validate,),
    "ES": (nif.validate,),
    "US": (ein.validate,),
}
_SCHEMES: dict[str, _Check] = {"0007": orgnr.validate, "0088": ean.validate, "0192": no_orgnr.validate}
_PARTICIPANT = re.compile(r"(\d{4}):([!-~]{1,135})")
_LONGEST = 40


def check_vat_id(*, country: str, said: str) -> Checked:
    """A VAT id by the rules of the state whose letters it begins with, else of ``country``.

    In the Union it is kept with its letters, elsewhere as that country writes it. A country without known rules
    takes what is written. Codes: parties.number.bad-length, .bad-checksum, .bad-format, .bad-component.
    """
    text = _plain(said)
    if not text:
        return "", None
    text = _PREFIXES.get(text[:2], text[:2]) + text[2:]
    is_of_union = text[:2].isalpha() and _is_union(text[:2].lower())
    if _is_union(country.lower()):
        text = text if is_of_union else _PREFIXES.get(country, country) + text
        return _first_that_fits(text, (eu_vat.validate,))
    of_country: tuple[_Check, ...] = {"BR": (cnpj.validate, cpf.validate)}.get(country) or _known(country)
    # Elsewhere such letters may be the number's own: a Mexican one can begin with BE.
    return _first_that_fits(text, (eu_vat.validate, *of_country) if is_of_union else of_country)


def check_registration(*, country: str, said: str) -> Checked:
    """An organisation number by its register's rules: Swedish, Norwegian, Danish, Finnish, Brazilian, Chinese …

    A register without known rules takes what is written. Codes: as `check_vat_id`.
    """
    text = " ".join(said.split())
    if not text:
        return "", None
    return _first_that_fits(text, _REGISTERS.get(country, ()))


def check_participant(said: str) -> Checked:
    """An electronic address of the Peppol network, scheme and number: ``0007:5567321707``. Codes: as `check_vat_id`."""
    text = said.strip()
    if not text:
        return "", None
    found = _PARTICIPANT.fullmatch(text)
    if not found:
        return text, "parties.number.bad-format"
    scheme, number = found.groups()
    checked, fault = _first_that_fits(number, (_SCHEMES[scheme],) if scheme in _SCHEMES else ())
    return f"{scheme}:{checked}", fault


def check_iban(said: str) -> Checked:
    """An international account number. Codes: as `check_vat_id`."""
    return _first_that_fits(_plain(said), (iban.validate,)) if said.strip() else ("", None)


def check_bic(said: str) -> Checked:
    """A bank's own code. Codes: as `check_vat_id`."""
    return _first_that_fits(_plain(said), (bic.validate,)) if said.strip() else ("", None)


def check_bankgiro(said: str) -> Checked:
    """A Swedish bankgiro number: seven or eight digits, the last one by Luhn. Codes: as `check_vat_id`."""
    digits = re.sub(r"[\s-]", "", said)
    if not digits:
        return "", None
    if not digits.isascii() or not digits.isdigit():
        return said.strip(), "parties.number.bad-format"
    if len(digits) not in (7, 8):
        return digits, "parties.number.bad-length"
    return digits, None if luhn.is_valid(digits) else "parties.number.bad-checksum"


def _first_that_fits(text: str, checks: tuple[_Check, ...]) -> Checked:
    """The number as the first check writes it; the fault is that of the first check."""
    if len(text) > _LONGEST + 100:
        return text[:_LONGEST], "parties.number.bad-length"
    faults = []
    for check in checks:
        try:
            return check(text), None
        except ValidationError as wrong:
            faults.append(_code_of(wrong))
    return text, faults[0] if faults else None


def _code_of(wrong: ValidationError) -> str:
    for kind, code in (
        (InvalidLength, "parties.number.bad-length"),
        (InvalidChecksum, "parties.number.bad-checksum"),
        (InvalidFormat, "parties.number.bad-format"),
    ):
        if isinstance(wrong, kind):
            return code
    return "parties.number.bad-component"


def _is_union(prefix: str) -> bool:
    return prefix in eu_vat.MEMBER_STATES or prefix in {"el", "xi"}


def _known(country: str) -> tuple[_Check, ...]:
    module: Any = get_cc_module(country, "vat") if country else None
    return (module.validate,) if module else ()


def _plain(said: str) -> str:
    return "".join(said.split()).upper()

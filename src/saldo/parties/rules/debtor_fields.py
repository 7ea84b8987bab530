"""What may be written down of a debtor, of ourselves and of a bank account, and what is wrong with what was said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from babel import Locale

from saldo.core.identity import LANGUAGES
from saldo.parties.rules.addresses import is_address
from saldo.parties.rules.registrations import (
    Checked,
    check_bankgiro,
    check_bic,
    check_iban,
    check_participant,
    check_registration,
    check_vat_id,
)

DEBTOR_TEXTS = (
    *("name", "country", "street", "postcode", "city", "region"),
    *("vat_id", "registration", "electronic_address", "language", "segment", "zone"),
)
PARTICULARS_TEXTS = (
    *("legal_name", "street", "postcode", "city", "region", "vat_id", "registration"),
    *("electronic_address", "email", "phone", "website", "language"),
)
F_TAX_COUNTRY = "SE"
"""Where papers must say that the seller is approved for F-tax (mervärdesskattelag and skatteförfarandelag)."""

_LONGEST = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_ACCOUNT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """What is wrong with one field: its name, the public code of why, and what was said."""

    field: str
    code: str
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Fields as they are to be written, and what is wrong with some of them; with a fault, nothing is written."""

    values: Mapping[str, Any]
    faults: tuple[FieldFault, ...] = ()


def read_debtor(*, said: Mapping[str, Any], country: str = "") -> Fields:
    """A debtor's fields out of what a form, a sheet or a program says; ``country`` is the one it has already.

    Fields left out are left alone. ``emails`` are (name, address) pairs.
    """
    texts = {name: value for name, value in said.items() if name not in {"emails", "is_active", "parent"}}
    read = _read_texts(texts, DEBTOR_TEXTS, country)
    values, faults = dict(read.values), list(read.faults)
    if values.get("name", "x") == "":
        faults.append(FieldFault(field="name", code="parties.field.empty"))
    for name in said.keys() & {"is_active", "parent"}:
        values[name] = said[name]
    if "emails" in said:
        pairs = [(str(name).strip(), str(address).strip()) for name, address in said["emails"]]
        values["emails"] = pairs
        faults += [
            FieldFault(field="emails", code="parties.field.bad-address", seen=address)
            for _, address in pairs
            if not is_address(address)
        ]
        faults += [
            FieldFault(field="emails", code="parties.field.bad-text", seen=_CONTROL.sub(" ", name)[:80])
            for name, _ in pairs
            if not is_plain(name)
        ]
    return Fields(values=values, faults=tuple(faults))


def read_particulars(*, said: Mapping[str, Any], country: str) -> Fields:
    """What our own papers are to say of us. Fields left out are left alone."""
    read = _read_texts({name: text for name, text in said.items() if name != "has_f_tax"}, PARTICULARS_TEXTS, country)
    values, faults = dict(read.values), list(read.faults)
    if "has_f_tax" in said:
        values["has_f_tax"] = bool(said["has_f_tax"]) and country == F_TAX_COUNTRY
    if read.values.get("legal_name", "x") == "":
        faults.append(FieldFault(field="legal_name", code="parties.field.empty"))
    if read.values.get("language", "x") == "":
        faults.append(FieldFault(field="language", code="parties.field.empty"))
    email = read.values.get("email", "")
    if email and not is_address(email):
        faults.append(FieldFault(field="email", code="parties.field.bad-address", seen=email))
    return Fields(values=values, faults=tuple(faults))


def read_account(*, said: Mapping[str, str]) -> Fields:
    """A bank account: code, owner, name, currency, and at least one of IBAN, bankgiro and number."""
    values = {name: " ".join(text.split()) for name, text in said.items()}
    checks: dict[str, Callable[[str], Checked]] = {"iban": check_iban, "bic": check_bic, "giro": check_bankgiro}
    faults = []
    for name, check in checks.items():
        values[name], code = check(values.get(name, ""))
        faults += [FieldFault(field=name, code=code, seen=values[name])] if code else []
    for name, form in (("code", _ACCOUNT_CODE), ("currency", _CURRENCY)):
        if not form.fullmatch(values.get(name, "")):
            faults.append(FieldFault(field=name, code="parties.number.bad-format", seen=values.get(name, "")))
    faults += [FieldFault(field=n, code="parties.field.empty") for n in ("owner", "name") if not values.get(n)]
    if not any(values.get(name) for name in ("iban", "giro", "number")):
        faults.append(FieldFault(field="iban", code="parties.bank-account.no-number"))
    return Fields(values=values, faults=tuple(faults))


def is_plain(text: str) -> bool:
    """Whether a text is of a length that people write, and nothing in it that no database or paper takes."""
    return len(text) <= _LONGEST and not _CONTROL.search(text)


def find_ring(*, parents: Mapping[str, str], debtor: str, parent: str) -> tuple[str, ...]:
    """The ring that arises when ``parent`` pays for ``debtor``, from debtor to debtor; () when there is none."""
    path = [debtor]
    following: str | None = parent
    while following is not None and following not in path:
        path.append(following)
        following = parents.get(following)
    return (*path, debtor) if following == debtor else ()


def _read_texts(said: Mapping[str, Any], known: tuple[str, ...], country: str) -> Fields:
    values = {name: str(text).strip() for name, text in said.items() if name in known}
    faults = [FieldFault(field=name, code="parties.field.unknown", seen=name) for name in said if name not in known]
    for name, text in values.items():
        if not is_plain(text):
            faults.append(FieldFault(field=name, code="parties.field.bad-text", seen=_CONTROL.sub(" ", text)[:80]))
    if "country" in values:
        values["country"] = country = values["country"].upper()
        if country and not _is_country(country):
            faults.append(FieldFault(field="country", code="parties.field.bad-country", seen=country))
    if values.get("language") and values["language"] not in LANGUAGES:
        faults.append(FieldFault(field="language", code="parties.field.bad-language", seen=values["language"]))
    if values.get("zone") and values["zone"] not in available_timezones():
        faults.append(FieldFault(field="zone", code="parties.field.bad-zone", seen=values["zone"]))
    return Fields(values=values, faults=tuple([*faults, *_check_numbers(values, country)]))


def _check_numbers(values: dict[str, Any], country: str) -> list[FieldFault]:
    """Put each number as it is written down, and say what is wrong with it."""
    checked: dict[str, Checked] = {}
    if "vat_id" in values:
        checked["vat_id"] = check_vat_id(country=country, said=values["vat_id"])
    if "registration" in values:
        checked["registration"] = check_registration(country=country, said=values["registration"])
    if "electronic_address" in values:
        checked["electronic_address"] = check_participant(values["electronic_address"])
    values.update({name: text for name, (text, _) in checked.items()})
    return [FieldFault(field=name, code=code, seen=text) for name, (text, code) in checked.items() if code]


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY and code in Locale("en").territories

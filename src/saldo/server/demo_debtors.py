"""Where the demo's customers live and who reads their invoices: invented streets and people, addresses nobody has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from saldo.core.identity import CompanyId

WITHOUT_ADDRESS = 7
"""The place, by name, of the one debtor that nobody gave a mail address: its invoices wait for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Country:
    """What addresses look like somewhere: the language of papers, streets, places as (postcode, city, region)."""

    language: str
    mailbox: str
    streets: Sequence[str]
    places: Sequence[tuple[str, str, str]]
    people: Sequence[str]


_COUNTRIES = {
    "SE": _Country(
        language="sv",
        mailbox="faktura",
        streets=("Hamngatan {}", "Björkvägen {}", "Kyrkogatan {}", "Industrigatan {}"),
        places=(
            ("831 31", "Östersund", ""),
            ("852 32", "Sundsvall", ""),
            ("903 26", "Umeå", ""),
            ("972 38", "Luleå", ""),
        ),
        people=("Annika Sjödin", "Per Wallin", "Gunilla Norberg", "Jonas Hedman"),
    ),
    "US": _Country(
        language="en",
        mailbox="invoices",
        streets=("{} Mill Road", "{} Harbor Street", "{} Second Avenue"),
        places=(("04101", "Portland", "ME"), ("55802", "Duluth", "MN"), ("59801", "Missoula", "MT")),
        people=("Grace Okafor", "Daniel Reyes", "Megan Holt"),
    ),
    "BR": _Country(
        language="pt-BR",
        mailbox="financeiro",
        streets=("Rua das Palmeiras, {}", "Avenida Central, {}", "Rua do Comércio, {}"),
        places=(
            ("88010-400", "Florianópolis", "SC"),
            ("30130-010", "Belo Horizonte", "MG"),
            ("80010-000", "Curitiba", "PR"),
        ),
        people=("Juliana Prado", "Marcos Teixeira", "Beatriz Nogueira"),
    ),
    "ES": _Country(
        language="es",
        mailbox="facturas",
        streets=("Calle del Olivo, {}", "Avenida del Puerto, {}", "Calle Real, {}"),
        places=(("41001", "Sevilla", ""), ("50003", "Zaragoza", ""), ("15003", "A Coruña", "")),
        people=("Elena Vidal", "Javier Montes", "Carmen Rueda"),
    ),
    "CN": _Country(
        language="zh-Hans",
        mailbox="caiwu",
        streets=("滨江路{}号", "科技园路{}号", "人民中路{}号"),
        places=(("200001", "上海", ""), ("310003", "杭州", "浙江"), ("518000", "深圳", "广东")),
        people=("陈静", "王磊", "周敏"),
    ),
}


def give_addresses(*, company: CompanyId, by: str, at: datetime, seed: int) -> None:
    """Make a debtor of each customer, with a street, a person and a mail address; one has none. Again: nothing new."""
    from saldo.parties.billing_actions import edit_debtor, ensure_debtors
    from saldo.parties.company import company_context
    from saldo.parties.debtors import list_debtors

    random = Random(seed)
    with company_context(company):
        ensure_debtors(company=company, at=at, by=by)
        for place, debtor in enumerate(list_debtors(company=company)):
            country = _COUNTRIES.get(debtor.country)
            if country is None or debtor.street:
                continue
            changes = _address(country, debtor.number, debtor.name, random)
            if place == WITHOUT_ADDRESS:
                changes["emails"] = ()
            edit_debtor(company=company, number=debtor.number, changes=changes, by=by, at=at)


def _address(country: _Country, number: str, name: str, random: Random) -> dict[str, Any]:
    postcode, city, region = random.choice(country.places)
    return {
        "street": random.choice(country.streets).format(random.randrange(1, 90)),
        "postcode": postcode,
        "city": city,
        "region": region,
        "language": country.language,
        "emails": ((random.choice(country.people), f"{country.mailbox}@{_domain(name, number)}"),),
    }


def _domain(name: str, number: str) -> str:
    """A domain that nobody can own, after the first words of the name; after the number where those are Chinese."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z]{2,}", plain)
    return f"{'-'.join(words[:2]) or f'kehu{number}'}.example"

"""Invented companies of five languages: names, countries, domains. Any likeness to a real firm is chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

_STEMS = {
    "SE": ("Granviken", "Älvsunda", "Björkhaga", "Mörtnäs", "Östanfors", "Tallåsen", "Sjöhamra", "Fågelmara"),
    "US": ("Harrow Creek", "Bluestem", "Copper Lantern", "Northgate", "Pinewhistle", "Old Quarry", "Saltbrook"),
    "BR": ("Serra Dourada", "Ipê Branco", "Água Clara", "São Lino", "Jatobá", "Três Ribeiras", "Maré Alta", "Cajuí"),
    "ES": ("Peñalba", "Río Verdejo", "Almazara Sur", "Montenuño", "Castañar", "La Encinilla", "Navalagua", "Cigüeña"),
    "CN": ("云岭", "青禾", "海川", "明曦", "远山", "瑞松", "星桥", "晨溪"),
}
_TRADES = {
    "SE": ("Bygg AB", "Redovisning AB", "Sjukvård i Norr AB", "Verkstad & Söner HB", "Kommunala Bostäder", "Frakt AB"),
    "US": ("Dental Group LLC", "Logistics Inc.", "County School District", "& Daughters Attorneys", "Foods Co."),
    "BR": ("Comércio de Alimentos Ltda.", "Engenharia S.A.", "Transportes Ltda.", "Clínica Médica", "Hotelaria S.A."),
    "ES": ("Abogados S.L.P.", "Construcciones S.A.", "Cooperativa Agrícola", "Clínicas S.L.", "Logística S.L."),
    "CN": ("科技有限公司", "国际贸易（上海）有限公司", "精密制造股份有限公司", "物流有限公司", "医疗器械有限公司"),
}
_LONG = {
    "SE": "Samfällighetsföreningen {stem} Övre och Nedre med vägar, bryggor och värmecentral ekonomisk förening",
    "US": "The {stem} Regional Alliance for Watershed Stewardship, Rural Broadband and Community Health, Incorporated",
    "BR": "Associação dos Produtores Rurais, Cooperados e Amigos da Bacia Hidrográfica de {stem} e Região Sudoeste",
    "ES": "Mancomunidad Intermunicipal de Servicios, Aguas y Residuos Sólidos Urbanos de la Comarca de {stem}",
    "CN": "{stem}新能源汽车关键零部件研究开发与智能制造产业园区运营管理有限责任公司",
}
_COUNTRIES = ("SE", "SE", "SE", "US", "BR", "ES", "CN")  # a Swedish partner: most of its customers are neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer of the synthetic partner; ``id`` is its tenant GUID in lower case."""

    id: str
    name: str
    domain: str
    country: str


def guid(random: Random) -> str:
    """A GUID that the seed decides."""
    return str(UUID(int=random.getrandbits(128), version=4))


def name_customers(*, count: int, random: Random) -> list[Customer]:
    """So many customers, no two of one name; about one in twenty has a very long one."""
    taken: set[str] = set()
    customers = []
    for index in range(count):
        country = random.choice(_COUNTRIES)
        name = _name(country, random)
        while name in taken:
            name = f"{_name(country, random)} {len(taken) + 1}"
        taken.add(name)
        domain = f"customer{index + 1:05d}.onmicrosoft.example"
        customers.append(Customer(id=guid(random), name=name, domain=domain, country=country))
    return customers


def _name(country: str, random: Random) -> str:
    stem = random.choice(_STEMS[country])
    if random.random() < 0.05:
        return _LONG[country].format(stem=stem)
    joint = "" if country == "CN" else " "
    return f"{stem}{joint}{random.choice(_TRADES[country])}"

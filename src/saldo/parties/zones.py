"""In which time zone a debtor's days begin: its own, or what its country says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from babel.core import get_global

# Countries of several zones, by where most of their companies are; a debtor elsewhere says so itself.
_USUAL: Mapping[str, str] = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}


@lru_cache(maxsize=4096)
def zone_of(*, country: str, own: str, house: str) -> str:
    """The IANA name of a debtor's zone: ``own`` where one is written down, else by its country.

    ``house`` is the company's zone: it holds in its own country, and where nothing else is known.
    """
    if own:
        return own
    zones = _zones_of(country.upper())
    if not zones or house in zones:
        return house
    return zones[0] if len(zones) == 1 else _USUAL.get(country.upper(), house)


@lru_cache(maxsize=512)
def _zones_of(country: str) -> tuple[str, ...]:
    return tuple(sorted(zone for zone, land in get_global("zone_territories").items() if land == country))

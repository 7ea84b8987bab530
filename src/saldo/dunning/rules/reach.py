"""By which ways a notice can reach a debtor, and what is lacking (practice 20, lessons A 14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from saldo.dunning.rules.policy import Letter

NO_ADDRESS = "dunning.notice.no-address"
NO_OUTSIDE_ADDRESS = "dunning.notice.no-outside-address"
NO_POSTAL_ADDRESS = "dunning.notice.no-postal-address"
MICROSOFTS_OWN = (".onmicrosoft.com", ".partner.onmschina.cn", ".onmicrosoft.us")
"""Mailboxes that close with their tenant, whosever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """To whom a notice goes: ``outside`` are the recipients beyond the customer's own tenants. ``lacking``: codes."""

    recipients: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def is_inside(address: str, domains: Iterable[str]) -> bool:
    """Whether a mailbox belongs to one of these tenants, so that it closes when access stops."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    if any(f".{domain}".endswith(own) for own in MICROSOFTS_OWN):
        return True
    return any(domain == one.lower() or domain.endswith(f".{one.lower()}") for one in domains if one)


def reach(
    letter: Letter,
    channels: Sequence[str],
    *,
    addresses: Sequence[str],
    domains: Sequence[str],
    street: str,
    city: str,
) -> Reach:
    """Who gets a letter by these channels, or why it cannot go; the final notice needs a mailbox outside."""
    lacking: list[str] = []
    outside = tuple(one for one in addresses if not is_inside(one, domains))
    if "mail" in channels and not addresses:
        lacking.append(NO_ADDRESS)
    elif "mail" in channels and letter == "final-notice" and not outside:
        lacking.append(NO_OUTSIDE_ADDRESS)
    if "letter" in channels and not (street.strip() and city.strip()):
        lacking.append(NO_POSTAL_ADDRESS)
    needed = outside if letter == "final-notice" else ()
    return Reach(recipients=tuple(addresses), outside=needed, lacking=tuple(lacking))

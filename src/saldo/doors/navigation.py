"""The side bar: which pages there are, in which order, and which of them a person may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from saldo.doors.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One page of the side bar. ``key`` is what G goes there with; ``page`` its address name within ``desk``."""

    page: str
    capability: str
    icon: str
    key: str = ""
    also: tuple[str, ...] = ()
    is_of_everybody: bool = False  # about all customers at once, so not for those who may with some only

    @property
    def address(self) -> str:
        """Where it is."""
        return reverse(f"desk:{self.page}")

    @property
    def words(self) -> str:
        """The code of what it is called."""
        return f"doors.nav.{self.page}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Places under one heading; the first group has none."""

    heading: str
    places: tuple[Place, ...]


GROUPS = (
    Group(
        heading="",
        places=(
            Place(page="home", capability="buy.invoice.read", icon="home", key="h", is_of_everybody=True),
            Place(page="customers", capability="customer.read", icon="users", key="c", also=("customer",)),
        ),
    ),
    Group(
        heading="doors.nav.microsoft-charges",
        places=(
            Place(
                page="imports",
                capability="buy.invoice.read",
                icon="file-import",
                key="i",
                also=("import",),
                is_of_everybody=True,
            ),
            Place(page="compare", capability="explanation.read", icon="arrows-right-left", key="m"),
            Place(
                page="payables",
                capability="buy.invoice.read",
                icon="building-bank",
                key="y",
                also=("payable",),
                is_of_everybody=True,
            ),
        ),
    ),
    Group(
        heading="doors.nav.customer-billing",
        places=(
            Place(page="invoices", capability="sell.invoice.read", icon="file-invoice", key="n", also=("invoice",)),
            Place(page="prices", capability="price-list.read", icon="tag", key="p", also=("price-",)),
            Place(
                page="receipts",
                capability="receipt.read",
                icon="cash-banknote",
                key="b",
                also=("receipts-", "refund"),
                is_of_everybody=True,
            ),
            Place(page="debtors", capability="sell.invoice.read", icon="calendar-dollar", key="d", also=("debtor",)),
            Place(page="collections", capability="dunning.read", icon="timeline", key="w", also=("collections-",)),
            Place(page="policies", capability="dunning.read", icon="stairs", also=("policy-",), is_of_everybody=True),
        ),
    ),
    Group(
        heading="doors.nav.insight",
        places=(
            Place(page="margin", capability="margin.read", icon="scale", key="v", is_of_everybody=True),
            Place(page="cash", capability="cash.read", icon="chart-line", key="l", is_of_everybody=True),
        ),
    ),
    Group(
        heading="doors.nav.house",
        places=(
            Place(page="outbox", capability="outbox.read", icon="send", key="o", is_of_everybody=True),
            Place(
                page="opening",
                capability="opening.take-over",
                icon="history-toggle",
                also=("shadow",),
                is_of_everybody=True,
            ),
            Place(
                page="company-settings",
                capability="company.settings",
                icon="building",
                also=("company-", "bank-account-", "channel-"),
                is_of_everybody=True,
            ),
            Place(
                page="users", capability="people.manage", icon="user-cog", key="u", also=("user",), is_of_everybody=True
            ),
            Place(page="audit", capability="audit.read", icon="history", key="a", is_of_everybody=True),
        ),
    ),
)


def groups_for(visitor: Visitor) -> tuple[Group, ...]:
    """What this person may open; a missing right is never a greyed item, and no heading stands alone."""
    open_groups = (
        Group(heading=group.heading, places=tuple(place for place in group.places if _is_open(place, visitor)))
        for group in GROUPS
    )
    return tuple(group for group in open_groups if group.places)


def _is_open(place: Place, visitor: Visitor) -> bool:
    return visitor.may_everywhere(place.capability) if place.is_of_everybody else visitor.may(place.capability)


def first_place(visitor: Visitor) -> Place | None:
    """Where a person lands after sign-in; None when their role opens no page yet."""
    return next((place for group in groups_for(visitor) for place in group.places), None)


def is_here(place: Place, url_name: str) -> bool:
    """Whether the page being shown belongs to this place."""
    return url_name == place.page or url_name.startswith(tuple(f"{page}" for page in (place.page, *place.also)))

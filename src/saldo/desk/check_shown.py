"""A check of a file in words: what it asks, how it went, where it failed and by how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.urls import reverse

from saldo.charges.history import CheckSeen, DeliveryOpened, PlaceSeen, find_places
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.row_words import name_file
from saldo.parties.queries import name_customers

_ICONS = {
    "failed": ("alert-square-rounded", "ic-bad"),
    "tolerated": ("circle-dashed-check", "ic-ok"),
    "passed": ("circle-check", "ic-ok"),
    "not-run": ("minus", "dim3"),
}
_FAMILIES = {
    "sum": ("I1", "I7", "I8"),
    "row": ("I2", "I3", "I9", "I10"),
    "usage": ("I4", "I11", "I12"),
    "balance": ("I5",),
    "cycle": ("I6",),
    "halves": ("I13",),
    "rates": ("I14",),
    "estimate": ("I15",),
    "credit": ("I16",),
}
_FAMILY_OF = {code: family for family, codes in _FAMILIES.items() for code in codes}
_MONEY = frozenset({"I1", "I2", "I3", "I5", "I7", "I8", "I9", "I10", "I11"})
_SUBTRACTED = _MONEY | {"I4", "I12"}
_QUANTITY = Decimal("0.000001")
_DAY, _MONTH = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d")

Places = Mapping[tuple[str, int], PlaceSeen]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """One failed place of a check; figures only where cost is shown."""

    words: str
    under: str
    href: str
    link: str
    expected: str
    seen: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckShown:
    """One check, written."""

    words: str
    state_words: str
    figure: str
    icon: str
    icon_class: str
    is_failed: bool
    means: str
    expected_head: str
    seen_head: str
    has_difference: bool
    places: tuple[PlaceShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What a place is written with: the file on the page, what rows are about, who customers are."""

    files: frozenset[str]
    currency: str
    with_cost: bool
    places: Places
    customers: Mapping[CustomerId, str]


def show_checks(*, opened: DeliveryOpened, company: CompanyId, with_cost: bool) -> list[CheckShown]:
    """All checks of a file, failed ones first."""
    samples = [sample for check in opened.checks if check.failed for sample in _failed(check.samples)]
    places = find_places(company=company, places=[_place_of(sample) for sample in samples])
    reader = _Reader(
        files=frozenset(part.file for part in opened.parts),
        currency=opened.seen.currency,
        with_cost=with_cost,
        places=places,
        customers=name_customers(company=company, keys={place.customer for place in places.values()}),
    )
    shown = sorted((show_check(check, reader) for check in opened.checks), key=lambda check: not check.is_failed)
    said_again = {at for at, (one, following) in enumerate(pairwise(shown)) if one.means == following.means}
    return [replace(check, means="") if at in said_again else check for at, check in enumerate(shown)]


def show_check(check: CheckSeen, reader: _Reader) -> CheckShown:
    """A check in words: what it says, how it went, where it failed."""
    state = "failed" if check.failed else "tolerated" if check.tolerated else "passed" if check.passed else "not-run"
    icon, icon_class = _ICONS[state]
    family = _FAMILY_OF.get(check.code, "row")
    is_failed = state == "failed"
    return CheckShown(
        words=figures.say(check.code),
        state_words=figures.say(f"pages.imports.check.{state}"),
        figure=_figure(check, state),
        icon=icon,
        icon_class=icon_class,
        is_failed=is_failed,
        means=figures.say(f"pages.check.means.{family}") if is_failed else "",
        expected_head=figures.say(f"pages.check.expected.{family}"),
        seen_head=figures.say(f"pages.check.seen.{family}"),
        has_difference=check.code in _SUBTRACTED,
        places=tuple(_place(check.code, sample, reader) for sample in _failed(check.samples)) if is_failed else (),
    )


def _figure(check: CheckSeen, state: str) -> str:
    asked = check.passed + check.tolerated + check.failed
    if state == "failed":
        return figures.say("pages.imports.check.of", failed=figures.number(check.failed), all=figures.number(asked))
    if state == "not-run":
        return figures.say("pages.imports.check.not-run")
    return figures.say_many("pages.imports.check.all", asked)


def _failed(samples: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [sample for sample in samples if sample.get("verdict", "failed") == "failed"]


def _place_of(sample: Mapping[str, Any]) -> tuple[str, int]:
    said = sample.get("row")
    return str(sample.get("file", "")), said if isinstance(said, int) and said > 0 else 0


def _place(code: str, sample: Mapping[str, Any], reader: _Reader) -> PlaceShown:
    file, row = _place_of(sample)
    place = reader.places.get((file, row))
    words, under = _about(code, sample, place, reader)
    link = _link(file, row, place, reader) if row else ""
    expected, seen = _exact(sample.get("expected")), _exact(sample.get("seen"))
    difference = _Difference(code, expected, seen, reader.currency) if reader.with_cost else None
    return PlaceShown(
        words=words or link,
        under=under,
        link=link if words else "",
        href=reverse("desk:import-row", args=[file, row]) if row and file and reader.with_cost else "",
        expected=difference.write(expected, sample.get("expected")) if difference else "",
        seen=difference.write(seen, sample.get("seen")) if difference else "",
        difference=difference.write((seen or Decimal(0)) - (expected or Decimal(0)), None) if difference else "",
    )


def _about(code: str, sample: Mapping[str, Any], place: PlaceSeen | None, reader: _Reader) -> tuple[str, str]:
    """Whom a place is about, and what; where that is known from the row."""
    if place is not None and place.customer:
        return reader.customers.get(place.customer, place.customer), place.product
    group = str(sample.get("group") or "")
    if _FAMILY_OF.get(code) == "usage" and group:
        return figures.say("pages.check.meter-not-billed"), group
    if _FAMILY_OF.get(code) == "rates":
        return _write_days(group), ""
    return (group, "") if _FAMILY_OF.get(code) in {"sum", "balance"} else ("", "")


def _link(file: str, row: int, place: PlaceSeen | None, reader: _Reader) -> str:
    number = figures.number(row)
    if file in reader.files or place is None:
        return figures.say("pages.row.number", row=number)
    other = name_file(place.kind, place.month, is_estimated=place.is_estimated)
    return figures.say("pages.check.row-elsewhere", row=number, file=other)


@dataclass(frozen=True, slots=True)
class _Difference:
    """Two figures of a check, written with as many digits as it takes to tell them apart, and no more."""

    code: str
    expected: Decimal | None
    seen: Decimal | None
    currency: str

    def write(self, value: Decimal | None, said: object) -> str:
        """One of the two, or their difference; nothing is said in words."""
        if value is None:
            return _write_days(str(said)) if said else figures.say("pages.check.nothing")
        if self.code in _MONEY and self.currency and self._is_visible:
            return figures.rounded(value, self.currency)
        return figures.number(value.quantize(_QUANTITY) if abs(value) < 10**20 else value)

    @property
    def _is_visible(self) -> bool:
        """Whether the two still differ when they are rounded to the currency."""
        both = [round_half_up(value or Decimal(0), self.currency) for value in (self.expected, self.seen)]
        return both[0] != both[1]


def _exact(said: object) -> Decimal | None:
    try:
        value = Decimal(str(said))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _write_days(text: str) -> str:
    """Days and months inside a text, as the reader writes them; two days are a period."""
    words = text.split()
    days = [date.fromisoformat(word) for word in words if _DAY.fullmatch(word)]
    if words and len(days) == len(words):
        return figures.period(days[0], days[-1])
    return " ".join(figures.month(Month.parse(word)) if _MONTH.fullmatch(word) else word for word in words)


def badges(checks: Sequence[CheckSeen]) -> list[dict[str, str]]:
    """How many failed, passed and were tolerated; what there is none of is left out."""
    failed = sum(1 for check in checks if check.failed)
    tolerated = sum(1 for check in checks if not check.failed and check.tolerated)
    passed = sum(1 for check in checks if check.passed and not check.failed and not check.tolerated)
    found = (("bad", "failed", failed), ("ok", "passed", passed), ("plain", "tolerated", tolerated))
    return [
        {"kind": kind, "words": figures.say_many(f"pages.imports.badge.{name}", count)}
        for kind, name, count in found
        if count
    ]

"""How a sale of services to a debtor is taxed on a day: rate, category and the reason, or a refusal; never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from saldo.agreements.rules.exchange import Rate, Rates, convert, round_exact
from saldo.agreements.rules.tax_rates import EU, STANDARD, RateRow
from saldo.core.money import ZERO
from saldo.core.problems import Refused

TreatmentCode = Literal["standard", "reverse-charge", "export", "exempt", "outside-scope"]
Category = Literal["S", "AE", "G", "E", "O", "Z"]

TREATMENTS: tuple[TreatmentCode, ...] = ("standard", "reverse-charge", "export", "exempt", "outside-scope")
_CATEGORIES: Mapping[TreatmentCode, Category] = {
    "standard": "S",
    "reverse-charge": "AE",
    "export": "G",
    "exempt": "E",
    "outside-scope": "O",
}
_PERCENT = 100


class UnableToTreat(Refused):
    """No rate is known for the place: the line is held (agreements.tax.unknown)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxProfile:
    """What is agreed and proven about a debtor's tax from a day on."""

    debtor: str
    starts_on: date
    treatment: TreatmentCode
    region: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    withholding: Decimal = ZERO  # per cent of the net that the debtor keeps back for the tax office


class TaxFacts(NamedTuple):
    """What a treatment depends on at the buyer."""

    country: str
    vat_id_is_valid: bool  # its form and check digits, for a country of the Union
    profile: TaxProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """The tax of a line. ``category`` is that of EN 16931; ``problem`` names what is missing at the debtor, or ""."""

    code: TreatmentCode
    category: Category
    percent: Decimal
    country: str  # whose rate it is; "" where no tax is charged
    region: str
    reason: str  # dotted code
    certificate: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TaxBook:
    """Rates by place, a company's own first, and the profiles of its debtors."""

    own: Mapping[tuple[str, str], tuple[RateRow, ...]]
    known: Mapping[tuple[str, str], tuple[RateRow, ...]]
    profiles: Mapping[str, tuple[TaxProfile, ...]]

    @classmethod
    def of(cls, *, own: Iterable[RateRow] = (), profiles: Iterable[TaxProfile] = ()) -> TaxBook:
        """Put the company's rows beside the dated table of `tax_rates`."""
        found: dict[str, list[TaxProfile]] = {}
        for profile in profiles:
            found.setdefault(profile.debtor, []).append(profile)
        by_day = {key: tuple(sorted(rows, key=lambda one: one.starts_on)) for key, rows in found.items()}
        return cls(_by_place(own), _KNOWN, by_day)

    def profile_of(self, debtor: str, on: date) -> TaxProfile | None:
        """The debtor's profile on a day; None where nothing is agreed."""
        held = [profile for profile in self.profiles.get(debtor, ()) if profile.starts_on <= on]
        return held[-1] if held else None

    def rate_of(self, country: str, region: str, on: date) -> RateRow | None:
        """The rate of a place on a day: the company's row before the table's, the region's before the country's."""
        for place in dict.fromkeys(((country, region), (country, ""))):
            for rows in (self.own, self.known):
                held = [row for row in rows.get(place, ()) if row.starts_on <= on]
                if held:
                    return held[-1]
        return None


def treat(seller_country: str, buyer: TaxFacts, *, on: date, book: TaxBook) -> Treatment:
    """How services to this buyer are taxed on a day.

    Refuses (UnableToTreat): agreements.tax.unknown, where no rate is known for the seller's place.
    """
    profile, country = buyer.profile, (buyer.country or seller_country).upper()
    is_domestic = country == seller_country
    rate = _Rate(book, seller_country, profile.region if profile and is_domestic else "", on)
    if profile is not None and profile.treatment != "standard":
        return _agreed(profile, buyer, rate, is_domestic=is_domestic)
    if is_domestic or profile is not None:
        return rate.treatment(f"agreements.tax.{'domestic' if is_domestic else 'agreed'}")
    if country in EU and seller_country in EU:
        if buyer.vat_id_is_valid:
            return _untaxed("reverse-charge", "agreements.tax.reverse-charge")
        return rate.treatment("agreements.tax.no-vat-id")
    return _untaxed("export", "agreements.tax.export")


def _agreed(profile: TaxProfile, buyer: TaxFacts, rate: _Rate, *, is_domestic: bool) -> Treatment:
    """A treatment that a profile names, as far as its proof holds on the day.

    No state of the Union lets a buyer of such services account for the tax of a seller of the same state (Directive
    2006/112/EC art. 196 and 199a).
    """
    problem, on = "", rate.on
    if profile.treatment == "reverse-charge" and is_domestic:
        problem = "agreements.tax.own-country"
    elif profile.treatment == "reverse-charge" and not buyer.vat_id_is_valid:
        problem = "agreements.tax.vat-id-invalid"
    elif profile.treatment == "exempt" and not profile.certificate:
        problem = "agreements.tax.certificate-missing"
    elif profile.treatment == "exempt" and profile.certificate_until and profile.certificate_until < on:
        problem = "agreements.tax.certificate-expired"
    if problem:
        return rate.treatment("agreements.tax.unproven", problem)
    return _untaxed(profile.treatment, f"agreements.tax.{profile.treatment}", profile.certificate)


class _Rate(NamedTuple):
    """The seller's own rate, looked up only where it is charged."""

    book: TaxBook
    country: str
    region: str
    on: date

    def treatment(self, reason: str, problem: str = "") -> Treatment:
        row = self.book.rate_of(self.country, self.region, self.on)
        if row is None:
            facts = {"country": self.country, "region": self.region, "on": self.on.isoformat()}
            raise UnableToTreat(code="agreements.tax.unknown", facts=facts)
        return Treatment(
            code="standard",
            category="S" if row.percent else "Z",
            percent=row.percent,
            country=self.country,
            region=row.region,
            reason=reason,
            problem=problem,
        )


def _untaxed(code: TreatmentCode, reason: str, certificate: str = "") -> Treatment:
    return Treatment(
        code=code,
        category=_CATEGORIES[code],
        percent=ZERO,
        country="",
        region="",
        reason=reason,
        certificate=certificate,
    )


class TaxShown(NamedTuple):
    """Tax in the seller's own currency, as it stands on an invoice in another (rate and its day included)."""

    amount: Decimal
    currency: str
    rate: Rate


def tax_in_own_currency(*, tax: Decimal, currency: str, own_currency: str, rates: Rates, on: date) -> TaxShown | None:
    """What a foreign-currency invoice says of its tax in the seller's currency; None where it is one currency.

    Refuses (UnableToConvert): as `Rates.cross`.
    """
    if currency == own_currency:
        return None
    rate = rates.cross(currency, own_currency, on)
    return TaxShown(round_exact(convert(Fraction(tax), rate), own_currency), own_currency, rate)


def withheld(*, net: Decimal, profile: TaxProfile | None, currency: str) -> Decimal:
    """What the debtor is expected to keep back from an invoice, by its profile (practice 15)."""
    percent = profile.withholding if profile else ZERO
    return round_exact(Fraction(net) * Fraction(percent) / _PERCENT, currency)


def _by_place(rows: Iterable[RateRow]) -> dict[tuple[str, str], tuple[RateRow, ...]]:
    found: dict[tuple[str, str], list[RateRow]] = {}
    for row in rows:
        found.setdefault((row.country, row.region), []).append(row)
    return {place: tuple(sorted(rows, key=lambda row: row.starts_on)) for place, rows in found.items()}


_KNOWN = _by_place(STANDARD)

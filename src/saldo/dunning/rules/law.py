"""What the law lets a creditor ask for, by jurisdiction, kind of debtor and day, each row with its source.

Rows come from reference 3.5. A row whose source nobody has read (`verified` false) carries neither fee nor interest,
and a jurisdiction without a row carries none (practice 24); the United States begin with none. Nothing here is a
minimum that a customer owes: it is the most that a policy may ask for without looking at a contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from saldo.dunning.rules.policy import Letter

DebtorKind = Literal["business", "consumer", "public"]
InterestKind = Literal["none", "reference-plus", "monthly", "daily"]
DayCount = Literal["actual-365", "thirty-a-month"]
FeeKind = Literal["reminder", "collection-letter", "compensation", "penalty"]

REMINDERS: frozenset[Letter] = frozenset({"reminder", "second-reminder"})
COLLECTION_LETTERS: frozenset[Letter] = frozenset({"formal-notice", "final-notice"})
LETTERS_WITH: Mapping[FeeKind, frozenset[Letter]] = {
    "reminder": REMINDERS,
    "collection-letter": COLLECTION_LETTERS,
    "compensation": REMINDERS | COLLECTION_LETTERS,
    "penalty": REMINDERS | COLLECTION_LETTERS,
}
NOTICE_FIELDS = (
    *("creditor", "debtor", "invoice", "due-date", "principal", "interest", "fees", "total"),
    *("pay-by", "payment-details", "how-to-object"),
)
"""What every formal notice tells, whatever the law: amounts split, until when, and how to object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRule:
    """A fee that may be asked for once per claim: an amount, or a part of the claim where ``most_percent`` says so."""

    kind: FeeKind
    most: Mapping[str, Decimal] | None = None
    most_percent: Decimal | None = None
    needs_clause: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRow:
    """One rule in force from a day until the next row of the same jurisdiction and kind of debtor.

    ``margin``: percentage points above the reference rate a year, or the whole rate a month or a day.
    """

    jurisdiction: str
    valid_from: date
    source: str
    verified: bool
    debtor: DebtorKind = "business"
    most_term_days: int | None = None
    interest: InterestKind = "none"
    reference: str = ""
    margin: Decimal = Decimal(0)
    interest_needs_clause: bool = False
    day_count: DayCount = "actual-365"
    fees: tuple[FeeRule, ...] = ()
    notice_fields: tuple[str, ...] = NOTICE_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRate:
    """A reference rate in per cent a year, fixed for the half-year that begins on ``valid_from``."""

    code: str
    valid_from: date
    percent: Decimal
    source: str
    verified: bool


_FORTY_EUROS = FeeRule(kind="compensation", most={"EUR": Decimal("40.00")})

LAW: tuple[LawRow, ...] = (
    LawRow(
        jurisdiction="EU",
        valid_from=date(2013, 3, 16),
        source="Directive 2011/7/EU, EUR-Lex mi0074",
        verified=True,
        most_term_days=60,
        interest="reference-plus",
        reference="ECB",
        margin=Decimal(8),
        fees=(_FORTY_EUROS,),
    ),
    LawRow(
        jurisdiction="SE",
        valid_from=date(2013, 3, 16),
        source="Lag (1981:739), SFS 2013:56, riksdagen.se; kreditbevakarna.se",
        verified=True,
        interest="reference-plus",
        reference="RIKSBANK",
        margin=Decimal(8),
        fees=(
            FeeRule(kind="reminder", most={"SEK": Decimal("60.00")}, needs_clause=True),
            FeeRule(kind="collection-letter", most={"SEK": Decimal("180.00")}),
        ),
    ),
    LawRow(
        jurisdiction="ES",
        valid_from=date(2013, 2, 24),
        source="Ley 3/2004, RDL 4/2013, fempa.es",
        verified=True,
        most_term_days=60,
        interest="reference-plus",
        reference="ECB",
        margin=Decimal(8),
        fees=(_FORTY_EUROS,),
    ),
    LawRow(
        jurisdiction="PT",
        valid_from=date(2013, 7, 1),
        source="Decreto-Lei 62/2013",
        verified=False,
        most_term_days=60,
        interest="reference-plus",
        reference="ECB",
        margin=Decimal(8),
        fees=(_FORTY_EUROS,),
    ),
    LawRow(
        jurisdiction="BR",
        valid_from=date(2024, 8, 30),
        source="Lei 14.905/2024, irib.org.br",
        verified=True,
        interest="monthly",
        margin=Decimal(1),
        interest_needs_clause=True,
        day_count="thirty-a-month",
        fees=(FeeRule(kind="penalty", most_percent=Decimal(2), needs_clause=True),),
    ),
    LawRow(
        jurisdiction="BR",
        debtor="consumer",
        valid_from=date(1996, 8, 2),
        source="CDC art. 52 § 1, TJDFT",
        verified=True,
        interest="monthly",
        margin=Decimal(1),
        interest_needs_clause=True,
        day_count="thirty-a-month",
        fees=(FeeRule(kind="penalty", most_percent=Decimal(2), needs_clause=True),),
    ),
    LawRow(
        jurisdiction="CN",
        debtor="public",
        valid_from=date(2025, 6, 1),
        source="State Council Order 802 art. 9, 15, 17, ceccweb.org.cn",
        verified=True,
        most_term_days=60,
        interest="daily",
        margin=Decimal("0.05"),
    ),
    LawRow(jurisdiction="CN", valid_from=date(2021, 1, 1), source="", verified=False),
)

_RIKSBANK = "riksbank.se, referensränta enligt 9 § räntelagen"
_SECONDARY = "getinvoicepdf.com, 2026-06; to be read at the ECB"


def _rate(code: str, year: int, month: int, percent: str, *, source: str, verified: bool) -> ReferenceRate:
    since = date(year, month, 1)
    return ReferenceRate(code=code, valid_from=since, percent=Decimal(percent), source=source, verified=verified)


RATES: tuple[ReferenceRate, ...] = (
    _rate("RIKSBANK", 2023, 1, "2.50", source=_RIKSBANK, verified=True),
    _rate("RIKSBANK", 2023, 7, "3.50", source=_RIKSBANK, verified=True),
    _rate("RIKSBANK", 2024, 1, "4.00", source=_RIKSBANK, verified=True),
    _rate("RIKSBANK", 2024, 7, "4.00", source=_RIKSBANK, verified=True),
    _rate("ECB", 2026, 1, "2.15", source=_SECONDARY, verified=False),
    _rate("ECB", 2026, 7, "2.40", source=_SECONDARY, verified=False),
)
"""Rates read at their source, and those of reference 3.5, which come from a second hand: no interest by them yet."""


def law_of(jurisdiction: str, on: date, *, debtor: DebtorKind = "business") -> LawRow | None:
    """The row in force on a day; None where nobody has written one."""
    rows = [row for row in LAW if row.jurisdiction == jurisdiction and row.debtor == debtor and row.valid_from <= on]
    return max(rows, key=lambda row: row.valid_from, default=None)


def notice_fields(jurisdiction: str, on: date, *, debtor: DebtorKind = "business") -> tuple[str, ...]:
    """What a formal notice must tell there on that day."""
    row = law_of(jurisdiction, on, debtor=debtor)
    return row.notice_fields if row is not None else NOTICE_FIELDS


def rate_on(code: str, on: date, *, rates: Sequence[ReferenceRate] = RATES) -> ReferenceRate | None:
    """The verified rate of the half-year a day lies in; None when none is known for that very half-year."""
    begins = half_year_of(on)
    return next((one for one in rates if one.code == code and one.valid_from == begins and one.verified), None)


def half_year_of(on: date) -> date:
    """The first day of the half-year, 1 January or 1 July."""
    return date(on.year, 7 if on.month >= 7 else 1, 1)


def fee_rule_for(row: LawRow | None, *, letters: frozenset[Letter], currency: str) -> FeeRule | None:
    """The rule under which a step that writes these letters may ask for a fee in this currency; the highest."""
    if row is None or not row.verified:
        return None
    fitting = [
        rule
        for rule in row.fees
        if letters & LETTERS_WITH[rule.kind] and (rule.most_percent is not None or currency in (rule.most or {}))
    ]
    return max(fitting, key=lambda rule: (rule.most or {}).get(currency, Decimal(0)), default=None)


def most_fee(rule: FeeRule, *, currency: str, claim: Decimal) -> Decimal:
    """The most that a rule lets be asked for on a claim of this size."""
    if rule.most_percent is not None:
        return claim * rule.most_percent / 100
    return (rule.most or {}).get(currency, Decimal(0))


def most_interest(row: LawRow | None, on: date, *, rates: Sequence[ReferenceRate] = RATES) -> Decimal | None:
    """The most per cent a year that may be asked for on a day; None: none at all.

    A reference rate that is not known for the half-year allows nothing, whatever the margin.
    """
    if row is None or not row.verified or row.interest == "none":
        return None
    if row.interest == "reference-plus":
        rate = rate_on(row.reference, on, rates=rates)
        return rate.percent + row.margin if rate is not None else None
    return row.margin * (12 if row.interest == "monthly" else 365)


def refusal_of_fee(
    row: LawRow | None, *, letters: frozenset[Letter], currency: str, net: Decimal, claim: Decimal, has_clause: bool
) -> str | None:
    """Why a fee may not be put on one customer's claim: a code, or None when it may.

    ``has_clause``: whether that customer's own terms record the fee (practice 24), which a policy cannot know.
    """
    rule = fee_rule_for(row, letters=letters, currency=currency)
    if rule is None:
        return "dunning.law.no-fee"
    if net > most_fee(rule, currency=currency, claim=claim):
        return "dunning.law.fee-too-high"
    return None if has_clause or not rule.needs_clause else "dunning.law.clause-missing"


def refusal_of_interest(
    row: LawRow | None, *, percent: Decimal, on: date, has_clause: bool, rates: Sequence[ReferenceRate] = RATES
) -> str | None:
    """Why interest may not be asked for on one customer's claim on a day: a code, or None when it may."""
    most = most_interest(row, on, rates=rates)
    if row is None or most is None:
        return "dunning.law.no-interest"
    if percent > most:
        return "dunning.law.interest-too-high"
    return None if has_clause or not row.interest_needs_clause else "dunning.law.clause-missing"

"""Everything that a document's paper says, as plain facts: what the PDF, the e-invoice and the tests are made from.

Cost, margin and partner earned credit have no field here and cannot reach a paper. Amounts are signed: a credit note
and a cancellation are negative, to the customer's credit. Net is before tax, gross with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from saldo.core.money import ZERO, add_up
from saldo.core.periods import Month
from saldo.core.problems import Refused

Kind = Literal["invoice", "credit-note", "cancellation", "statement"]
CREDITING: tuple[Kind, ...] = ("credit-note", "cancellation")
SHOWN_CAUSES = 4  # on the first page; the others follow on their own


class UnableToWritePaper(Refused):
    """A paper that would say something wrong, or cannot be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Seller or buyer as the document froze them."""

    name: str
    country: str
    number: str = ""  # the buyer's customer number with us
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    vat_id: str = ""
    registration: str = ""
    electronic_address: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    has_f_tax: bool = False  # approved for Swedish F-tax

    @property
    def register_to_name(self) -> str:
        """The register that papers of Norwegian companies must name (foretaksregisterloven § 10-2); else empty."""
        form = self.name.rpartition(" ")[2]
        return "Foretaksregisteret" if self.country == "NO" and form in ("AS", "ASA", "NUF") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the document is to be paid."""

    iban: str = ""
    bic: str = ""
    giro: str = ""  # Swedish bankgiro, digits only
    number: str = ""  # where there is no IBAN


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One line of the paper; ``quantity`` and ``unit_price`` are None where a sum by use is charged.

    ``share`` is the part of the price's period that is charged (20 of 30 days). ``refunded`` and ``charged`` are the
    two sides of a change of seats, from ``seats_before`` to ``seats_after``.
    """

    key: str
    name: str
    net: Decimal
    percent: Decimal
    treatment: str
    starts_on: date | None = None
    ends_on: date | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    share: tuple[int, int] | None = None
    refunded: Decimal | None = None
    charged: Decimal | None = None
    seats_before: Decimal | None = None
    seats_after: Decimal | None = None
    is_by_use: bool = False
    subject: str = ""  # whom or what it is for, where the name does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTax:
    """The tax of one rate and its base; ``reason`` is the text of the law that stands on the document."""

    treatment: str
    percent: Decimal
    base: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTax:
    """The tax again in the seller's own currency, with the rate and its day (Directive 2006/112/EC art. 230)."""

    currency: str
    tax: Decimal
    base: str  # one unit of this is ``rate`` units of ``quote``
    quote: str
    rate: Decimal
    on: date
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The document that this one credits, cancels or replaces."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why this document differs from the one before, as it was frozen."""

    text: str
    amount: Decimal
    subject: str = ""
    title: str = ""  # the same in a few words


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed since the document before: its month and net, and the causes, largest first."""

    month: Month
    net_before: Decimal
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One row of what was used: what it was, whose, how much, and what it comes to."""

    group: str  # the line of the paper that it adds up to
    name: str
    net: Decimal
    quantity: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """One issued document with everything that stands on its paper."""

    kind: Kind
    number: str
    month: Month
    language: str
    currency: str
    issued_on: date
    issued_at: datetime
    due_on: date
    net_days: int
    seller: Side
    buyer: Side
    account: Account
    lines: tuple[PaperLine, ...]
    taxes: tuple[PaperTax, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    reference: str = ""
    purchase_order: str = ""
    group: str = ""
    original: Original | None = None
    replaced: Original | None = None
    local_tax: LocalTax | None = None
    change: Change | None = None
    usage: tuple[Usage, ...] = ()
    has_due_day: bool = True  # a statement is due when the authority's document is there

    @property
    def is_credit(self) -> bool:
        """Whether it takes something back: nothing is to be paid."""
        return self.kind in CREDITING

    @property
    def to_pay(self) -> Decimal:
        """What is to be paid for this document; nothing for one that credits."""
        return max(self.gross, ZERO) if not self.is_credit else ZERO


def check_sums(paper: PaperFacts) -> None:
    """Hold a paper to its arithmetic before anybody draws it: lines, taxes and usage add up to what it says.

    Refuses (UnableToWritePaper) facts that do not add up, with both figures, and a cancellation of nothing.
    """
    tax_base = add_up(tax.base for tax in paper.taxes)
    for code, said, sum_of_parts in (
        ("invoicing.paper-facts.lines", paper.net, add_up(line.net for line in paper.lines)),
        ("invoicing.paper-facts.tax-base", paper.net, tax_base),
        ("invoicing.paper-facts.tax", paper.tax, add_up(tax.tax for tax in paper.taxes)),
        ("invoicing.paper-facts.gross", paper.gross, paper.net + paper.tax),
    ):
        if said != sum_of_parts:
            raise UnableToWritePaper(code=code, facts=_both(paper, said, sum_of_parts))
    by_use = add_up(line.net for line in paper.lines if line.is_by_use)
    used = add_up(row.net for row in paper.usage)
    if paper.usage and by_use != used:
        raise UnableToWritePaper(code="invoicing.paper-facts.usage", facts=_both(paper, by_use, used))
    if paper.kind == "cancellation" and paper.original is None:
        raise UnableToWritePaper(code="invoicing.paper-facts.original", facts={"number": paper.number})


def _both(paper: PaperFacts, said: Decimal, found: Decimal) -> dict[str, str]:
    return {"number": paper.number, "said": f"{said:f}", "found": f"{found:f}"}


def join_rates(taxes: Iterable[PaperTax]) -> tuple[PaperTax, ...]:
    """The taxes with rates joined that the paper shows as one: same treatment, percent and reason."""
    joined: dict[tuple[str, Decimal, str], PaperTax] = {}
    for tax in taxes:
        key = (tax.treatment, tax.percent, tax.reason)
        had = joined.get(key)
        joined[key] = replace(had, base=had.base + tax.base, tax=had.tax + tax.tax) if had else tax
    return tuple(sorted(joined.values(), key=lambda tax: (-tax.percent, tax.treatment)))

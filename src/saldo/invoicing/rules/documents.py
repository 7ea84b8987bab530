"""From the rated lines of one debtor to its documents: split and joined, credits apart, totals and tax on each.

Pure. The same inputs give the same fingerprint, so that a draft is written again only when something changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.agreements.rules.exchange import NO_RATES, Rate, Rates, UnableToConvert
from saldo.agreements.rules.tax import Treatment, tax_in_own_currency
from saldo.agreements.rules.terms import Group, Terms, group_of
from saldo.core.identity import CustomerId
from saldo.core.money import add_up, amount_text
from saldo.invoicing.rules.lines import Billable, DraftLine
from saldo.invoicing.rules.rating import Bucketed
from saldo.invoicing.rules.totals import Rounding, Taxed, Totals, total

HELD_LINES = "invoicing.draft.has-held-lines"
OF_ANOTHER = "invoicing.draft.credits-another-debtor"
HELD_BY_PERSON = "invoicing.draft.held-by-person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all documents of a debtor share."""

    debtor: str
    language: str
    seller: Mapping[str, Any]
    buyer: Mapping[str, Any]
    terms: Terms
    treatment: Treatment
    withholding: Decimal  # per cent of the net, expected to be kept back
    rounding: Rounding
    paper: str  # invoice, or statement where an authority issues the fiscal document
    tenants: Mapping[CustomerId, str]  # names, for documents of one tenant
    own_currency: str = ""  # the seller's: tax is said in it too
    rates: Rates = NO_RATES
    on: date = date.min  # the day whose rate holds


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDocument:
    """A document before it has a number; ``key`` tells it from the debtor's others of the month."""

    kind: str
    group: str
    currency: str
    mirrors: str
    group_name: str
    purchase_order: str
    frame: Frame
    rates: tuple[Rate, ...]
    totals: Totals
    lines: tuple[DraftLine, ...]
    held_because: str
    problems: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Kind, group, currency and the document it credits."""
        return (self.kind, self.group, self.currency, self.mirrors)


def compose(
    *,
    frame: Frame,
    billables: Iterable[Billable],
    held: Sequence[Bucketed | DraftLine] = (),
    strangers: Collection[str] = (),
) -> tuple[DraftDocument, ...]:
    """The documents of one debtor; held lines hold them all back, because they may belong on any of them.

    What credits one of ``strangers``, documents of other debtors, waits for a person: who shall have the money?
    """
    groups: dict[tuple[str, str, str], list[Billable]] = {}
    named: dict[tuple[str, str, str], Group] = {}
    for billable in billables:
        line = billable.line
        group = group_of(frame.terms, tenant=line.customer, subscription=line.subscription)
        place = (billable.currency, group.key, billable.credits)
        groups.setdefault(place, []).append(billable)
        named[place] = group
    _join_credits(groups)
    because = HELD_LINES if held else ""
    return tuple(
        _document(
            frame, place, groups[place], named[place], len(held), OF_ANOTHER if place[2] in strangers else because
        )
        for place in sorted(groups)
    )


def _join_credits(groups: dict[tuple[str, str, str], list[Billable]]) -> None:
    """A document that would come to a credit of one issued document goes into that one's own credit note.

    Or two drafts would be the same kind of the same thing, and neither could be told from the other.
    """
    for currency, group, credits in [*groups]:
        billables = groups[currency, group, credits]
        originals = {one.original for one in billables if one.original}
        if credits or len(originals) != 1 or add_up(one.line.net for one in billables) >= 0:
            continue
        own = (currency, group, originals.pop())
        if own in groups:
            groups[own] += groups.pop((currency, group, credits))


def _document(
    frame: Frame, place: tuple[str, str, str], billables: list[Billable], named: Group, held: int, because: str
) -> DraftDocument:
    currency, group, credits = place
    billables.sort(key=_order)
    treatment = frame.treatment
    taxed = [Taxed(one.line.net, treatment.code, treatment.percent, treatment.reason) for one in billables]
    totals = total(lines=taxed, currency=currency, rounding=frame.rounding)
    lines = tuple(
        one.line._replace(tax=tax, tax_percent=treatment.percent, tax_treatment=treatment.code)
        for one, tax in zip(billables, totals.line_taxes, strict=True)
    )
    is_credit = bool(credits) or totals.gross < 0
    originals = {one.original for one in billables if one.original}
    mirrors = credits or (originals.pop() if is_credit and len(originals) == 1 else "")
    return DraftDocument(
        kind="credit-note" if is_credit else frame.paper,
        group=group,
        currency=currency,
        mirrors=mirrors,
        group_name=named.name or frame.tenants.get(CustomerId(group.removeprefix("tenant:")), ""),
        purchase_order=named.purchase_order,
        frame=frame,
        rates=tuple(sorted({one.rate for one in billables if one.rate}, key=lambda rate: (rate.base, rate.quote))),
        totals=totals,
        lines=lines,
        held_because=because,
        problems=tuple(_problems(lines, treatment, held)),
    )


def _problems(lines: Sequence[DraftLine], treatment: Treatment, held: int) -> Iterable[Mapping[str, Any]]:
    defaults = sum(line.price_rule == "default" for line in lines)
    if defaults:
        yield {"code": "agreements.price.default-used", "facts": {"lines": defaults}}
    if treatment.problem:
        yield {"code": treatment.problem, "facts": {}}
    if held:
        yield {"code": HELD_LINES, "facts": {"lines": held}}


def _order(one: Billable) -> tuple[Any, ...]:
    """As the paper lists them: Microsoft's lines by tenant and product, our own fees behind."""
    line = one.line
    return (
        bool(line.charge),
        line.customer,
        line.product,
        line.subscription,
        line.starts_on or date.min,
        line.file,
        line.row,
        line.charge,
        line.mirrors_line or 0,
    )


def fingerprint_of(document: DraftDocument) -> str:
    """sha256 of everything that the document would say, and of where its lines came from."""
    frame, totals = document.frame, document.totals
    head = [
        *document.key,
        frame.debtor,
        frame.language,
        document.purchase_order,
        frame.seller,
        frame.buyer,
        terms_text(document),
        [[rate.base, rate.quote, f"{rate.on}", f"{rate.rate}"] for rate in document.rates],
        [f"{totals.net}", f"{totals.tax}", document.held_because, list(document.problems)],
        taxes_text(document),
    ]
    digest = hashlib.sha256(json.dumps(head, sort_keys=True, default=str).encode())
    for line in document.lines:
        digest.update(repr(tuple(line)).encode())
    return digest.hexdigest()


def terms_text(document: DraftDocument) -> dict[str, Any]:
    """The terms as they are kept with a document, and its tax in the seller's currency (practice 7)."""
    frame = document.frame
    terms = frame.terms
    return _own_tax(document) | {
        "group_name": document.group_name,
        "net_days": terms.net_days,
        "invoice_day": terms.invoice_day,
        "delivery": terms.delivery,
        "grouping": terms.grouping,
        "terms_from": terms.starts_on.isoformat(),
        "rounding": frame.rounding,
        "withholding": f"{frame.withholding}",
    }


def _own_tax(document: DraftDocument) -> dict[str, Any]:
    """Nothing where the document is in the seller's currency, or no rate is there: then the paper says so."""
    frame, tax = document.frame, document.totals.tax
    if not tax or not frame.own_currency or frame.own_currency == document.currency:
        return {}
    try:
        shown = tax_in_own_currency(
            tax=tax, currency=document.currency, own_currency=frame.own_currency, rates=frame.rates, on=frame.on
        )
    except UnableToConvert as refused:
        return {"tax_in_own_currency": None, "own_currency_missing": refused.code}
    assert shown is not None  # the currencies differ
    amount = amount_text(shown.amount, shown.currency)
    said = {"currency": shown.currency, "tax": amount, "rate": f"{shown.rate.rate}", "on": f"{shown.rate.on}"}
    return {"tax_in_own_currency": said}


def taxes_text(document: DraftDocument) -> list[dict[str, Any]]:
    """The taxes as they are kept with a document and stand on its paper."""
    treatment = document.frame.treatment
    return [
        {
            "treatment": tax.treatment,
            "category": treatment.category,
            "country": treatment.country,
            "region": treatment.region,
            "percent": f"{tax.percent.normalize():f}" if tax.percent else "0",
            "base": amount_text(tax.base, document.currency),
            "tax": amount_text(tax.tax, document.currency),
            "reason": tax.reason,
            "certificate": treatment.certificate,
        }
        for tax in document.totals.taxes
    ]


def rates_text(document: DraftDocument) -> list[dict[str, str]]:
    """The exchange rates as they are printed: rate and its day."""
    return [
        {
            "base": rate.base,
            "quote": rate.quote,
            "on": rate.on.isoformat(),
            "rate": f"{rate.rate}",
            "source": rate.source,
        }
        for rate in document.rates
    ]


def net_of_month(billables: Iterable[Billable], currency: str) -> Decimal:
    """What a debtor's month comes to in a currency, credits taken off: what a minimum fee is measured against."""
    return add_up(one.line.net for one in billables if one.currency == currency)

"""One debtor's month, from Microsoft's lines to documents and buckets; pure, so that the same again is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from saldo.agreements.rules.exchange import Rates, UnableToConvert, convert, round_exact
from saldo.agreements.rules.fees import FeeOfMonth
from saldo.agreements.rules.prices import RuleBook, find_minimum
from saldo.agreements.rules.pricing import top_up
from saldo.charges.rules.line import LineItem
from saldo.core.money import add_up
from saldo.core.periods import Month
from saldo.invoicing.rules.documents import DraftDocument, Frame, compose, net_of_month
from saldo.invoicing.rules.lines import Billable, DraftLine, billable_of, bucket_line, own_line
from saldo.invoicing.rules.rating import Bucketed, Decided, Payer, RatedLine, is_credit, rate
from saldo.invoicing.rules.settled import SettledLine, cancel_out, known_again, left_to_bill, mirror_of

WHOSE_CREDIT = "invoicing.line.whose-credit"
"""A credit of a tenant that changed its debtor, of which the document that charged it cannot be told."""

Place = tuple[str, int]
"""File and row of a line of Microsoft's."""

Fault = Mapping[str, Any]
"""What is said beside a draft: code and facts."""


class PendingCharge(NamedTuple):
    """A charge of our own that waits for the next document: support, late fee."""

    key: str
    customer: str
    code: str
    name: str
    net: Decimal
    currency: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorMonth:
    """Everything that decides what a debtor is billed for a month."""

    month: Month
    payer: Payer | None  # None: nobody pays for these tenants yet
    frame: Frame | None  # None where the tax treatment is not known
    unknown_tax: tuple[str, Mapping[str, Any]] = ("", {})  # the refusal behind it: code and facts
    items: Sequence[LineItem]
    settled: Sequence[SettledLine] = ()
    settled_charges: frozenset[str] = frozenset()
    fees: Sequence[FeeOfMonth] = ()
    charges: Sequence[PendingCharge] = ()
    decisions: Mapping[Place, Decided]
    elsewhere: frozenset[str] = frozenset()  # files that count in other months
    strangers: frozenset[str] = frozenset()  # numbers of documents of debtors that are not known any more
    billed_here: frozenset[str] = frozenset()  # numbers of this debtor's own documents, of its former tenants
    of_others: frozenset[str] = frozenset()  # numbers of documents of other debtors, whose own drafts credit them
    former: frozenset[str] = frozenset()  # tenants that are somebody else's now: only what was billed here matters
    moved: frozenset[str] = frozenset()  # tenants of which others were billed: of their credits the payer must be told
    minimums: Mapping[str, Decimal] = field(default_factory=dict)  # what was issued of minimum fees, by charge
    minimum_name: str = ""  # what the debtor's language calls a minimum fee
    originals: Callable[[LineItem], str]  # the issued document that a credit gives back, "" where none can be told


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnUp:
    """A debtor's documents, and the lines that stand on none."""

    documents: tuple[DraftDocument, ...]
    buckets: tuple[DraftLine, ...]


def draw_up(*, asked: DebtorMonth, book: RuleBook, rates: Rates) -> DrawnUp:
    """Rate what was not billed yet, correct what was billed and is gone, add our own fees, compose the documents.

    Of a tenant that moved, each credit goes to whom the original was billed: here only what credits this debtor's
    documents is drawn up of ``former`` tenants, and nothing that credits ``of_others``.
    """
    left = left_to_bill(items=asked.items, settled=asked.settled, elsewhere=asked.elsewhere)
    credits: dict[Place, str] = {(item.file, item.row): asked.originals(item) for item in left.new if is_credit(item)}
    mine = [item for item in left.new if _is_mine(asked, item, credits.get((item.file, item.row)))]
    rated, bucketed = _rate_all(asked, mine, book, rates)
    rated, vanished = cancel_out(rated)
    kept = [known_again(item, settled) for item, settled in left.again if item.customer not in asked.former]
    if asked.frame is None or asked.payer is None:
        code, facts = asked.unknown_tax
        held = [Bucketed(one.item, "held", code, facts) for one in rated]
        return DrawnUp(documents=(), buckets=(*_buckets((*bucketed, *held, *vanished), left.anew), *kept))
    rated, unclear = _told_whose(asked, rated, credits)
    bucketed += unclear
    billables = [_billable(one, credits, left.anew) for one in rated]
    billables += [_taken_back(gone, asked.payer) for gone in left.gone if _is_gone_here(asked, gone)]
    own, faults = _own_lines(asked, asked.payer, rates)
    billables += own
    billables += _minimum(asked, asked.payer, book, rates, billables)
    waiting = [one for one in bucketed if one.bucket == "held"]
    documents = compose(frame=asked.frame, billables=billables, held=waiting, strangers=asked.strangers)
    if faults:
        documents = tuple(replace(one, problems=(*one.problems, *faults)) for one in documents)
    return DrawnUp(documents=documents, buckets=(*_buckets((*bucketed, *vanished), left.anew), *kept))


def _is_mine(asked: DebtorMonth, item: LineItem, credits: str | None) -> bool:
    """Whether this debtor's drafts say what becomes of a line; ``credits`` is None for what is no credit."""
    if item.customer in asked.former:
        return bool(credits) and credits in asked.billed_here
    return not credits or credits not in asked.of_others


def _is_gone_here(asked: DebtorMonth, gone: SettledLine) -> bool:
    assert asked.payer is not None  # draw_up has looked
    if gone.debtor == asked.payer.debtor:
        return True
    return gone.line.customer not in asked.former and gone.number not in asked.of_others


def _told_whose(
    asked: DebtorMonth, rated: Sequence[RatedLine], credits: Mapping[Place, str]
) -> tuple[list[RatedLine], list[Bucketed]]:
    """A credit of a tenant that moved, of which nobody can tell the original, waits for a person's word."""
    if not asked.moved:
        return list(rated), []
    sure: list[RatedLine] = []
    unclear: list[Bucketed] = []
    for one in rated:
        item = one.item
        is_told = credits.get((item.file, item.row), "told") or one.decided_by
        if item.customer not in asked.moved or is_told:
            sure.append(one)
        else:
            unclear.append(Bucketed(item, "held", WHOSE_CREDIT, {"customer": item.customer}))
    return sure, unclear


def _buckets(bucketed: Iterable[Bucketed], anew: Mapping[Place, int]) -> Iterator[DraftLine]:
    for one in bucketed:
        yield bucket_line(one)._replace(mirrors_line=anew.get((one.item.file, one.item.row)))


def _rate_all(
    asked: DebtorMonth, items: Sequence[LineItem], book: RuleBook, rates: Rates
) -> tuple[list[RatedLine], list[Bucketed]]:
    rated: list[RatedLine] = []
    bucketed: list[Bucketed] = []
    for item in items:
        decision = asked.decisions.get((item.file, item.row)) if asked.decisions else None
        one = rate(item=item, payer=asked.payer, book=book, rates=rates, month=asked.month, decision=decision)
        if isinstance(one, RatedLine):
            rated.append(one)
        else:
            bucketed.append(one)
    return rated, bucketed


def _billable(rated: RatedLine, credits: Mapping[Place, str], anew: Mapping[Place, int]) -> Billable:
    place = (rated.item.file, rated.item.row)
    return billable_of(rated, credits=credits.get(place, ""), mirrors_line=anew.get(place))


def _taken_back(gone: SettledLine, payer: Payer) -> Billable:
    """A correction; of a document of another debtor it stands alone, so that a person can look at it."""
    mirror = mirror_of(gone)
    return mirror if gone.debtor == payer.debtor else mirror._replace(credits=gone.number)


def _own_lines(asked: DebtorMonth, payer: Payer, rates: Rates) -> tuple[list[Billable], list[Fault]]:
    """Service fees of the month and charges that wait; what cannot be converted yet waits, and is said."""
    lines: list[Billable] = []
    faults: list[Fault] = []
    for line, currency in (
        *map(_fee_line, asked.fees, [asked.month] * len(asked.fees)),
        *map(_charge_line, asked.charges),
    ):
        if line.charge in asked.settled_charges:
            continue
        try:
            lines.append(_in_currency(line, currency, payer.currency or currency, rates, asked.month))
        except UnableToConvert as refused:
            faults.append({"code": refused.code, "facts": refused.facts})
    return lines, faults


def _in_currency(line: DraftLine, of: str, currency: str, rates: Rates, month: Month) -> Billable:
    if of == currency:
        return Billable(line, currency)
    rate = rates.cross(of, currency, month.ends_on)
    net = round_exact(convert(Fraction(line.net), rate), currency)
    price = line.unit_price * rate.rate
    return Billable(line._replace(net=net, unit_price=price, rate=rate.rate), currency, rate=rate)


def _fee_line(one: FeeOfMonth, month: Month) -> tuple[DraftLine, str]:
    fee = one.fee
    line = own_line(
        charge=f"fee:{fee.debtor}:{fee.code}:{fee.tenant}:{fee.starts_on}:{month}",
        customer=fee.tenant,
        code=fee.code,
        name=fee.name,
        starts_on=one.period.starts_on,
        ends_on=one.period.ends_before - timedelta(days=1),
        quantity=fee.quantity,
        unit_price=fee.unit_price,
        net=one.net,
    )
    return line, fee.currency


def _charge_line(charge: PendingCharge) -> tuple[DraftLine, str]:
    line = own_line(
        charge=charge.key,
        customer=charge.customer,
        code=charge.code,
        name=charge.name,
        starts_on=charge.starts_on,
        ends_on=charge.ends_on,
        quantity=Decimal(-1 if charge.net < 0 else 1),
        unit_price=abs(charge.net),
        net=charge.net,
    )
    return line, charge.currency


def _minimum(
    asked: DebtorMonth, payer: Payer, book: RuleBook, rates: Rates, billables: Sequence[Billable]
) -> list[Billable]:
    """The line that lifts the month to the agreed minimum; what was issued before counts.

    It is charged once a month. Where more lines came after it was issued, what it is too much by then is given back
    with them; it is never charged a second time, nor given back where a person took it back.
    """
    rule = find_minimum(book, debtor=payer.debtor, segment=payer.segment, month=asked.month.starts_on)
    if rule is None:
        return []
    key = f"minimum:{payer.debtor}:{rule.code}:{asked.month}"
    currency = payer.currency or rule.currency or next((one.currency for one in billables), "")
    charged = net_of_month(billables, currency) + add_up(
        one.net
        for one in asked.settled
        if (one.currency, one.debtor) == (currency, payer.debtor) and not one.line.charge.startswith("minimum:")
    )
    try:
        price = top_up(rule, charged=charged, currency=currency, rates=rates, on=asked.month.ends_on)
    except UnableToConvert:
        return []
    if key in asked.settled_charges:
        return _less_minimum(asked, key, currency, billables, Decimal(0) if price is None else price.net)
    if price is None:
        return []
    line = _minimum_line(asked, key, billables, price.net)
    return [Billable(line._replace(price_rule=f"{rule.code}/{rule.version}"), currency, rate=price.rate)]


def _less_minimum(
    asked: DebtorMonth, key: str, currency: str, billables: Sequence[Billable], wanted: Decimal
) -> list[Billable]:
    """What an issued minimum is too much by, given back on the document of the lines that came later."""
    issued = {charge: net for charge, net in asked.minimums.items() if charge == key or charge.startswith(f"{key}:")}
    too_much = add_up(issued.values()) - wanted
    if too_much <= 0 or not any(one.line.net > 0 and one.currency == currency for one in billables):
        return []
    return [Billable(_minimum_line(asked, f"{key}:{len(issued)}", billables, -too_much), currency)]


def _minimum_line(asked: DebtorMonth, charge: str, billables: Sequence[Billable], net: Decimal) -> DraftLine:
    return own_line(
        charge=charge,
        customer=next((one.line.customer for one in billables), ""),
        code="minimum",
        name=asked.minimum_name,
        starts_on=asked.month.starts_on,
        ends_on=asked.month.ends_on,
        quantity=Decimal(-1 if net < 0 else 1),
        unit_price=abs(net),
        net=net,
    )

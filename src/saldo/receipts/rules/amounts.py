"""How an amount fits the debts that are meant: exactly, short by something that is explained, over, in part.

Everything here is exact: a fit is an equation, never a nearness, except the allowance for a bank's fee, which the
company sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import NamedTuple

from saldo.core.money import ZERO, amount_text, minor_unit
from saldo.receipts.rules.book import Book
from saldo.receipts.rules.proposals import Because, Claim, Difference, MoneyIn, Proposal, Share, Sureness

_PAIRS_UP_TO = 30
_MOST_CREDITS = 4  # open credit notes of which every choice is tried


class Paid(NamedTuple):
    """The money in the currency of the debts; ``is_exchanged`` when the bank exchanged it on the way."""

    value: Decimal
    currency: str
    own_fee: Decimal
    is_exchanged: bool


class Fit(NamedTuple):
    """One way in which the money settles debts."""

    kind: str  # exact, own-fee, withholding, credits, allowance, part, over
    shares: tuple[Share, ...]
    differences: tuple[Difference, ...]
    because: tuple[Because, ...]

    @property
    def is_explained(self) -> bool:
        """Whether nothing of the debts is left open and nothing of the money is left over."""
        return self.kind not in ("part", "over")


def paid_in(entry: MoneyIn, currency: str) -> Paid | None:
    """The money as it counts against debts of this currency; None when the entry does not say."""
    same_original = entry.original_currency == entry.currency and entry.original_value is not None
    if entry.currency == currency:
        kept = entry.original_value - entry.value if same_original and entry.original_value else ZERO
        return Paid(entry.value, currency, max(entry.fee, kept), False)
    if entry.original_currency == currency and entry.original_value:
        return Paid(entry.original_value, currency, ZERO, True)
    return None


def explain(claims: Sequence[Claim], paid: Paid, book: Book) -> Fit | None:
    """The fit that settles all these debts at once, if there is exactly such a one; the surest kind first."""
    owed = sum((book.open[claim.key] for claim in claims), ZERO)
    short = owed - paid.value
    shares = tuple(Share(item=claim.key, value=book.open[claim.key]) for claim in claims)
    if short == 0:
        return Fit("exact", shares, (), (_exact(claims, owed, paid),))
    if short < 0:
        return None
    if paid.own_fee and short == paid.own_fee:
        fee = _fee(claims, short, book)
        return Fit("own-fee", shares, (fee,), (_because("short-by-own-fee", fee=_text(short, paid)),))
    return (
        _withheld(claims, short, shares, paid, book)
        or _credited(claims, short, shares, paid, book)
        or _allowed(claims, owed, short, shares, paid, book)
    )


def _exact(claims: Sequence[Claim], owed: Decimal, paid: Paid) -> Because:
    if paid.is_exchanged:
        return _because("exchanged", amount=_text(owed, paid), currency=paid.currency)
    if len(claims) > 1:
        return _because("sum-exact", count=str(len(claims)), amount=_text(owed, paid))
    return _because("amount-exact", amount=_text(owed, paid))


def _withheld(claims: Sequence[Claim], short: Decimal, shares: tuple[Share, ...], paid: Paid, book: Book) -> Fit | None:
    debtor = book.debtors.get(claims[0].debtor)
    percent = debtor.withholding if debtor else ZERO
    if not percent or any(claim.debtor != claims[0].debtor for claim in claims):
        return None
    unit = minor_unit(paid.currency)
    bases = [book.open[claim.key] if claim.net is None else claim.net for claim in claims]  # opening items know no net
    exact = [base * percent / 100 for base in bases]
    expected = {sum((e.quantize(unit, rounding=way) for e in exact), ZERO) for way in (ROUND_HALF_UP, ROUND_DOWN)}
    if short not in expected:
        return None
    difference = Difference(kind="withholding", value=short, debtor=claims[0].debtor)
    why = _because("withholding-expected", percent=f"{percent.normalize():f}", withheld=_text(short, paid))
    return Fit("withholding", shares, (difference,), (why,))


def _credited(claims: Sequence[Claim], short: Decimal, shares: tuple[Share, ...], paid: Paid, book: Book) -> Fit | None:
    named = {claim.key for claim in claims}
    debtor = claims[0].debtor
    if any(claim.debtor != debtor for claim in claims):
        return None
    free = [credit for credit in book.credits_of(debtor, paid.currency) if credit.key not in named]
    fitting = [chosen for chosen in _choices(free) if -sum((book.open[c.key] for c in chosen), ZERO) == short]
    if len(fitting) != 1:
        return None
    netted = tuple(Share(item=credit.key, value=book.open[credit.key]) for credit in fitting[0])
    documents = " ".join(credit.document or credit.key for credit in fitting[0])
    why = _because("credit-netted", documents=documents, amount=_text(short, paid))
    return Fit("credits", (*shares, *netted), (), (why,))


def _choices(credits: Sequence[Claim]) -> Iterable[tuple[Claim, ...]]:
    few = credits[:_MOST_CREDITS]
    for count in range(1, len(few) + 1):
        yield from combinations(few, count)
    if len(credits) > _MOST_CREDITS:
        yield tuple(credits)


def _allowed(
    claims: Sequence[Claim], owed: Decimal, short: Decimal, shares: tuple[Share, ...], paid: Paid, book: Book
) -> Fit | None:
    limit = book.allowance.limits.get(paid.currency, ZERO)
    if paid.is_exchanged or short > limit or short * 100 > owed * book.allowance.most_percent:
        return None
    fee = _fee(claims, short, book)
    why = _because("short-within-limit", short=_text(short, paid), limit=_text(limit, paid))
    return Fit("allowance", shares, (fee,), (why,))


def _fee(claims: Sequence[Claim], short: Decimal, book: Book) -> Difference:
    largest = max(claims, key=lambda claim: book.open[claim.key])
    return Difference(kind="bank-fee", value=short, debtor=largest.debtor)


def fill(claims: Sequence[Claim], paid: Paid, book: Book) -> Fit:
    """Settle the debts in the order given as far as the money goes; what is over rests on account."""
    left, shares = paid.value, []
    for claim in claims:
        value = min(left, book.open[claim.key])
        if value > 0:
            shares.append(Share(item=claim.key, value=value))
            left -= value
    if left:
        over = Difference(kind="on-account", value=-left, debtor=claims[0].debtor)
        return Fit("over", tuple(shares), (over,), (_because("over", rest=_text(left, paid)),))
    owed = sum((book.open[claim.key] for claim in claims), ZERO)
    return Fit("part", tuple(shares), (), (_because("part", left=_text(owed - paid.value, paid)),))


def all_open_until(claims: Sequence[Claim], paid: Paid, book: Book) -> Fit | None:
    """Everything that was due up to some day, when it makes exactly this amount; at least two debts."""
    owed = ZERO
    for place, claim in enumerate(claims):
        owed += book.open[claim.key]
        is_last_of_its_day = place + 1 == len(claims) or claims[place + 1].due_on != claim.due_on
        if owed == paid.value and is_last_of_its_day and place:
            shares = tuple(Share(item=c.key, value=book.open[c.key]) for c in claims[: place + 1])
            return Fit("exact", shares, (), (_because("all-open-until", day=claim.due_on.isoformat()),))
        if owed > paid.value:
            return None
    return None


def pairs(claims: Sequence[Claim], paid: Paid, book: Book) -> Iterator[Fit]:
    """Every two debts that make exactly this amount, among the oldest thirty."""
    for first, second in combinations(claims[:_PAIRS_UP_TO], 2):
        if book.open[first.key] + book.open[second.key] == paid.value and (fit := explain([first, second], paid, book)):
            yield fit


def settles_the_same(one: Fit, other: Fit) -> bool:
    """Whether two fits settle the same items, so that they are one."""
    return {share.item for share in one.shares} == {share.item for share in other.shares}


def on_account(debtor: str, paid: Paid) -> Fit:
    """All of the money rests on a debtor's account."""
    rest = Difference(kind="on-account", value=-paid.value, debtor=debtor)
    return Fit("over", (), (rest,), (_because("over", rest=_text(paid.value, paid)),))


def as_proposal(fit: Fit, sureness: Sureness, paid: Paid, because: Iterable[Because]) -> Proposal:
    """The fit as a proposal, its reasons behind those of who and which."""
    return Proposal(
        sureness=sureness,
        currency=paid.currency,
        paid=paid.value,
        shares=fit.shares,
        differences=fit.differences,
        because=(*because, *fit.because),
    )


def _because(code: str, **facts: str) -> Because:
    return Because(f"receipts.because.{code}", facts)


def _text(value: Decimal, paid: Paid) -> str:
    return amount_text(value, paid.currency)

"""Which receipt a bank takes back: a bounced debit or a chargeback names it by sum, payer and reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from saldo.invoicing.rules.references import bare_number
from saldo.receipts.rules.book import canonical_account, canonical_reference
from saldo.receipts.rules.names import fold

LONGEST = timedelta(days=400)  # a debit that nobody authorised may come back for thirteen months


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """An entry as far as its return is known by it; ``value`` is positive on the way in, negative on the way back."""

    key: str
    account: str
    on: date
    currency: str
    value: Decimal
    payer: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    bank_reference: str = ""


def find_returned(*, back: Movement, receipts: Iterable[Movement]) -> tuple[str, ...]:
    """The receipts that this may be the return of, the latest first; only a single one is sure."""
    fitting = [receipt for receipt in receipts if _fits(back, receipt)]
    named = [receipt for receipt in fitting if receipt.bank_reference and _names(back, receipt.bank_reference)]
    latest = sorted(named or fitting, key=lambda receipt: (receipt.on, receipt.key), reverse=True)
    return tuple(receipt.key for receipt in latest)


def find_part_returned(*, back: Movement, receipts: Iterable[Movement]) -> tuple[str, ...]:
    """The receipts with at least as much left, of the same payer, the latest first; never sure, for want of the sum."""
    fitting = [one for one in receipts if one.value >= -back.value and _may_be_of(back, one)]
    return tuple(one.key for one in sorted(fitting, key=lambda one: (one.on, one.key), reverse=True))


def _fits(back: Movement, receipt: Movement) -> bool:
    return -back.value == receipt.value and _may_be_of(back, receipt)


def _may_be_of(back: Movement, receipt: Movement) -> bool:
    same = (back.account, back.currency) == (receipt.account, receipt.currency)
    return same and receipt.on <= back.on <= receipt.on + LONGEST and _is_of_same_payer(back, receipt)


def _is_of_same_payer(back: Movement, receipt: Movement) -> bool:
    if _references(back.references) & _references(receipt.references):
        return True
    if back.payer_account and canonical_account(back.payer_account) == canonical_account(receipt.payer_account):
        return True
    if back.payer and fold(back.payer) == fold(receipt.payer):
        return True
    return bool(receipt.bank_reference) and _names(back, receipt.bank_reference)


def _references(said: Sequence[str]) -> frozenset[str]:
    return frozenset(canonical_reference(one) for one in said) - {""}


def _names(back: Movement, bank_reference: str) -> bool:
    wanted = bare_number(bank_reference)
    return len(wanted) >= 6 and wanted in bare_number(" ".join((back.text, *back.references, back.bank_reference)))

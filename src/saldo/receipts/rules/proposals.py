"""What matching speaks of: money that came in, what it may settle, and a proposal with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from saldo.core.money import ZERO, add_up

Sureness = Literal["certain", "likely", "possible", "none"]
SURENESS: tuple[Sureness, ...] = ("certain", "likely", "possible", "none")

DIFFERENCES = ("bank-fee", "withholding", "exchange", "write-off", "on-account")


class Claim(NamedTuple):
    """One open item of a debtor: positive is owed to us, negative is a credit that may be netted.

    ``net`` is the sum before tax, from which withholding counts; None where nobody knows it.
    """

    key: str
    debtor: str
    kind: str
    document: str
    reference: str
    issued_on: date
    due_on: date
    currency: str
    open: Decimal
    net: Decimal | None = None


class Because(NamedTuple):
    """One reason: a public code and its facts, all of them texts."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyIn:
    """One entry of a bank that may settle something; ``value`` is positive and what the account received.

    ``original_value`` is what the payer ordered, where the bank tells; ``fee`` what the bank kept on the way.
    """

    key: str
    on: date
    currency: str
    value: Decimal
    fee: Decimal = ZERO
    original_currency: str = ""
    original_value: Decimal | None = None
    payer: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So much of one item is settled; negative for a credit that is netted."""

    item: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What settles debt beside the payment (positive), or what of the payment settles none (negative, on account)."""

    kind: str  # one of DIFFERENCES
    value: Decimal
    debtor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an entry may settle. ``currency`` is the items'; paid + Σ differences = Σ shares.

    ``paid`` is the part of the money that this proposal uses, in the items' currency.
    """

    sureness: Sureness
    currency: str
    paid: Decimal
    shares: tuple[Share, ...] = ()
    differences: tuple[Difference, ...] = ()
    because: tuple[Because, ...] = field(default=())

    @property
    def is_certain(self) -> bool:
        """Whether it books itself (practice 14)."""
        return self.sureness == "certain"

    @property
    def is_balanced(self) -> bool:
        """Whether payment and differences make up the shares, exactly."""
        beside = add_up(difference.value for difference in self.differences)
        return self.paid + beside == add_up(share.value for share in self.shares)

"""The chart of accounts: a few fixed names; some carry what they stand for after a colon, ``tax:SE:25``."""

from __future__ import annotations

from typing import Literal

RECEIVABLE = "receivable"
MICROSOFT = "microsoft"
SALES = "sales"
FEES = "fees"
TAX = "tax"  # output tax, "tax:SE:25"
INPUT_TAX = "input-tax"
COST = "cost"
BANK = "bank"  # "bank:<account>"
UNALLOCATED = "unallocated"
PENDING = "pending"
BANK_FEES = "bank-fees"
EXCHANGE = "exchange"
ROUNDING = "rounding"
WITHHOLDING = "withholding"
WRITE_OFF = "write-off"
OPENING = "opening"
REFUNDS = "refunds"

Kind = Literal["asset", "liability", "income", "expense", "equity"]

_KINDS: dict[str, Kind] = {
    RECEIVABLE: "asset",
    MICROSOFT: "liability",
    SALES: "income",
    FEES: "income",
    TAX: "liability",
    INPUT_TAX: "asset",
    COST: "expense",
    BANK: "asset",
    UNALLOCATED: "liability",
    PENDING: "asset",
    BANK_FEES: "expense",
    EXCHANGE: "expense",
    ROUNDING: "expense",
    WITHHOLDING: "asset",
    WRITE_OFF: "expense",
    OPENING: "equity",
    REFUNDS: "liability",
}
ACCOUNTS = frozenset(_KINDS)

WITH_ITEMS = frozenset({RECEIVABLE, MICROSOFT})
"""Accounts on which every posting brings items worth as much as its entries, so that their opens are the balance."""


def is_account(account: str) -> bool:
    """Whether the chart knows this account."""
    return account.partition(":")[0] in _KINDS


def kind_of(account: str) -> Kind:
    """What an account is; refuses (KeyError) one that the chart does not know."""
    return _KINDS[account.partition(":")[0]]

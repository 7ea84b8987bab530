"""What our own papers must say of us before they are issued, and what they should."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from saldo.agreements.rules.tax_rates import EU

NO_ADDRESS = "invoicing.seller.no-address"
NO_VAT_ID = "invoicing.seller.no-vat-id"
NO_ACCOUNT = "invoicing.seller.no-account"
_ADDRESS = ("street", "postcode", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that our papers lack, as a code with facts; ``is_demanded`` where the law of our country asks for it.

    In the Union the seller's full address and VAT id stand on every invoice (Directive 2006/112/EC art. 226 (3), (5)).
    """

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    is_demanded: bool = False


def list_missing(
    *,
    country: str,
    said: Mapping[str, str],
    payable_in: Collection[str],
    can_be_paid: bool,
    currencies: Collection[str],
) -> tuple[Missing, ...]:
    """What our papers lack, what the law demands first.

    ``said`` are our particulars by name; ``payable_in`` the currencies of our accounts that are in use, ``can_be_paid``
    whether one of them takes other currencies too (an IBAN); ``currencies`` those that documents are about to ask for.
    """
    return tuple(_missing(country, said, payable_in, can_be_paid, currencies))


def _missing(
    country: str, said: Mapping[str, str], payable_in: Collection[str], can_be_paid: bool, currencies: Collection[str]
) -> Iterator[Missing]:
    is_demanded = country in EU
    if not all(said.get(name, "").strip() for name in _ADDRESS):
        yield Missing(code=NO_ADDRESS, is_demanded=is_demanded)
    if not said.get("vat_id", "").strip():
        yield Missing(code=NO_VAT_ID, is_demanded=is_demanded)
    for currency in sorted(currencies):
        if currency not in payable_in and not can_be_paid:
            yield Missing(code=NO_ACCOUNT, facts={"currency": currency})

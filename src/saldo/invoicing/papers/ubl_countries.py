"""What single countries ask of an e-invoice beyond EN 16931, as Peppol BIS Billing 3.0 writes it down.

Sweden's words for F-tax and Norway's register stand in `ubl_parts`. Greek sellers are not served: their invoices get
a number from the authority (myDATA) that Saldo does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum.be import vat as belgian
from stdnum.dk import cvr
from stdnum.is_ import kennitala
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

from saldo.invoicing.rules.paper import Account, PaperFacts, Side

_TRANSFER, _SEPA = "30", "58"  # UNCL4461
_DANISH_TRANSFER, _UNDEFINED = "31", "1"

# The register of a country in ISO 6523, and what makes a number one of its own.
_REGISTERS: dict[str, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    "BE": (("0208", belgian.is_valid),),
    "DK": (("0184", cvr.is_valid),),
    "IS": (("0196", kennitala.is_valid),),
    "NL": (("0106", lambda digits: len(digits) == 8), ("0190", lambda digits: len(digits) == 20)),
    "NO": (("0192", norwegian.is_valid),),
    "SE": (("0007", swedish.is_valid),),
}


def registration_of(side: Side) -> tuple[str, str]:
    """A party's number in its country's register, and the register's code; without code where it is not of its form."""
    digits = re.sub(r"\D", "", side.registration)
    for scheme, is_valid in _REGISTERS.get(side.country, ()):
        if is_valid(digits):
            return digits, scheme
    return side.registration, ""


def electronic_address_of(side: Side) -> str:
    """Where the party receives e-invoices, ``scheme:identifier``: as entered, else what its country makes certain."""
    entered = re.sub(r"\s", "", side.electronic_address)
    if re.fullmatch(r"[0-9A-Z]{2,4}:\S+", entered):
        return entered
    number, scheme = registration_of(side)
    if scheme:
        return f"{scheme}:{number}"
    return f"EM:{side.email}" if side.email else ""


def customer_number_of(side: Side, *, at_home: bool) -> str:
    """A party's number with the other; between Danes (``at_home``) a number without register may not stand."""
    return "" if at_home and side.country == "DK" else side.number


def contact_of(side: Side, *, at_home: bool) -> str:
    """Whom to ask; between Germans a seller must name somebody, and the firm itself is one."""
    return side.contact or (side.name if at_home and side.country == "DE" else "")


def means_of(paper: PaperFacts) -> str:
    """How to pay, by UNCL4461; empty where nothing is to be said, as on most credit notes."""
    account: Account = paper.account
    home = paper.seller.country if paper.seller.country == paper.buyer.country else ""
    if paper.is_credit:
        return _UNDEFINED if home == "DE" else ""
    if not account_number_of(paper):
        return _UNDEFINED if home == "DE" else ""
    if paper.currency == "EUR" and account.iban:
        return _SEPA
    if home == "DK":
        return _DANISH_TRANSFER if account.iban and account.bic else _UNDEFINED
    return _TRANSFER


def is_paid_by_giro(paper: PaperFacts) -> bool:
    """Whether the Swedish bankgiro is the account of this paper."""
    return bool(paper.account.giro) and paper.currency == "SEK"


def account_number_of(paper: PaperFacts) -> str:
    """The account to pay to: bankgiro for kronor, else IBAN, else what there is."""
    account = paper.account
    return account.giro if is_paid_by_giro(paper) else account.iban.replace(" ", "") or account.number

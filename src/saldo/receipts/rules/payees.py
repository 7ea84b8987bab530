"""To which account money goes back: an IBAN wherever the payee's country has them, else the number of the account."""

from __future__ import annotations

from stdnum import iban, numdb

_REGISTRY = numdb.get("iban")


def read_payee_account(*, said: str, country: str) -> tuple[str, str]:
    """The account as it is kept, and the code of what is wrong with it ("" when nothing is).

    Codes: receipts.refund.no-payee, receipts.refund.bad-iban. Source: the IBAN registry of stdnum, ISO 13616.
    """
    account = said.strip()
    if not account:
        return "", "receipts.refund.no-payee"
    if iban.is_valid(account):
        return str(iban.compact(account)), ""
    looks_like_one = account[:2].isalpha() and account[2:4].isdigit()
    return account, "receipts.refund.bad-iban" if looks_like_one or has_ibans(country) else ""


def has_ibans(country: str) -> bool:
    """Whether banks of this country (ISO 3166) give out IBANs; unknown and empty ones are taken to."""
    return not country or bool(_REGISTRY.info(f"{country}00")[0][1])


def is_iban(account: str) -> bool:
    """Whether it is an IBAN with sound check digits."""
    return bool(iban.is_valid(account))

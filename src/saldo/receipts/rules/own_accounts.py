"""Which of our accounts a file means by the number it gives."""

from __future__ import annotations

from collections.abc import Sequence

from saldo.core.problems import Refused

_LEAST = 6  # characters of a number that may stand for the end of an IBAN


class UnableToTake(Refused):
    """A bank file whose money cannot be put on an account of ours."""


def name_account(*, seen: str, accounts: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The code of the account that ``seen`` names; ``accounts`` are codes with all of their numbers.

    Without any account of ours it stays the number as given. Refuses (UnableToTake): receipts.account.unknown,
    receipts.account.not-named (the file gives no number and there is not exactly one account).
    """
    if not accounts:
        return bare(seen) or "unnamed"
    if not seen:
        if len(accounts) > 1:
            raise UnableToTake(code="receipts.account.not-named", facts={"accounts": len(accounts)})
        return accounts[0][0]
    for is_same in (_is_equal, _is_end):
        found = {code for code, numbers in accounts if any(is_same(bare(seen), bare(own)) for own in numbers if own)}
        if len(found) == 1:
            return found.pop()
    raise UnableToTake(code="receipts.account.unknown", facts={"account": seen})


def bare(number: str) -> str:
    """Letters and digits only, in capitals, without zeros in front."""
    return "".join(letter for letter in number.upper() if letter.isalnum()).lstrip("0")


def _is_equal(seen: str, own: str) -> bool:
    return seen == own or seen == _spanish(own)


def _is_end(seen: str, own: str) -> bool:
    """A local number is the end of the IBAN made from it."""
    return len(seen) >= _LEAST and own[:2].isalpha() and own.endswith(seen)


def _spanish(iban: str) -> str:
    """The bank, branch and account of a Spanish IBAN as Norma 43 writes them, without the check digits between."""
    return (iban[4:12] + iban[14:24]).lstrip("0") if iban.startswith("ES") and len(iban) == 24 else ""

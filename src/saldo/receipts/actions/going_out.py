"""Money going out that another room books: its entry is passed on, and taken again when that was undone.

Until then an entry stands on the bank's account against nobody's money. Whoever takes it books the bank's side anew, so
the first booking is mirrored here. Nothing commits.
"""

from __future__ import annotations

from datetime import datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.ledger.actions import post
from saldo.ledger.queries import find_posting
from saldo.ledger.rules.accounts import BANK, UNALLOCATED
from saldo.ledger.rules.posting import Entry, Posting
from saldo.receipts import models
from saldo.receipts.actions.matching import lock_entries
from saldo.receipts.rules.settlement import UnableToMatch


def pass_on(*, company: CompanyId, entry: str, because: str, by: str, at: datetime) -> None:
    """Give an open entry away: its booking is mirrored, and the entry set aside with the code ``because``.

    Refuses (UnableToMatch): receipts.match.unknown-entry, .not-open.
    """
    (row,) = lock_entries(company=company, keys=[entry]).values()
    if row.state != "open" or row.value >= 0:
        raise UnableToMatch(code="receipts.match.not-open", facts={"entry": entry, "state": row.state})
    _book(row, "passed-on", sign=-1, by=by, at=at)
    row.state, row.because = "set-aside", because
    row.save(update_fields=["state", "because"])
    facts = {"because": because}
    record(company=company, code="receipts.passed-on", actor=by, subject=f"entry:{entry}", at=at, facts=facts)


def take_again(*, company: CompanyId, entry: str, because: str, by: str, at: datetime) -> None:
    """Take an entry back that was passed on for this reason: it stands in the books as when it came, and is open.

    Refuses (UnableToMatch): receipts.match.unknown-entry, .not-open (it was not passed on for this reason).
    """
    (row,) = lock_entries(company=company, keys=[entry]).values()
    if row.state != "set-aside" or row.because != because:
        raise UnableToMatch(code="receipts.match.not-open", facts={"entry": entry, "state": row.state})
    _book(row, "taken-again", sign=1, by=by, at=at)
    row.state, row.because = "open", ""
    row.save(update_fields=["state", "because"])
    record(company=company, code="receipts.taken-again", actor=by, subject=f"entry:{entry}", at=at)


def _book(row: models.BankEntry, name: str, *, sign: int, by: str, at: datetime) -> None:
    company, key, times = CompanyId(row.company_id), f"{row.key}:{name}", 1
    while find_posting(company=company, key=key) is not None:
        times += 1
        key = f"{row.key}:{name}{times}"
    legs = ((f"{BANK}:{row.account}", row.value * sign), (UNALLOCATED, -row.value * sign))
    posting = Posting(
        key=key,
        on=row.booked_on,
        code=f"receipts.{name}",
        document=row.key,
        entries=tuple(Entry(account=account, currency=row.currency, value=value) for account, value in legs),
    )
    post(company=company, postings=[(posting, ())], by=by, at=at)

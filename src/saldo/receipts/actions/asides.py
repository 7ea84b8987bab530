"""Taking up again what was set aside: it was a customer's money after all."""

from __future__ import annotations

from datetime import datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.receipts.actions.matching import lock_entries
from saldo.receipts.rules.settlement import UnableToMatch

_OWN_PLACE = ("fee", "interest")  # booked to an account of their own, so there is nothing left to match


def take_up(*, company: CompanyId, entry: str, by: str, at: datetime) -> None:
    """Let an entry that was set aside wait to be matched again.

    Refuses (UnableToMatch): receipts.match.unknown-entry, .not-set-aside (another state, or the bank's own fee).
    """
    (row,) = lock_entries(company=company, keys=[entry]).values()
    if row.state != "set-aside" or row.kind in _OWN_PLACE:
        raise UnableToMatch(code="receipts.match.not-set-aside", facts={"entry": entry, "state": row.state})
    row.state, row.because = "open", ""
    row.save(update_fields=["state", "because"])
    record(company=company, code="receipts.taken-up", actor=by, subject=f"entry:{entry}", at=at)

"""Proposals to suspend that were overtaken: when nothing of what caused them is collected any more, they go."""

from __future__ import annotations

from django.db import connection

from saldo.audit.log import record
from saldo.dunning.looking import Look

_WITHDRAW = """
UPDATE dunning_suspensionproposal p SET state = 'withdrawn', because = 'nothing-to-collect', settled_at = %(at)s,
    settled_by = %(by)s
WHERE p.company_id = %(company)s AND p.state = 'proposed' AND NOT EXISTS (
    SELECT 1 FROM jsonb_array_elements_text(p.items) AS named (item)
    JOIN dunning_collected c ON c.company_id = p.company_id AND c.item = named.item AND c.step <> 'clear'
)
RETURNING p.id
"""


def withdraw_overtaken(*, look: Look, by: str) -> int:
    """Take back every open proposal of which no item stands on a step any more; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, {"company": look.company, "at": look.at, "by": by})
        gone = [row[0] for row in cursor.fetchall()]
    if gone:
        facts = {"count": len(gone), "first": min(gone), "because": "nothing-to-collect"}
        record(
            company=look.company, code="dunning.proposal-withdrawn", actor=by, subject="round", at=look.at, facts=facts
        )
    return len(gone)

"""Writing of this room: drafts, issue, corrections, our own charges, decisions."""

from __future__ import annotations

from saldo.invoicing.actions.charging import (
    add_charge,
    attach_explanation,
    decide_line,
    hold_draft,
    record_authority_document,
    release_draft,
    set_invoicing,
)
from saldo.invoicing.actions.correcting import Corrections, cancel_invoice, reissue
from saldo.invoicing.actions.crediting import approve_credit_note, issue_credit_note, propose_credit_note

__all__ = [
    "Corrections",
    "add_charge",
    "approve_credit_note",
    "attach_explanation",
    "cancel_invoice",
    "decide_line",
    "hold_draft",
    "issue_credit_note",
    "propose_credit_note",
    "record_authority_document",
    "reissue",
    "release_draft",
    "set_invoicing",
]

"""Two people: whoever proposed something never approves it, and no program approves anything."""

from __future__ import annotations

COMMAND = "command"
_NO_PERSON = frozenset({"", "system", COMMAND})


def find_approval_refusal(*, proposed_by: str, approved_by: str) -> str | None:
    """The code of the reason why this actor may not approve, or None.

    The command line is nobody in particular: what it approved could have been approved by the one who proposed, and
    who proposed by it could approve at the desk under their own name.
    """
    if approved_by in _NO_PERSON:
        return "parties.approval.not-a-person"
    if proposed_by == COMMAND:
        return "parties.approval.by-command"
    return "parties.approval.own" if approved_by == proposed_by else None

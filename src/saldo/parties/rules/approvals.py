"""Two people: whoever proposed something never approves it, and no program approves anything."""

from __future__ import annotations

_NO_PERSON = frozenset({"", "system", "command"})


def find_approval_refusal(*, proposed_by: str, approved_by: str) -> str | None:
    """The code of the reason why this actor may not approve, or None.

    The command line is nobody in particular: what it approved could have been approved by the one who proposed.
    """
    if approved_by in _NO_PERSON:
        return "parties.approval.not-a-person"
    return "parties.approval.own" if approved_by == proposed_by else None

"""The tables of collections, by noun."""

from saldo.dunning.models.circumstances import Dispute, Hold, Mark, PaymentInFlight, Promise
from saldo.dunning.models.notices import Call, Notice, Task
from saldo.dunning.models.policies import Acknowledgement, Assignment, Clause, PolicyDraft, PolicyVersion
from saldo.dunning.models.standings import Collected, Decided, Round, SuspensionProposal

__all__ = [
    "Acknowledgement",
    "Assignment",
    "Call",
    "Clause",
    "Collected",
    "Decided",
    "Dispute",
    "Hold",
    "Mark",
    "Notice",
    "PaymentInFlight",
    "PolicyDraft",
    "PolicyVersion",
    "Promise",
    "Round",
    "SuspensionProposal",
    "Task",
]

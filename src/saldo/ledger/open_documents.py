"""Which documents are open: for lists that show one state only and page through the documents themselves."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef

from saldo.core.identity import CompanyId
from saldo.ledger import models


def is_open(*, company: CompanyId, number: str, account: str = "receivable", due_before: date | None = None) -> Exists:
    """A condition for a query of a room above: something is open today of the document that its field ``number`` names.

    Only what is due before a day, if given. No list of open documents leaves the database for it.
    """
    rows = models.Item.objects.filter(company_id=company, account=account, settled_on__isnull=True)
    rows = rows.filter(document=OuterRef(number)).exclude(document="")
    return Exists(rows if due_before is None else rows.filter(due_on__lt=due_before))

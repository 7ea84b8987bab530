"""The fiscal documents of authorities that were recorded for our statements (practice 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saldo.core.identity import CompanyId
from saldo.invoicing import models


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityRecord:
    """What the authority issued for one statement of ours; ``file`` is its sha256 in the document store."""

    number: str
    authority_number: str
    issued_on: date
    file: str


def find_authority_document(*, company: CompanyId, number: str) -> AuthorityRecord | None:
    """The authority's document for this statement, or None while there is none."""
    row = models.AuthorityDocument.objects.filter(company_id=company, number=number).first()
    if row is None:
        return None
    return AuthorityRecord(
        number=row.number, authority_number=row.authority_number, issued_on=row.issued_on, file=row.file
    )

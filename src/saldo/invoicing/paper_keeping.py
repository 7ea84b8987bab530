"""Papers are rendered once and kept for ever, by what they are: the document store has the bytes, a row their name."""

from __future__ import annotations

from datetime import datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.invoicing import models
from saldo.invoicing.paper_facts import find_paper
from saldo.invoicing.rules.paper import UnableToWritePaper
from saldo.outbox import documents


def keep_paper(*, company: CompanyId, number: str, form: str, data: bytes, by: str, at: datetime) -> str:
    """Keep the bytes of a document's paper in a form, ``pdf`` or ``ubl``; gives their sha256. Twice is once.

    Refuses (UnableToWritePaper): invoicing.paper.already-kept where another paper of this form was kept before.
    """
    sha256 = documents.keep(data)
    _, is_new = models.Paper.objects.get_or_create(
        company_id=company, number=number, form=form, defaults={"sha256": sha256, "made_at": at}
    )
    if is_new:
        facts = {"form": form, "sha256": sha256}
        record(company=company, code="invoicing.paper-kept", actor=by, subject=f"invoice:{number}", at=at, facts=facts)
    elif find_paper(company=company, number=number, form=form) != sha256:
        raise UnableToWritePaper(code="invoicing.paper.already-kept", facts={"number": number, "form": form})
    return sha256


def read_paper(*, company: CompanyId, number: str, form: str) -> bytes | None:
    """The kept paper of a document in this form; None where none was kept yet."""
    sha256 = find_paper(company=company, number=number, form=form)
    return None if sha256 is None else documents.read(sha256)

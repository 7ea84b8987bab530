"""Which version of a document counts, and in which month: one place for what an arrival changes in what was there.

Belongs to the transaction of `charges.actions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from saldo.charges import models
from saldo.charges.rules.line import Kind
from saldo.charges.rules.months import HeaderDays, month_of_document
from saldo.core.identity import CompanyId
from saldo.core.periods import Month

UNNUMBERED_KIND: Kind = "legacy-license"
"""The one kind of billed file that may not say which invoice it belongs to."""


def key_of(*, kind: str, document: str, is_estimated: bool, month: date | None, currency: str) -> str:
    """What all versions of a document have in common; without a number its kind, month and currency."""
    if document:
        return f"{kind}:{document}"
    name = "unbilled" if is_estimated else "unnumbered"
    return f"{kind}:{name}:{month or ''}:{currency}"


def find_predecessor(delivery: models.Delivery) -> models.Delivery | None:
    """The version that this one takes the place of: of the same key, else the same legacy licence file.

    A legacy licence file may name no invoice; the one of its month and currency is the same document then.
    """
    same = _of(delivery.company_id).filter(document_key=delivery.document_key)
    current = same.filter(
        Q(state="counts") | Q(state="superseded", superseded_by__is_estimated=False, is_estimated=True)
    )
    if delivery.kind != UNNUMBERED_KIND or current.exists():
        return current.last()
    alike = _of(delivery.company_id).filter(kind=delivery.kind, state="counts")
    of_month = alike.filter(own_month=delivery.own_month, currency=delivery.currency)
    if delivery.document:
        return alike.filter(document=delivery.document).last() or of_month.filter(document="").last()
    found = list(of_month[:2])
    return found[0] if len(found) == 1 else None


def supersede(old: models.Delivery, *, by: models.Delivery) -> None:
    """Let a newer version count instead of an old one, which stays readable."""
    old.state, old.superseded_by = "superseded", by
    old.save(update_fields=["state", "superseded_by"])


def bring_back(delivery: models.Delivery) -> int:
    """Let what a withdrawn version had superseded count again; returns how many versions."""
    return (
        _of(delivery.company_id)
        .filter(superseded_by=delivery, state="superseded")
        .update(state="counts", superseded_by=None)
    )


def settle_estimates(company: CompanyId) -> None:
    """I15: unbilled data counts only while no billed data of its kind, month and currency does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE charges_delivery e SET state = 'counts', superseded_by_id = NULL FROM charges_delivery b"
            " WHERE e.company_id = %(company)s AND e.is_estimated AND e.state = 'superseded'"
            " AND b.id = e.superseded_by_id AND NOT b.is_estimated AND NOT (b.state = 'counts'"
            f" AND b.kind = e.kind AND b.month IS NOT DISTINCT FROM e.month AND {_ONE_CURRENCY})",
            {"company": company},
        )
        cursor.execute(
            "UPDATE charges_delivery e SET state = 'superseded', superseded_by_id = (SELECT max(b.id)"
            f" FROM charges_delivery b WHERE {_SUPERSEDES}) WHERE e.company_id = %(company)s AND e.is_estimated"
            f" AND e.state = 'counts' AND EXISTS (SELECT 1 FROM charges_delivery b WHERE {_SUPERSEDES})",
            {"company": company},
        )


# a file whose rows are in several currencies has none of its own, and meets every other
_ONE_CURRENCY = "(b.currency = e.currency OR '' IN (b.currency, e.currency))"
_SUPERSEDES = (
    "b.company_id = e.company_id AND NOT b.is_estimated AND b.state = 'counts' AND b.kind = e.kind"
    f" AND b.month = e.month AND {_ONE_CURRENCY}"
)


def settle_months(company: CompanyId, documents: Iterable[str]) -> None:
    """Give every version of these documents the month of its header, or its own where no header counts."""
    wanted = {document for document in documents if document}
    headers = {row.number: row for row in headers_of(company).filter(number__in=wanted)}
    rows = list(_of(company).filter(document__in=wanted).exclude(kind="invoice-header"))
    for row in rows:
        header = headers.get(row.document)
        month = month_of_document(own=Month.of(row.own_month) if row.own_month else None, header=_days_of(header))
        row.month = month.starts_on if month else None
    models.Delivery.objects.bulk_update(rows, ["month"], batch_size=500)


def _days_of(header: models.MicrosoftInvoice | None) -> HeaderDays | None:
    if header is None:
        return None
    return HeaderDays(invoiced_on=header.invoiced_on, period_starts_on=header.period_starts_on)


def headers_of(company: CompanyId) -> QuerySet[models.MicrosoftInvoice]:
    """The headers that count, the newest of a number last."""
    return models.MicrosoftInvoice.objects.filter(company_id=company, delivery__state="counts").order_by("delivery_id")


def name_unnumbered(company: CompanyId) -> set[str]:
    """Give licence files without a number that of the one legacy invoice of their month and currency (I6).

    Returns the numbers given.
    """
    nameless = list(_of(company).filter(kind=UNNUMBERED_KIND, document=""))
    given: set[str] = set()
    for row in nameless:
        found = _legacy_invoices(company, row)
        if len(found) == 1:
            row.document = found.pop()
            given.add(row.document)
    models.Delivery.objects.bulk_update([row for row in nameless if row.document], ["document"], batch_size=500)
    return given


def _legacy_invoices(company: CompanyId, row: models.Delivery) -> set[str]:
    """Numbers of legacy invoices of the month in which most of its charges begin, in its currency."""
    if row.own_month is None:
        return set()
    ends_on = Month.of(row.own_month).ends_on
    headers = headers_of(company).filter(
        number__startswith="D", invoiced_on__range=(row.own_month, ends_on), period_starts_on=None
    )
    if row.currency:
        headers = headers.filter(currency=row.currency)
    return set(headers.values_list("number", flat=True))


def _of(company: int) -> QuerySet[models.Delivery]:
    return models.Delivery.objects.filter(company_id=company).order_by("id")

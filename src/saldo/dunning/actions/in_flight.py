"""Money that is on its way: recorded, so that nobody is chased for it, until it is there or did not come."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import get_debtor_item, list_debtor_items, lock_debtor

Arrival = Literal["settled", "failed"]


class UnableToFollowPayment(Refused):
    """A payment on its way that is not recorded, or not settled, as asked."""


def record_in_flight(
    *,
    company: CompanyId,
    debtor: str,
    currency: str,
    pending: Decimal,
    item: str = "",
    reference: str = "",
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Record money that was sent and is not in the books yet; returns it. Without an item it falls on the oldest.

    Refuses (UnableToFindDebtor): dunning.debtor.unknown, dunning.item.not-open; (UnableToFollowPayment):
    dunning.in-flight.no-amount, .other-currency, .nothing-open.
    """
    lock_debtor(company=company, debtor=debtor)
    if pending <= 0:
        raise UnableToFollowPayment(code="dunning.in-flight.no-amount")
    if item and get_debtor_item(company=company, debtor=debtor, item=item).currency != currency:
        raise UnableToFollowPayment(code="dunning.in-flight.other-currency", facts={"currency": currency})
    if not any(one.currency == currency for one in list_debtor_items(company=company, debtor=debtor)):
        raise UnableToFollowPayment(code="dunning.in-flight.nothing-open", facts={"currency": currency})
    row = models.PaymentInFlight.objects.create(
        company_id=company,
        debtor=debtor,
        currency=currency,
        pending=pending,
        item=item,
        reference=reference,
        since_on=today,
        recorded_at=at,
        recorded_by=by,
    )
    facts = {"in_flight": row.pk, "pending": f"{pending:f}", "currency": currency, "item": item}
    record(company=company, code="dunning.in-flight-recorded", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def settle_in_flight(
    *, company: CompanyId, in_flight: int, arrival: Arrival, by: str, today: date, at: datetime
) -> None:
    """The money is in the books now, or did not come: collecting goes on where it stood (lessons A 5).

    Refuses (UnableToFollowPayment): dunning.in-flight.unknown, .settled-already, .unknown-arrival.
    """
    if arrival not in get_args(Arrival):
        raise UnableToFollowPayment(code="dunning.in-flight.unknown-arrival", facts={"arrival": str(arrival)[:40]})
    row = models.PaymentInFlight.objects.select_for_update().filter(company_id=company, pk=in_flight).first()
    if row is None:
        raise UnableToFollowPayment(code="dunning.in-flight.unknown", facts={"in_flight": in_flight})
    if row.state != "pending":
        raise UnableToFollowPayment(code="dunning.in-flight.settled-already", facts={"state": row.state})
    row.state, row.settled_on = arrival, today
    row.save(update_fields=["state", "settled_on"])
    facts = {"in_flight": in_flight, "state": arrival}
    subject = f"debtor:{row.debtor}"
    record(company=company, code="dunning.in-flight-settled", actor=by, subject=subject, at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)

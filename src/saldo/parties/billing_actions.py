"""Writing who pays us, what our papers say of us, and bank accounts. Each act stands in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from saldo.audit import log
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.problems import Refused, as_seen
from saldo.parties import models
from saldo.parties.rules.approvals import find_approval_refusal
from saldo.parties.rules.debtor_fields import (
    Fields,
    find_ring,
    is_plain,
    read_account,
    read_debtor,
    read_particulars,
)

_FIRST_NUMBER = 10001

# Numbers of up to eight digits are ours to go on from; a longer one is an organisation's, taken over as it was.
_NEXT_NUMBER = """
SELECT greatest(%s, 1 + coalesce(max(number::bigint), 0)) FROM parties_debtor
WHERE company_id = %s AND number ~ '^[0-9]{1,8}$'
"""
_BARE_TENANTS = """
SELECT id, name, country FROM parties_customer WHERE company_id = %s AND debtor_id IS NULL
ORDER BY name COLLATE "C", key COLLATE "C"
"""
# Arrays and not one statement with WITH: fresh tables have no statistics, and the planner would loop in a loop.
_MAKE_DEBTORS = """
INSERT INTO parties_debtor (company_id, number, name, country, street, postcode, city, region, vat_id,
    registration, electronic_address, emails, language, segment, is_active, first_seen_at)
SELECT %s, number, name, country, '', '', '', '', '', '', '', '[]', '', '', true, %s
FROM unnest(%s::text[], %s::text[], %s::text[]) AS bare (number, name, country)
RETURNING number, id
"""
_CHARGE_TENANTS = """
UPDATE parties_customer SET debtor_id = given.debtor
FROM unnest(%s::bigint[], %s::bigint[]) AS given (customer, debtor)
WHERE company_id = %s AND id = given.customer
"""


_WAITING = timedelta(days=2)  # the whole day after the approval, so that somebody can object (practice 18)


class UnableToEdit(Refused):
    """Something about a debtor, or about ourselves, that is not written down as said."""


class UnableToChangeAccount(Refused):
    """A bank account that is not proposed, approved or closed as asked."""


def ensure_debtors(*, company: CompanyId, at: datetime, by: str) -> int:
    """Give each tenant without a debtor one of its own, with its name and country; returns how many were made.

    Numbers go on from the highest that is ours, 10001 at first, in the order of name and key; a number is never given
    twice. Told again, it does nothing.
    """
    with connection.cursor() as cursor:
        _one_at_a_time(company)
        cursor.execute(_BARE_TENANTS, [company])
        tenants = cursor.fetchall()
        if not tenants:
            return 0
        first = _next_number(company)
        numbers = [str(first + count) for count in range(len(tenants))]
        ids, names, countries = (list(column) for column in zip(*tenants, strict=True))
        cursor.execute(_MAKE_DEBTORS, [company, at, numbers, names, countries])
        made = dict(cursor.fetchall())
        cursor.execute(_CHARGE_TENANTS, [ids, [made[number] for number in numbers], company])
    facts = {"count": len(numbers), "first": numbers[0], "last": numbers[-1]}
    _note(company, "parties.debtors.made", by, f"company:{company}", at, facts)
    return len(numbers)


def add_debtor(*, company: CompanyId, fields: Mapping[str, Any], by: str, at: datetime, number: str = "") -> str:
    """Write down a debtor; returns its number: ``number``, or the next of ours.

    Refuses (UnableToEdit): parties.debtor.exists, and as `edit_debtor`.
    """
    _one_at_a_time(company)
    said = number.strip() or str(_next_number(company))
    if not is_plain(said):
        raise UnableToEdit(code="parties.field.bad-text", facts={"field": "number", "seen": as_seen(said[:80])})
    if models.Debtor.objects.filter(company_id=company, number=said).exists():
        raise UnableToEdit(code="parties.debtor.exists", facts={"debtor": said})
    row = models.Debtor(company_id=company, number=said, first_seen_at=at)
    _write(row, _checked(read_debtor(said={"name": ""} | dict(fields))), company)
    _note(company, "parties.debtor.added", by, f"debtor:{said}", at, {"fields": sorted(fields)})
    return said


def edit_debtor(
    *, company: CompanyId, number: str, changes: Mapping[str, Any], by: str, at: datetime
) -> tuple[str, ...]:
    """Change some fields of a debtor; returns the names of those that are different now.

    Fields: those of `rules.debtor_fields`, ``emails`` as (name, address) pairs, ``parent`` as a number or None,
    ``is_active``. Refuses (UnableToEdit), with field and what was seen: parties.debtor.unknown, .ring,
    parties.field.unknown, .empty, .bad-text, .bad-country, .bad-language, .bad-address, parties.number.bad-length,
    .bad-checksum, .bad-format, .bad-component.
    """
    _one_at_a_time(company)
    row = _get_debtor(company, number)
    changed = _write(row, _checked(read_debtor(said=changes, country=row.country)), company)
    if changed:
        _note(company, "parties.debtor.edited", by, f"debtor:{number}", at, {"fields": changed})
    return tuple(changed)


def assign_tenant(*, company: CompanyId, customer: CustomerId, debtor: str, by: str, at: datetime) -> None:
    """Charge a tenant to this debtor from now on; what was issued stays.

    Refuses (UnableToEdit): parties.debtor.unknown, parties.customer.unknown.
    """
    row = models.Customer.objects.select_for_update().filter(company_id=company, key=customer).first()
    if row is None:
        raise UnableToEdit(code="parties.customer.unknown", facts={"customer": customer})
    before, row.debtor = row.debtor, _get_debtor(company, debtor)
    if before == row.debtor:
        return
    row.save(update_fields=["debtor"])
    facts = {"before": before.number if before else None, "after": debtor}
    _note(company, "parties.customer.charged-to", by, f"customer:{row.pk}", at, facts)


def set_particulars(*, company: CompanyId, changes: Mapping[str, Any], by: str, at: datetime) -> tuple[str, ...]:
    """Change what our papers say of us; returns the names of the fields that are different now.

    Refuses (UnableToEdit): parties.field…, parties.number…, as `edit_debtor`.
    """
    house = models.Company.objects.get(id=company)
    fields = _checked(read_particulars(said=changes, country=house.country))
    row, _ = models.Particulars.objects.get_or_create(company_id=company, defaults={"legal_name": house.name})
    changed = sorted(name for name, value in fields.values.items() if getattr(row, name) != value)
    models.Particulars.objects.filter(company_id=company).update(**{name: fields.values[name] for name in changed})
    if changed:
        _note(company, "parties.particulars.edited", by, f"company:{company}", at, {"fields": changed})
    return tuple(changed)


def propose_bank_account(
    *,
    company: CompanyId,
    code: str,
    name: str,
    currency: str,
    by: str,
    at: datetime,
    owner: str = "own",
    iban: str = "",
    bic: str = "",
    giro: str = "",
    number: str = "",
) -> None:
    """Write down an account of ours or of a payee's, which another person must approve before it is used.

    Refuses (UnableToChangeAccount), with field and what was seen: parties.bank-account.exists, .same-number,
    .no-number, parties.field.empty, parties.number.bad-length, .bad-checksum, .bad-format, .bad-component.
    """
    texts = {"code": code, "owner": owner, "name": name, "currency": currency}
    fields = read_account(said=texts | {"iban": iban, "bic": bic, "giro": giro, "number": number})
    for fault in fields.faults:
        raise UnableToChangeAccount(code=fault.code, facts={"field": fault.field, "seen": fault.seen})
    _one_at_a_time(company)
    accounts = models.BankAccount.objects.filter(company_id=company)
    if accounts.filter(code=fields.values["code"]).exists():
        raise UnableToChangeAccount(code="parties.bank-account.exists", facts={"account": code})
    same = {name: fields.values[name] for name in ("iban", "giro", "number", "currency")}
    twin = accounts.exclude(state="closed").filter(**same).first()
    if twin is not None:
        raise UnableToChangeAccount(code="parties.bank-account.same-number", facts={"account": twin.code})
    models.BankAccount.objects.create(company_id=company, proposed_by=by, proposed_at=at, **fields.values)
    _note(company, "parties.bank-account.proposed", by, f"bank-account:{code}", at, {"owner": owner})


def approve_bank_account(*, company: CompanyId, code: str, by: str, at: datetime) -> None:
    """Agree to an account that somebody else proposed; it is used only after a whole waiting day.

    Refuses (UnableToChangeAccount): parties.bank-account.unknown, .not-proposed, parties.approval.own,
    parties.approval.not-a-person.
    """
    row = _get_account(company, code)
    if row.state != "proposed":
        raise UnableToChangeAccount(code="parties.bank-account.not-proposed", facts={"account": code})
    refusal = find_approval_refusal(proposed_by=row.proposed_by, approved_by=by)
    if refusal:
        raise UnableToChangeAccount(code=refusal)
    zone = ZoneInfo(models.Company.objects.get(id=company).zone)
    row.state, row.approved_by, row.approved_at = "active", by, at
    row.usable_from = at.astimezone(zone).date() + _WAITING
    row.save()
    facts = {"proposed_by": row.proposed_by, "usable_from": row.usable_from.isoformat()}
    _note(company, "parties.bank-account.approved", by, f"bank-account:{code}", at, facts)


def close_bank_account(*, company: CompanyId, code: str, by: str, at: datetime) -> None:
    """Use an account no more, at once; a proposed one is rejected by this. One person is enough to stop something.

    Refuses (UnableToChangeAccount): parties.bank-account.unknown.
    """
    row = _get_account(company, code)
    if row.state == "closed":
        return
    facts, row.state = {"before": row.state}, "closed"
    row.save(update_fields=["state"])
    _note(company, "parties.bank-account.closed", by, f"bank-account:{code}", at, facts)


def _one_at_a_time(company: CompanyId) -> None:
    """Two at once would give the same number, close a ring of parents, or write one account down twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parties.debtors'), %s)", [company])


def _next_number(company: CompanyId) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [_FIRST_NUMBER, company])
        return int(cursor.fetchone()[0])


def _checked(fields: Fields) -> Fields:
    for fault in fields.faults:
        raise UnableToEdit(code=fault.code, facts={"field": fault.field, "seen": fault.seen})
    return fields


def _write(row: models.Debtor, fields: Fields, company: CompanyId) -> list[str]:
    values = dict(fields.values)
    if "parent" in values:
        values["parent"] = _find_parent(company, row, values["parent"])
    if "emails" in values:
        values["emails"] = [{"name": name, "address": address} for name, address in values["emails"]]
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    row.save()
    return changed


def _find_parent(company: CompanyId, row: models.Debtor, number: str | None) -> models.Debtor | None:
    if not number:
        return None
    parent = _get_debtor(company, number)
    links = models.Debtor.objects.filter(company_id=company, parent__isnull=False)
    ring = find_ring(parents=dict(links.values_list("number", "parent__number")), debtor=row.number, parent=number)
    if ring:
        raise UnableToEdit(code="parties.debtor.ring", facts={"field": "parent", "debtors": list(ring)})
    return parent


def _get_debtor(company: CompanyId, number: str) -> models.Debtor:
    row = models.Debtor.objects.filter(company_id=company, number=number).first()
    if row is None:
        raise UnableToEdit(code="parties.debtor.unknown", facts={"debtor": number})
    return row


def _get_account(company: CompanyId, code: str) -> models.BankAccount:
    row = models.BankAccount.objects.select_for_update().filter(company_id=company, code=code).first()
    if row is None:
        raise UnableToChangeAccount(code="parties.bank-account.unknown", facts={"account": code})
    return row


def _note(company: CompanyId, code: str, by: str, subject: str, at: datetime, facts: Mapping[str, Any]) -> None:
    log.record(company=company, code=code, actor=by, subject=subject, at=at, facts=facts)

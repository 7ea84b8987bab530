"""Page: the company. What our papers say, how we issue, our accounts, the ways out, how Microsoft is paid."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.desk import figures
from saldo.desk.company.accounts import list_shown
from saldo.desk.company.channels import list_ways
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.invoicing.backups import newest_backup
from saldo.invoicing.settings import Settings, get_settings
from saldo.parties.debtors import Particulars, get_particulars
from saldo.parties.queries import list_people
from saldo.parties.rules.debtor_fields import F_TAX_COUNTRY
from saldo.parties.rules.roles import count_approvers
from saldo.payables.queries import get_settings as get_payables_settings

_SAID = ("street", "vat_id", "registration", "electronic_address", "email", "phone", "website")


@gate_everywhere("company.settings")
def company(request: HttpRequest) -> HttpResponse:
    """Everything that is set once for the whole company."""
    visitor = get_visitor(request)
    settings = get_settings(company=visitor.company.id)
    page = {
        "approvers": _approvers(visitor),
        "may_manage_people": visitor.may_everywhere("people.manage"),
        "particulars": _particulars(get_particulars(company=visitor.company.id)),
        "missing": _missing(get_particulars(company=visitor.company.id)),
        "invoicing": _invoicing(visitor, settings),
        "is_refused_form": settings.fiscal_form == "es-verifactu",
        "backup": _backup(visitor, settings),
        "accounts": list_shown(visitor),
        "may_propose": visitor.may_everywhere("bank-account.propose"),
        "ways": list_ways(visitor),
        "payables": _payables(visitor),
    }
    return render(request, "desk/company/page.html", {"page": page})


def _approvers(visitor: Visitor) -> int:
    people = list_people(company=visitor.company.id)
    active = [(person.id, grant) for person in people if person.is_active for grant in person.grants]
    return count_approvers(grants=active, company=visitor.company.id, today=visitor.today)


def _particulars(said: Particulars) -> list[tuple[str, str]]:
    city, country = f"{said.postcode} {said.city}".strip(), figures.country(said.country)
    place = ", ".join(filter(None, (said.street, city, said.region, country)))
    told = [("legal_name", said.legal_name), ("address", place)]
    told += [(name, getattr(said, name)) for name in _SAID if name != "street"]
    if said.country == F_TAX_COUNTRY:
        told.append(("has_f_tax", figures.say(f"pages.company.f-tax.{'yes' if said.has_f_tax else 'no'}")))
    told.append(("language", figures.say(f"pages.language.{said.language}")))
    return [(figures.say(f"pages.company.field.{name}"), text) for name, text in told if text]


def _missing(said: Particulars) -> list[str]:
    """What a paper of ours lacks until somebody writes it down."""
    needed = ("street", "postcode", "city", "vat_id", "registration", "email")
    return [figures.say(f"pages.company.field.{name}") for name in needed if not getattr(said, name)]


def _invoicing(visitor: Visitor, settings: Settings) -> list[tuple[str, str]]:
    limit = figures.amount(settings.credit_limit, visitor.company.currency)
    year = visitor.today.year
    told = [
        ("fiscal_form", figures.say(f"pages.company.form.{settings.fiscal_form}")),
        ("series", settings.series.format(year=year, number=1)),
        ("rounding", figures.say(f"pages.company.rounding.{settings.rounding}")),
        ("recall_minutes", figures.say_many("pages.company.minutes", settings.recall_minutes)),
        ("backup_days", figures.say_many("pages.company.days", settings.backup_days)),
        ("credit_limit", f"{limit} {visitor.company.currency}"),
    ]
    return [(figures.say(f"pages.company.field.{name}"), text) for name, text in told]


def _backup(visitor: Visitor, settings: Settings) -> dict[str, Any]:
    taken = newest_backup(company=visitor.company.id)
    if taken is None:
        return {"mark": "warn", "words": figures.say("pages.company.no-backup"), "is_old": True}
    is_old = (get_world().clock.now() - taken).days >= settings.backup_days
    words = figures.say("pages.company.newest-backup", at=figures.minute(taken))
    return {"mark": "warn" if is_old else "plain", "words": words, "is_old": is_old}


def _payables(visitor: Visitor) -> list[tuple[str, str]]:
    settings = get_payables_settings(company=visitor.company.id)
    limit = figures.amount(settings.two_people_above, visitor.company.currency)
    always = figures.say("pages.company.two-always")
    told = [
        ("two_people_above", f"{limit} {visitor.company.currency}" if settings.two_people_above else always),
        ("bank_lead_days", figures.say_many("pages.company.bank-days", settings.bank_lead_days)),
        ("microsoft_country", figures.country(settings.microsoft_country)),
    ]
    return [(figures.say(f"pages.company.field.{name}"), text) for name, text in told]

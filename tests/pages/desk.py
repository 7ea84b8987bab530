"""A whole desk for tests: a small partner whose files came in by the real import, people of every role and scope."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.urls import reverse

from saldo.charges.history import find_place
from saldo.charges.queries import list_lines
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.flows.import_files import import_paths
from saldo.generator.generation import generate
from saldo.parties.actions import assign_customers, found_company
from saldo.parties.company import company_context
from saldo.parties.queries import list_customers
from saldo.parties.rules.roles import Grant, Role, Scope
from saldo.server.wiring import real_world
from tests.conftest import NOW
from tests.pages.people import a_person

CUSTOMERS, MONTHS, START = 6, 3, Month(2026, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What addresses are made of: a customer of the Sales agent, one of nobody, a delivery, a row, people."""

    company: CompanyId
    elsewhere: CompanyId
    own: CustomerId  # the Sales agent's
    lent: CustomerId  # of the Billing admin who sees own customers only
    other: CustomerId
    month: Month
    delivery: int
    file: str
    row: int
    people: dict[str, Any]

    def address(self, page: str, *, customer: CustomerId | None = None) -> str:
        """Where a page of the desk is, about our things; pages about a customer are about ``customer``."""
        key = customer or self.own
        arguments: dict[str, Any] = {
            "key": key,
            "month": str(self.month),
            "delivery": self.delivery,
            "file": self.file,
            "row": self.row,
            "user": self.people["helpdesk"].pk,
        }
        wanted = ARGUMENTS.get(page, ())
        return reverse(f"desk:{page}", kwargs={name: arguments[name] for name in wanted})


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "customer": ("key",),
    "customer-bill": ("key", "month"),
    "customer-daily": ("key", "month"),
    "compare-months": ("key",),
    "compare-evidence": ("key",),
    "compare-csv": ("key",),
    "compare-xlsx": ("key",),
    "import-accept": ("delivery",),
    "import-refuse": ("delivery",),
    "import-take-back": ("delivery",),
    "import-row": ("file", "row"),
    "import-original": ("file", "row"),
    "user": ("user",),
    "user-disable": ("user",),
    "user-enable": ("user",),
    "user-link": ("user",),
}


def make_desk() -> Desk:
    """Found two companies, import a small partner's files into the first, and seat everybody."""
    facts = {"country": "SE", "currency": "SEK", "cloud": "global", "actor": "test", "at": NOW}
    company = found_company(name="Fjordlys Cloud AB", **facts)
    elsewhere = found_company(name="Söder & Co", **facts)
    with tempfile.TemporaryDirectory() as folder:
        generate(folder=Path(folder), customers=CUSTOMERS, months=MONTHS, seed=3, start=START, usage_rows=90)
        (Path(folder) / "truth.json").unlink()
        import_paths(company=company, paths=[Path(folder)], actor="command", world=real_world())
    stranger = a_person(company=elsewhere, grants=Role.GLOBAL_ADMIN, email="eve@elsewhere.example")
    people = _seat(company) | {"stranger": stranger}
    month = START.plus(MONTHS - 1)
    with company_context(company):
        own, lent, other = _largest(company, month)
        _give(company, own, people["sales"].pk)
        _give(company, lent, people["billing-of-some"].pk)
        line = list_lines(company=company, customer=other, month=month)[0]
        place = find_place(company=company, file=line.file)
    assert place is not None
    return Desk(
        company=company,
        elsewhere=elsewhere,
        own=own,
        lent=lent,
        other=other,
        month=month,
        delivery=place[0].id,
        file=line.file,
        row=line.row,
        people=people,
    )


def _largest(company: CompanyId, month: Month) -> list[CustomerId]:
    """The three customers with most to see on their bill."""
    keys = [customer.key for customer in list_customers(company=company)]
    return sorted(keys, key=lambda key: -len(list_lines(company=company, customer=key, month=month)))[:3]


def _give(company: CompanyId, customer: CustomerId, to: int) -> None:
    assign_customers(company=company, customers=[customer], to=to, actor="test", at=NOW)


def _seat(company: CompanyId) -> dict[str, Any]:
    def one(name: str, role: Role, **narrowed: Any) -> Any:
        grant = Grant(company=company, role=role, **narrowed)
        return a_person(company=company, grants=[grant], email=f"{name}@fjordlys.example")

    return {
        "global": one("global", Role.GLOBAL_ADMIN),
        "manager": one("manager", Role.USER_MANAGEMENT_ADMIN),
        "helpdesk": one("helpdesk", Role.HELPDESK_AGENT),
        "billing": one("billing", Role.BILLING_ADMIN),
        "sales": one("sales", Role.SALES_AGENT),
        "billing-of-some": one("billing-of-some", Role.BILLING_ADMIN, scope=Scope.OWN_CUSTOMERS),
        "global-of-some": one("global-of-some", Role.GLOBAL_ADMIN, scope=Scope.OWN_CUSTOMERS),
        "billing-reader": one("billing-reader", Role.BILLING_ADMIN, scope=Scope.READ_ONLY),
        "helpdesk-of-provider": one("provider", Role.HELPDESK_AGENT, scope=Scope.HANDED_OVER, scope_of="Norrhjälp AB"),
        "former": one("former", Role.GLOBAL_ADMIN, ends_before=date(2026, 1, 1)),
        "nobody": a_person(company=company, grants=[], email="nobody@fjordlys.example"),
    }


PEOPLE_OF_ROLES = {"G": "global", "U": "manager", "H": "helpdesk", "B": "billing", "S": "sales"}

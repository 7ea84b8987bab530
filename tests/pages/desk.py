"""A whole desk for tests: a small partner whose files came in by the real import, people of every role and scope."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.urls import reverse

from saldo.agreements.actions import set_price_rule
from saldo.agreements.rules.prices import PriceRule
from saldo.charges.history import find_place
from saldo.charges.queries import list_lines
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.flows.import_files import import_paths
from saldo.generator.generation import generate
from saldo.ledger.sheets import take_opening
from saldo.ledger.taking_over import undo_take_over
from saldo.outbox.actions import order_message
from saldo.outbox.documents import keep
from saldo.outbox.rules.orders import Attachment
from saldo.parties.actions import assign_customers, found_company
from saldo.parties.billing_actions import ensure_debtors, propose_bank_account
from saldo.parties.company import company_context
from saldo.parties.debtors import map_tenants
from saldo.parties.queries import list_customers
from saldo.parties.rules.roles import Grant, Role, Scope
from saldo.receipts.actions.taking import note_refusal
from saldo.server.wiring import real_world
from tests.conftest import NOW
from tests.pages.billed import make_billed
from tests.pages.collected import make_collected
from tests.pages.owed import make_owed
from tests.pages.people import a_person
from tests.pages.policed import make_policy

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
    debtor: str  # who pays for ``own``
    other_debtor: str
    rule: str  # for ``debtor``
    message: int
    payable: str  # a document of Microsoft's, open and nobody's yes on it
    run: str
    claim: int
    refund_file: str
    account: str
    opening: str  # a file of the old book
    unread: str  # a bank's CSV file that nobody mapped yet
    invoice: str  # issued, of the Sales agent's customer
    draft: int
    wave: int
    debtors: Mapping[CustomerId, str]
    notice: int  # a letter to ``debtor`` that was delivered, with its paper

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
            "number": self.debtor if customer is None else self.debtors.get(customer, "no-such-debtor"),
            "sha256": self.unread,
            "code": self.account if page.startswith("bank-account") else self.rule,
            "message": self.message,
            "place": 0,
            "kind": "mail",
            "name": self.opening,
        }
        arguments |= {"document": self.payable, "claim": self.claim}
        arguments |= {"draft": self.draft, "wave": self.wave, "proposal": 999999}
        arguments |= {"id": 999999, "notice": self.notice}
        if page.startswith("policy-"):
            arguments |= {"code": "gentle", "number": 1}
        if page.startswith("payables-run"):
            arguments["number"] = self.run
        if page.startswith("refund-"):
            arguments["number"] = self.refund_file
        if page.startswith("invoice"):
            arguments["number"] = self.invoice
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
    "price-rule": ("code",),
    "price-change": ("code",),
    "price-end": ("code",),
    **{f"invoice{act}": ("number",) for act in ("", "-pdf", "-ubl", "-cancel", "-correct", "-credit", "-authority")},
    "invoices-why": ("key",),
    "invoices-review": ("draft",),
    "invoices-credit-act": ("draft",),
    "invoices-recall": ("wave",),
    "invoices-wave": ("wave",),
    "invoices-wave-cancel": ("wave",),
    "invoices-proposal": ("proposal",),
    "price-debtor": ("number",),
    "price-debtor-terms": ("number",),
    "price-debtor-tax": ("number",),
    "price-debtor-fee": ("number",),
    "price-debtor-fee-end": ("number",),
    **{f"policy-{act}": ("code",) for act in ("edit", "check", "drop", "publish", "assign")},
    **{f"policy-{act}": ("code", "number") for act in ("version", "acknowledged")},
    "receipts-columns": ("sha256",),
    "debtor": ("number",),
    "debtor-csv": ("number",),
    "debtor-xlsx": ("number",),
    "debtor-edit": ("number",),
    "debtor-tenant": ("number",),
    "payable": ("document",),
    **{
        f"payable-{act}": ("document",)
        for act in ("approve", "withdraw", "line", "read", "payment", "payment-back", "dispute", "credit")
    },
    **{f"payables-run{act}": ("number",) for act in ("", "-file", "-hand-over", "-cancel")},
    **{f"refund-{act}": ("number",) for act in ("file", "hand-over", "order-cancel")},
    "payables-claim-move": ("claim",),
    "outbox-message": ("message",),
    "outbox-attachment": ("message", "place"),
    "outbox-recall": ("message",),
    "outbox-again": ("message",),
    "outbox-settle": ("message",),
    "opening-file": ("name",),
    "opening-file-csv": ("name",),
    "opening-file-xlsx": ("name",),
    "opening-undo": ("name",),
    "bank-account-approve": ("code",),
    "bank-account-close": ("code",),
    "channel-open": ("kind",),
    "channel-close": ("kind",),
    "channel-cap": ("kind",),
    "channel-first-run": ("kind",),
    **{f"collections-{form}": ("number",) for form in ("promise", "dispute", "hold", "mark", "in-flight", "call")},
    **{f"collections-{form}-end": ("number", "id") for form in ("promise", "dispute", "hold", "mark", "in-flight")},
    "collections-mark-sign": ("number", "id"),
    "collections-proof": ("number", "notice"),
    "collections-paper": ("number", "notice", "place"),
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
        billing = make_billing(company, own=own, other=other, by=f"user:{people['global'].pk}")
        make_policy(company, by=f"user:{people['global'].pk}")
        billing |= make_owed(company, people=people)
        billing |= make_billed(company, month=START, debtor=billing["debtor"])
        billing |= make_collected(company, debtor=billing["debtor"])
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
        **billing,
    )


def make_billing(company: CompanyId, *, own: CustomerId, other: CustomerId, by: str) -> dict[str, Any]:
    """Who pays for whom, a price for one of them, a message with its document, an account that waits for approval."""
    ensure_debtors(company=company, at=NOW, by="test")
    debtors = map_tenants(company=company)
    rule = PriceRule(
        code="own-azure",
        version=1,
        level="debtor",
        target=debtors[own],
        category="usage",
        method="markup-on-cost",
        value={"percent": "12.375"},
        starts_on=date(2026, 1, 1),
    )
    set_price_rule(company=company, rule=rule, by="test", at=NOW)
    message = order_message(
        company=company,
        key="invoice:2026-00017:mail",
        channel="mail",
        purpose="invoice",
        about="invoice:2026-00017",
        debtor=debtors[own],
        recipients=["pay@nordlund.example"],
        language="sv",
        subject="Faktura 2026-00017",
        body="Hej,\n\nhär är fakturan.",
        attachments=[Attachment(name="2026-00017.pdf", media_type="application/pdf", sha256=keep(b"%PDF-1.7 test"))],
        not_before=NOW,
        by=by,
        at=NOW,
    )
    account = {"code": "main-sek", "name": "Fjordlys Cloud AB", "currency": "SEK", "iban": "SE4550000000058398257466"}
    propose_bank_account(company=company, by=by, at=NOW, **account)
    return {
        "debtor": debtors[own],
        "other_debtor": debtors[other],
        "rule": rule.code,
        "message": message,
        "account": account["code"],
        "debtors": debtors,
        "unread": unread_bank_file(company),
        "opening": _take_over(company, debtors[other]),
    }


def _take_over(company: CompanyId, debtor: str) -> str:
    """One invoice of an old book, taken over and given back, so that it is in nobody's balance."""
    head = "debtor;number;issued;open;currency;dispute_amount"
    data = f"{head}\n{debtor};OLD-17;2026-01-31;1250.00;SEK;40.00\n".encode()
    asked = {"as_of": date(2026, 3, 31), "today": date(2026, 5, 12), "controls": {"SEK": Decimal("1250.00")}}
    taken = take_opening(company=company, data=data, by="test", at=NOW, **asked)
    undo_take_over(company=company, name=taken.name, by="test", at=NOW)
    return taken.name


def unread_bank_file(company: CompanyId) -> str:
    """A bank's CSV file whose columns can be read in more than one way."""
    sha256 = keep(b"Datum;Text;Belopp\n03/04/2026;FAKT 1;1 250,00\n04/05/2026;FAKT 2;-45,00\n")
    note_refusal(
        company=company,
        sha256=sha256,
        name="bank.csv",
        format="csv",
        code="receipts.csv.no-mapping",
        facts={"columns": "Datum, Belopp"},
        by="test",
        at=NOW,
    )
    return sha256


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

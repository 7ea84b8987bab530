"""Every page × role × scope: who may open what, held against a table written down apart from the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from saldo.audit.queries import list_entries
from saldo.parties.company import company_context
from saldo.parties.models import Customer
from saldo.parties.people import _write_grants
from saldo.parties.rules.roles import Grant, Role
from tests.conftest import NOW
from tests.pages.crawl import walk
from tests.pages.desk import PEOPLE_OF_ROLES, Desk
from tests.pages.people import a_person, signed_in

# One line a page: G U H B S, a = opens it, o = about own customers only, . = no. P = it is an act, asked by POST.
EXPECTED = """
start             GET   a a a a a
home              GET   a . . a .
customers         GET   a . a a a
customer          GET   a . a a o
customer-bill     GET   a . a a o
customer-daily    GET   a . a a o
compare           GET   a a a a a
compare-months    GET   a a a a o
compare-evidence  GET   a a a a o
compare-csv       GET   a a a a o
compare-xlsx      GET   a a a a o
imports           GET   a . . a .
import-progress   GET   a . . a .
import-upload     POST  a . . a .
import-accept     POST  a . . a .
import-refuse     POST  a . . a .
import-take-back  POST  a . . a .
import-row        GET   a . . a .
import-original   GET   a . . a .
prices            GET   a . . a a
prices-csv        GET   a . . a a
prices-xlsx       GET   a . . a a
price-new         GET   a . . a .
price-choice      GET   a . . a a
price-what-if     GET   a . . a .
price-sheet       GET   a . . a .
price-sheet-take  POST  a . . a .
price-rule        GET   a . . a a
price-change      GET   a . . a .
price-end         GET   a . . a .
price-debtors     GET   a . . a a
price-debtor      GET   a . . a a
price-debtor-terms GET  a . . a .
price-debtor-tax  GET   a . . a .
price-debtor-fee  GET   a . . a .
price-debtor-fee-end POST a . . a .
receipts          GET   a . . a .
receipts-preview  POST  a . . a .
receipts-csv      GET   a . . a .
receipts-xlsx     GET   a . . a .
receipts-book     POST  a . . a .
receipts-undo     POST  a . . a .
receipts-aside    POST  a . . a .
receipts-take-up  POST  a . . a .
receipts-hold     POST  a . . a .
receipts-taken-back POST a . . a .
receipts-refund-left POST a . . a .
receipts-part-taken-back POST a . . a .
receipts-files    GET   a . . a .
receipts-upload   POST  a . . a .
receipts-files-progress GET a . . a .
receipts-watch    POST  a . . a .
receipts-leave    POST  a . . a .
receipts-columns  GET   a . . a .
refunds           GET   a . . a .
refund-propose    POST  a . . a .
refund-approve    POST  a . . a .
refund-withdraw   POST  a . . a .
refund-order      POST  a . . a .
refund-file       GET   a . . a .
refund-hand-over  POST  a . . a .
refund-order-cancel POST a . . a .
invoices          GET   a . a a a
invoices-draft    POST  a . . a .
invoices-mark     POST  a . . a .
invoices-issue    POST  a . . a .
invoices-waves    GET   a . . a .
invoices-recall   POST  a . . a .
invoices-wave     GET   a . . a .
invoices-wave-cancel POST a . . a .
invoices-proposals GET  a . . a .
invoices-proposal POST  a . . a .
invoices-review   GET   a . . a .
invoices-credit-act POST a . . a .
invoices-queue    GET   a . . a .
invoices-queue-csv GET  a . . a .
invoices-queue-xlsx GET a . . a .
invoices-decide   POST  a . . a .
invoices-why      GET   a . a a o
invoices-issued   GET   a . a a a
invoices-issued-csv GET a . a a a
invoices-issued-xlsx GET a . a a a
invoice           GET   a . a a a
invoice-pdf       GET   a . a a a
invoice-ubl       GET   a . a a a
invoice-cancel    POST  a . . a .
invoice-correct   GET   a . . a .
invoice-credit    GET   a . a a .
invoice-authority POST  a . . a .
margin            GET   a . . a .
margin-csv        GET   a . . a .
margin-xlsx       GET   a . . a .
margin-leaks      GET   a . . a .
margin-leaks-csv  GET   a . . a .
margin-leaks-xlsx GET   a . . a .
debtors           GET   a . a a a
debtors-csv       GET   a . a a a
debtors-xlsx      GET   a . a a a
debtor            GET   a . a a o
debtor-csv        GET   a . a a o
debtor-xlsx       GET   a . a a o
debtor-edit       GET   a . . a .
debtor-tenant     POST  a . . a .
collections       GET   a . a a a
collections-list  GET   a . a a a
collections-csv   GET   a . a a a
collections-xlsx  GET   a . a a a
collections-calls GET   a . a a a
collections-finish POST a . a a a
collections-round GET   a . . a .
collections-run   POST  a . . a .
collections-release POST a . . a .
collections-people GET  a . a a a
collections-people-csv GET a . a a a
collections-people-xlsx GET a . a a a
collections-promise GET a . a a o
collections-dispute GET a . a a o
collections-hold  GET   a . a a o
collections-mark  GET   a . . a .
collections-in-flight GET a . a a o
collections-call  GET   a . a a o
collections-promise-end POST a . a a a
collections-dispute-end POST a . a a a
collections-hold-end POST a . a a a
collections-mark-end POST a . . a .
collections-mark-sign POST a . . . .
collections-in-flight-end POST a . a a a
collections-proof GET   a . a a o
collections-paper GET   a . a a o
policies          GET   a . a a .
policy-version    GET   a . a a .
policy-compare    GET   a . a a .
policy-set-up     GET   a . . a .
policy-edit       GET   a . . a .
policy-check      POST  a . . a .
policy-drop       POST  a . . a .
policy-publish    POST  a . . a .
policy-assign     POST  a . . a .
policy-acknowledged POST a . . a .
policy-review     GET   a . . a .
policy-take-over  POST  a . . a .
policy-machine    GET   a . . a .
policy-machine-start POST a . . a .
payables          GET   a . . a .
payables-csv      GET   a . . a .
payables-xlsx     GET   a . . a .
payables-calendar GET   a . . a .
payables-claims   GET   a . . a .
payables-claims-csv GET a . . a .
payables-claims-xlsx GET a . . a .
payables-claim    POST  a . . a .
payables-claim-move POST a . . a .
payables-pay      GET   a . . a .
payables-pay-order POST a . . a .
payables-run      GET   a . . a .
payables-run-file GET   a . . a .
payables-run-hand-over POST a . . a .
payables-run-cancel POST a . . a .
payable           GET   a . . a .
payable-approve   POST  a . . a .
payable-withdraw  POST  a . . a .
payable-line      POST  a . . a .
payable-read      POST  a . . a .
payable-payment   POST  a . . a .
payable-payment-back POST a . . a .
payable-dispute   POST  a . . a .
payable-credit    POST  a . . a .
cash              GET   a . . a .
cash-csv          GET   a . . a .
cash-xlsx         GET   a . . a .
outbox            GET   a . . a .
outbox-csv        GET   a . . a .
outbox-xlsx       GET   a . . a .
outbox-message    GET   a . . a .
outbox-attachment GET   a . . a .
outbox-recall     POST  a . . a .
outbox-again      POST  a . . a .
outbox-settle     POST  a . . a .
outbox-release    POST  a . . a .
opening           GET   a . . a .
opening-take      POST  a . . a .
opening-file      GET   a . . a .
opening-file-csv  GET   a . . a .
opening-file-xlsx GET   a . . a .
opening-undo      POST  a . . a .
shadow            GET   a . . a .
shadow-csv        GET   a . . a .
shadow-xlsx       GET   a . . a .
company-settings  GET   a . . a .
company-particulars GET a . . a .
company-invoicing GET   a . . a .
company-payables  GET   a . . a .
bank-account-new  GET   a . . a .
bank-account-approve POST a . . a .
bank-account-close POST a . . a .
channel-open      POST  a . . . .
channel-close     POST  a . . a .
channel-cap       POST  a . . . .
channel-first-run POST  a . . a .
users             GET   a a . . .
user-invite       GET   a a . . .
user              GET   a a . . .
user-disable      POST  a a . . .
user-enable       POST  a a . . .
user-link         POST  a a . . .
audit             GET   a a . a .
settings          GET   a a a a a
theme             POST  a a a a a
language          POST  a a a a a
company           POST  a a a a a
palette           GET   a a a a a
"""
TABLE = {words[0]: (words[1], words[2:]) for words in map(str.split, EXPECTED.strip().splitlines())}
CELLS = [
    (page, method, role, letter)
    for page, (method, letters) in TABLE.items()
    for role, letter in zip(PEOPLE_OF_ROLES, letters, strict=True)
]
ABOUT_A_CUSTOMER = [page for page, (_, letters) in TABLE.items() if "o" in letters]

OPEN_TO_STRANGERS = {
    "healthz",
    "account_login",
    "account_logout",
    "account_signup",
    "account_reset_password",
    "account_set_password",
    "account_inactive",
    "choose_language",
    "invitation",
    "mfa_authenticate",
    "portal:policy",
    "portal:own-policy",
}
OWN_ACCOUNT = {
    "account_reauthenticate",
    "account_change_password",
    "mfa_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}


def all_patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address there is, by its whole name."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from all_patterns(one, one.namespace or space)
        else:
            yield (f"{space}:{one.name}" if space else str(one.name)), one


def ask(client: Client, desk: Desk, page: str, method: str, **about: Any) -> int:
    """The status of a page; acts get what their form would send."""
    address = desk.address(page, **about)
    if method == "GET":
        return client.get(address).status_code
    said = {"reason": "agreed by telephone", "files": [SimpleUploadedFile("a.csv", b"a")] if "upload" in page else []}
    return client.post(address, said).status_code


class TestEveryPage:
    def test_stands_in_the_table_or_is_known_to_be_outside_the_gate(self) -> None:
        names = {name for name, _ in all_patterns()}
        assert names == {f"desk:{page}" for page in TABLE} | OPEN_TO_STRANGERS | OWN_ACCOUNT

    def test_of_the_desk_asks_the_gate(self) -> None:
        ungated = [
            name
            for name, pattern in all_patterns()
            if name.startswith("desk:") and not getattr(pattern.callback, "gated_by", None)
        ]
        assert ungated == []

    @pytest.mark.parametrize(("page", "method", "role", "letter"), CELLS)
    def test_opens_to_the_roles_of_the_table_alone(
        self, desk: Desk, page: str, method: str, role: str, letter: str
    ) -> None:
        client = signed_in(desk.people[PEOPLE_OF_ROLES[role]])
        status = ask(client, desk, page, method)
        assert (status == 403) == (letter == "."), status
        assert status in {200, 302, 403}

    @pytest.mark.parametrize("page", ABOUT_A_CUSTOMER)
    def test_about_a_customer_opens_to_a_sales_agent_for_own_ones_only(self, desk: Desk, page: str) -> None:
        client = signed_in(desk.people["sales"])
        assert ask(client, desk, page, "GET", customer=desk.own) in {200, 302}
        assert ask(client, desk, page, "GET", customer=desk.other) == 403
        assert ask(client, desk, page, "GET", customer="no-such-customer") == 403

    @pytest.mark.parametrize(("page", "method"), [(page, method) for page, (method, _) in TABLE.items()])
    def test_asks_strangers_to_sign_in_first(self, desk: Desk, page: str, method: str) -> None:
        address = desk.address(page)
        answer = Client().get(address) if method == "GET" else Client().post(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")

    @pytest.mark.parametrize("page", sorted(OWN_ACCOUNT))
    def test_of_ones_own_account_asks_strangers_to_sign_in_too(self, desk: Desk, page: str) -> None:
        address = next("/" + str(pattern.pattern) for name, pattern in all_patterns() if name == page)
        answer = Client().get(address, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/sign-in/")

    @pytest.mark.parametrize("who", ["former", "nobody"])
    @pytest.mark.parametrize(("page", "method"), [(page, method) for page, (method, _) in TABLE.items()])
    def test_stays_shut_for_who_has_no_role_any_more(self, desk: Desk, who: str, page: str, method: str) -> None:
        is_own_matter = page in {"start", "settings", "theme", "language", "company", "palette"}
        status = ask(signed_in(desk.people[who]), desk, page, method)
        assert status == 403 or (who == "former" and is_own_matter)


class TestScopes:
    ABOUT_ALL = ("home", "imports", "import-progress", "audit", "users", "user-invite", "user")
    ACTS_ABOUT_ALL = ("import-upload", "import-accept", "user-disable", "user-link")

    @pytest.mark.parametrize("page", ["customer", "customer-bill", "customer-daily", "compare-months", "compare-csv"])
    def test_own_customers_opens_those_and_no_other(self, desk: Desk, page: str) -> None:
        client = signed_in(desk.people["billing-of-some"])
        assert ask(client, desk, page, "GET", customer=desk.lent) == 200
        assert ask(client, desk, page, "GET", customer=desk.other) == 403

    @pytest.mark.parametrize("page", ABOUT_ALL)
    def test_own_customers_opens_no_page_about_everybody(self, desk: Desk, page: str) -> None:
        for who in ("billing-of-some", "global-of-some"):
            assert ask(signed_in(desk.people[who]), desk, page, "GET") == 403

    @pytest.mark.parametrize("page", ACTS_ABOUT_ALL)
    def test_own_customers_lets_nobody_do_what_concerns_everybody(self, desk: Desk, page: str) -> None:
        assert ask(signed_in(desk.people["global-of-some"]), desk, page, "POST") == 403

    @pytest.mark.parametrize("who", ["billing-of-some", "global-of-some"])
    def test_own_customers_leads_to_no_shut_door(self, desk: Desk, who: str) -> None:
        pages = [page for page in walk(signed_in(desk.people[who]), start=("/", "/palette/?q="))]
        assert {page.address for page in pages if page.status == 403} == set()

    @pytest.mark.parametrize("page", ["import-row", "import-original"])
    def test_own_customers_shows_no_row_of_another(self, desk: Desk, page: str) -> None:
        assert ask(signed_in(desk.people["billing"]), desk, page, "GET") == 200
        assert ask(signed_in(desk.people["billing-of-some"]), desk, page, "GET") == 404

    @pytest.mark.parametrize("who", ["sales", "billing-of-some"])
    @pytest.mark.parametrize("address", ["/customers/", "/compare/", "/palette/?q=a", "/palette/?q=e"])
    def test_own_customers_lists_no_name_of_another(self, desk: Desk, who: str, address: str) -> None:
        everybody = signed_in(desk.people["global"]).get(address).content.decode()
        narrowed = signed_in(desk.people[who]).get(address).content.decode()
        own = {"sales": desk.own, "billing-of-some": desk.lent}[who]
        for key in (desk.own, desk.lent, desk.other):
            assert (key in narrowed) == (key == own and key in everybody)

    def test_handed_over_opens_no_customer_by_itself(self, desk: Desk) -> None:
        client = signed_in(desk.people["helpdesk-of-provider"])
        assert ask(client, desk, "customer", "GET") == 403
        page = client.get("/customers/").content.decode()
        assert not any(key in page for key in (desk.own, desk.lent, desk.other))

    @pytest.mark.parametrize("page", ["home", "imports", "customer", "compare-months", "import-row", "audit"])
    def test_read_only_reads(self, desk: Desk, page: str) -> None:
        assert ask(signed_in(desk.people["billing-reader"]), desk, page, "GET") == 200

    @pytest.mark.parametrize("page", ["import-upload", "import-accept", "import-refuse", "import-take-back"])
    def test_read_only_changes_nothing(self, desk: Desk, page: str) -> None:
        assert ask(signed_in(desk.people["billing-reader"]), desk, page, "POST") == 403


class TestOtherCompany:
    @pytest.mark.parametrize("page", [page for page, (_, letters) in TABLE.items() if page not in {"start"}])
    def test_nothing_of_one_company_exists_for_another(self, desk: Desk, page: str) -> None:
        """Its own pages open, empty; an address with a number or key of ours is as if it had never been."""
        method = TABLE[page][0]
        client = signed_in(desk.people["stranger"])
        status = ask(client, desk, page, method)
        assert status == 404 if page in _OURS else status in {200, 302}

    @pytest.mark.parametrize("address", ["/home/", "/customers/", "/compare/", "/imports/", "/audit/", "/users/"])
    def test_its_lists_name_none_of_our_customers_files_or_people(self, desk: Desk, address: str) -> None:
        page = signed_in(desk.people["stranger"]).get(address).content.decode()
        assert not any(text in page for text in (desk.own, desk.other, desk.file, "fjordlys.example"))

    def test_is_where_somebody_lands_whose_role_with_us_has_ended(self, desk: Desk) -> None:
        ended = Grant(company=desk.company, role=Role.BILLING_ADMIN, ends_before=date(2026, 1, 1))
        person = a_person(company=desk.company, grants=[ended], email="moved@fjordlys.example")
        with company_context(desk.elsewhere):
            _write_grants(desk.elsewhere, person.pk, [Grant(company=desk.elsewhere, role=Role.BILLING_ADMIN)], NOW)
        client = signed_in(person)
        assert client.get("/home/").status_code == 200
        client.post("/settings/company/", {"company": desk.company})
        assert client.get("/home/").status_code == 403

    def test_a_delivery_of_ours_cannot_be_opened_from_there(self, desk: Desk) -> None:
        answer = signed_in(desk.people["stranger"]).get(f"/imports/?delivery={desk.delivery}")
        assert answer.status_code == 404


_OURS = {
    *("customer", "customer-bill", "customer-daily", "compare-months", "compare-evidence", "compare-csv"),
    *("compare-xlsx", "import-accept", "import-refuse", "import-take-back", "import-row", "import-original"),
    *("user", "user-disable", "user-enable", "user-link"),
    *("price-rule", "price-change", "price-end", "price-debtor", "price-debtor-terms", "price-debtor-tax"),
    *("price-debtor-fee", "price-debtor-fee-end", "outbox-message", "outbox-attachment", "outbox-recall"),
    *("payable", "payable-approve", "payable-withdraw", "payable-line", "payable-read", "payable-payment"),
    *("payable-payment-back", "payable-dispute", "payable-credit", "payables-run", "payables-run-file"),
    *("payables-run-hand-over", "payables-run-cancel"),
    *("outbox-again", "outbox-settle"),
    *("opening-file", "opening-file-csv", "opening-file-xlsx", "opening-undo"),
    *("invoice", "invoice-pdf", "invoice-ubl", "invoice-cancel", "invoice-correct", "invoice-credit"),
    *("invoice-authority", "invoices-review", "invoices-credit-act", "invoices-why"),
    *("receipts-columns", "debtor", "debtor-csv", "debtor-xlsx", "debtor-edit", "debtor-tenant"),
    *("refund-file", "refund-hand-over", "refund-order-cancel"),
    *("invoices-wave", "invoices-wave-cancel", "policy-version", "policy-acknowledged"),
    *("collections-promise", "collections-dispute", "collections-hold", "collections-mark", "collections-in-flight"),
    *("collections-call", "collections-proof", "collections-paper"),
}


class TestDenials:
    def test_are_written_down_with_what_was_asked_and_why_not(self, desk: Desk) -> None:
        signed_in(desk.people["helpdesk"]).get("/imports/")
        with company_context(desk.company):
            entry = list_entries(company=desk.company, code="doors.gate.denied")[0]
        assert entry.actor == f"user:{desk.people['helpdesk'].pk}"
        assert entry.facts == {"capability": "buy.invoice.read", "because": "role-may-not", "page": "/imports/"}

    def test_of_a_customer_name_them_by_number_alone(self, desk: Desk) -> None:
        """A legacy file may know a customer by nothing but a name, and no name enters the log."""
        ask(signed_in(desk.people["sales"]), desk, "customer-bill", "GET", customer=desk.other)
        with company_context(desk.company):
            entry = list_entries(company=desk.company, code="doors.gate.denied")[0]
            number = Customer.objects.get(key=desk.other).pk
        assert entry.subject == f"customer:{number}"
        assert entry.facts["page"] == f"/customers/…/bills/{desk.month}/"
        assert desk.other not in str(entry.facts)

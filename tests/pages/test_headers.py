"""No page loads anything foreign or runs anything written into it, and none asks the database without end."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saldo.doors.middleware import POLICY
from tests.pages.crawl import look, walk
from tests.pages.desk import Desk
from tests.pages.people import signed_in
from tests.pages.test_gates import TABLE

MOST_QUERIES = 40
START = ("/", "/users/", "/users/invite/", "/audit/", "/settings/", "/palette/?q=a")
BEFORE_SIGN_IN = ("/sign-in/", "/invitation/x/y/", "/no-such-page/", "/closed/sign-up/")
LOADS = {"src", "href", "action", "srcset", "data", "poster", "formaction", "hx-get", "hx-post"}


class Inspector(HTMLParser):
    """Collects what a strict policy would block, and every address that leaves this host."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "style" or "style" in said:
            self.faults.append(f"a style within <{tag}>")
        if tag == "script" and "src" not in said and said.get("type") != "application/json":
            self.faults.append("a script within the page")
        for name, value in said.items():
            if name.startswith("on") or name.startswith("hx-on") or value.startswith("js:"):
                self.faults.append(f"a script in {name}")
            if name in LOADS and re.match(r"(?:[a-z]+:)?//|data:|javascript:|blob:", value.strip().lower()):
                self.faults.append(f"{name} leads to {value}")


def faults_of(text: str) -> list[str]:
    """What is wrong with a page."""
    return Inspector(text).faults


class TestPolicy:
    def test_names_no_other_host_and_allows_nothing_inline(self) -> None:
        sources = {word for part in POLICY.split("; ") for word in part.split()[1:]}
        assert sources == {"'none'", "'self'"}
        assert POLICY.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in POLICY

    @pytest.mark.parametrize("who", ["global", "helpdesk"])
    def test_is_kept_by_every_page_that_links_lead_to(self, desk: Desk, who: str) -> None:
        client = signed_in(desk.people[who])
        pages = [page for page in walk(client, start=START) if page.is_html]
        assert len(pages) > 20
        assert {page.address: faults for page in pages if (faults := faults_of(page.text))} == {}

    @pytest.mark.parametrize("address", BEFORE_SIGN_IN)
    def test_is_kept_before_sign_in_and_on_pages_of_errors(self, desk: Desk, address: str) -> None:
        assert faults_of(look(Client(), address).text) == []

    @pytest.mark.parametrize("address", [*BEFORE_SIGN_IN, "/healthz", "/static/desk/frame.css"])
    def test_goes_with_every_answer_even_to_strangers(self, desk: Desk, address: str) -> None:
        answer = Client().get(address)
        answer.close()
        assert answer["Content-Security-Policy"] == POLICY

    @pytest.mark.parametrize("page", [page for page, (method, _) in TABLE.items() if method == "GET"])
    def test_goes_with_every_page_and_none_is_kept_by_a_cache(self, desk: Desk, page: str) -> None:
        answer = signed_in(desk.people["global"]).get(desk.address(page))
        assert answer["Content-Security-Policy"] == POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


MADE_ONCE = {"invoice-pdf", "invoice-ubl"}  # the first who asks has the paper drawn, which is then kept
MOST_OF = {"home": 60}  # it asks every room what needs a person


class TestQueries:
    @pytest.mark.parametrize("page", [page for page, (method, _) in TABLE.items() if method == "GET"])
    def test_of_a_page_are_bounded(self, desk: Desk, page: str) -> None:
        client = signed_in(desk.people["global"])
        if page in MADE_ONCE:
            client.get(desk.address(page))
        with CaptureQueriesContext(connection) as asked:
            client.get(desk.address(page))
        assert len(asked) <= MOST_OF.get(page, MOST_QUERIES), [query["sql"][:120] for query in asked]

    @pytest.mark.parametrize("address", ["/customers/", "/compare/", "/palette/?q=e"])
    def test_of_a_list_do_not_grow_with_it(self, desk: Desk, address: str) -> None:
        """A Sales agent sees one customer, a Global admin all: the same questions."""
        counts = []
        for who in ("sales", "helpdesk"):
            client = signed_in(desk.people[who])
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        assert counts[0] == counts[1]

"""What nobody types by accident: it is answered like any other address, never with a page of errors."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.pages.desk import Desk
from tests.pages.people import signed_in

HUGE = "9" * 40
ODD = ("\x00", "a\x00b", "²", HUGE, "-1", "%s", "'", "\ud7ff", "\u202e")


class TestOddWords:
    @pytest.mark.parametrize("said", ODD)
    def test_in_the_question_of_a_page_are_answered(self, desk: Desk, said: str) -> None:
        client = signed_in(desk.people["global"])
        told = {
            address: client.get(f"{address}{quote(said)}").status_code
            for address in (
                *("/customers/?q=", "/customers/?sort=", "/customers/?page=", "/customers/?currency=", "/compare/?q="),
                *("/palette/?q=", "/audit/?actor=", "/audit/?subject=", "/audit/?day=", "/audit/?page="),
                *("/imports/?delivery=", "/imports/?attempt=", "/imports/?page="),
                f"{desk.address('customer')}?currency=",
                f"{desk.address('customer-bill')}?product=",
                f"{desk.address('customer-daily')}?subscription=",
                f"{desk.address('compare-months')}?from=",
                f"{desk.address('compare-months')}?reason=",
            )
        }
        assert {address: status for address, status in told.items() if status not in {200, 404}} == {}

    @pytest.mark.parametrize("said", ODD)
    def test_in_an_address_are_not_found(self, desk: Desk, said: str) -> None:
        client = signed_in(desk.people["global"])
        odd = quote(said, safe="")
        addresses = (f"/customers/{odd}/", f"/compare/{odd}/", f"/imports/rows/{odd}/1/", f"/users/{HUGE}/")
        assert {client.get(address).status_code for address in addresses} <= {404, 400}

    @pytest.mark.parametrize("said", ODD)
    def test_in_a_form_are_answered(self, desk: Desk, said: str) -> None:
        client = signed_in(desk.people["global"])
        good, stays = (404, 404) if "\x00" in said else (200, 302)
        assert client.post("/users/invite/", {"email": said, "name": said}).status_code == good
        invited = {"email": "odd@fjordlys.example", "name": said, "role-sales-agent": "on"}
        assert client.post("/users/invite/", invited).status_code == good
        provider = {"role-helpdesk-agent": "on", "scope-helpdesk-agent": "handed-over", "of-helpdesk-agent": said}
        assert client.post(desk.address("user"), provider).status_code in {good, stays}
        assert client.post(desk.address("import-refuse"), {"reason": said}).status_code == stays
        assert client.post("/sign-in/", {"login": said, "password": said}).status_code in {good, stays}

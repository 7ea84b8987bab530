"""The page of imports offers the way back for a file that was taken out, to who may decide about files."""

from __future__ import annotations

from saldo.charges.history import get_delivery
from saldo.parties.company import company_context
from tests.pages.desk import Desk
from tests.pages.people import signed_in


def state(desk: Desk) -> str:
    with company_context(desk.company):
        return get_delivery(company=desk.company, delivery=desk.delivery).seen.state


class TestTakingBack:
    def test_the_button_stands_with_a_file_that_was_taken_out_and_brings_it_back(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        page, back = f"/imports/?delivery={desk.delivery}", desk.address("import-take-back")
        assert back not in client.get(page).content.decode()
        client.post(desk.address("import-refuse"), {"reason": "wrong month"})
        assert state(desk) == "withdrawn"
        assert back in client.get(page).content.decode()
        client.post(back, {"reason": "right after all"})
        assert state(desk) == "counts"
        assert back not in client.get(page).content.decode()

    def test_without_a_reason_nothing_changes(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        client.post(desk.address("import-refuse"), {"reason": "wrong month"})
        client.post(desk.address("import-take-back"), {"reason": "  "})
        assert state(desk) == "withdrawn"
        assert "a reason is needed" in client.get(f"/imports/?delivery={desk.delivery}").content.decode()

    def test_who_may_only_read_sees_no_button(self, desk: Desk) -> None:
        signed_in(desk.people["billing"]).post(desk.address("import-refuse"), {"reason": "wrong month"})
        seen = signed_in(desk.people["billing-reader"]).get(f"/imports/?delivery={desk.delivery}")
        assert desk.address("import-take-back") not in seen.content.decode()

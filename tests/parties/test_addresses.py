"""Which texts mail can be sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.parties.rules.addresses import ascii_form, is_address


class TestAddresses:
    @pytest.mark.parametrize("text", ["a@b.example", "eva.o'neil+faktura@post.blåbär.example", "x_y@1.example"])
    def test_is_one(self, text) -> None:
        assert is_address(text)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "@", "a@b", "a b@c.example", "a@b..example", ".a@b.example", "a..b@c.example", "åsa@b.example"),
            *("a@b.example, c@d.example", "Eva <a@b.example>", "a@-b.example", "a" * 65 + "@b.example"),
            *("a@b.example\n", "a@" + "å" * 60 + ".example", "a@" + "b." * 140 + "example"),
        ],
    )
    def test_is_none(self, text) -> None:
        assert not is_address(text)

    @given(st.text(max_size=300))
    def test_any_text_is_answered_and_a_good_one_has_an_ascii_domain(self, text) -> None:
        if is_address(text):
            assert text.rpartition("@")[2].encode("idna")

    def test_one_is_written_for_servers_with_an_ascii_domain(self) -> None:
        assert ascii_form("eva@post.blåbär.example") == "eva@post.xn--blbr-noae.example"
        assert ascii_form("a@b.example") == "a@b.example"

"""The match screen by keyboard: every key it names does what it says, and the strict policy has nothing to complain."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site, fits, serious
from tests.pages.test_receipts import an_invoice, money

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def entries(site: Site) -> list[str]:
    """Three that wait: one short of its invoice, one above it, one that names nobody."""
    an_invoice(site.desk, "2026-0701", "1250.00")
    an_invoice(site.desk, "2026-0702", "2000.00")
    return [
        money(site.desk, "1240.00", payer="L MARIN", text="2026-0701"),
        money(site.desk, "2100.00", payer="L MARIN", text="2026-0702"),
        money(site.desk, "77.00", payer="NOBODY"),
    ]


def at(page: Page, key: str) -> None:
    """The page shows this entry."""
    expect(page).to_have_url(re.compile(key.split(":")[1]))


def press(page: Page, key: str) -> None:
    """Press a key that changes a choice, and let the page count anew."""
    with page.expect_response("**/receipts/preview/") as counted:
        page.keyboard.press(key)
    assert counted.value.ok
    expect(page.locator(".htmx-request")).to_have_count(0)


class TestKeys:
    def test_j_and_k_walk_the_list_and_s_skips(self, visit, entries: list[str]) -> None:
        page = visit("/receipts/", who="billing")
        here = page.locator("[data-entries] a[aria-current]")
        names = page.locator("[data-entries] a")
        expect(here).to_have_attribute("href", names.nth(0).get_attribute("href"))
        second = names.nth(1).get_attribute("href")
        for key in ("j", "s"):
            page.keyboard.press(key)
            expect(here).to_have_attribute("href", second)
            page.keyboard.press("k")
            expect(here).not_to_have_attribute("href", second)

    def test_b_takes_the_missing_as_bank_fee_and_gives_it_back(self, visit, entries: list[str]) -> None:
        page = visit(f"/receipts/?entry={entries[0]}", who="billing")
        page.keyboard.press("1")
        fee = page.locator("[data-bank-fee]")
        none = page.locator("#rest-none")
        expect(fee.or_(none).first).to_be_visible()
        before = fee.is_checked()
        for wanted in (not before, before):
            press(page, "b")
            expect(fee).to_be_checked(checked=wanted)
            expect(none).to_be_checked(checked=not wanted)

    def test_a_puts_the_surplus_on_account_and_x_ticks_an_invoice(self, visit, entries: list[str]) -> None:
        page = visit(f"/receipts/?entry={entries[1]}", who="billing")
        page.keyboard.press("1")
        account = page.locator("[data-on-account]")
        expect(account).to_be_visible()
        before = account.is_checked()
        for wanted in (not before, before):
            press(page, "a")
            expect(account).to_be_checked(checked=wanted)
        ticks = page.locator("[data-items] .tick:checked")
        expect(ticks).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(page.locator("[data-items] .tick").first).to_be_focused()
        some = page.locator("[data-items] .tick").first.is_checked()
        press(page, "x")
        expect(page.locator("[data-items] .tick").first).to_be_checked(checked=not some)

    def test_keys_sleep_while_one_types_and_the_slash_leads_into_the_field(self, visit, entries: list[str]) -> None:
        page = visit(f"/receipts/?entry={entries[2]}", who="billing")
        page.keyboard.press("/")
        expect(page.locator("[data-search]")).to_be_focused()
        page.keyboard.type("jkbas")
        expect(page.locator("[data-search]")).to_have_value("jkbas")
        at(page, entries[2])

    def test_serves_everybody_at_both_widths(self, visit, entries: list[str]) -> None:
        page = visit(f"/receipts/?entry={entries[0]}&proposal=1", who="billing")
        for width in (1280, 380):
            page.set_viewport_size({"width": width, "height": 900})
            assert fits(page)
            assert serious(page) == []

    def test_enter_books_and_u_undoes(self, visit, entries: list[str]) -> None:
        page = visit(f"/receipts/?entry={entries[1]}", who="billing")
        page.keyboard.press("1")
        expect(page.locator(".prop.sel")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("done="))
        page.keyboard.press("u")
        expect(page).not_to_have_url(re.compile("done="))
        expect(page.locator(f"[data-entries] a[href*='{entries[1].split(':')[1]}']")).to_have_count(1)

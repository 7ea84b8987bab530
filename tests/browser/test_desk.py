"""The desk as people use it: a real browser, a served application, the worker, and nothing pretended."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site, drop, fits, serious, work_off
from tests.pages.people import PASSWORD

pytestmark = pytest.mark.browser

PAGES = {
    "desk:home": "billing",
    "desk:imports": "billing",
    "desk:import-row": "billing",
    "desk:customers": "billing",
    "desk:customer": "billing",
    "desk:customer-bill": "billing",
    "desk:customer-daily": "billing",
    "desk:compare": "billing",
    "desk:compare-months": "billing",
    "desk:settings": "billing",
    "desk:audit": "manager",
    "desk:users": "manager",
    "desk:user": "manager",
    "desk:user-invite": "manager",
}
OTHER = {
    "sign-in": ("/sign-in/", ""),
    "whether it is still you": ("/second-factor/on/", "helpdesk"),
    "home of the Helpdesk agent": ("/", "helpdesk"),
    "customers of the Sales agent": ("/customers/", "sales"),
    "users for the Global admin": ("/users/", "global"),
}


def look_everywhere(page: Page) -> None:
    """Both widths and both themes; colours are all that a theme changes."""
    for width in (1280, 380):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page), f"scrolls sideways at {width}"
        for theme, only in (("light", ""), ("dark", "color-contrast")):
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            assert serious(page, only=only) == [], f"{theme} at {width}"


class TestEveryPage:
    @pytest.mark.parametrize("name", sorted(PAGES))
    def test_a_page_of_the_desk_serves_everybody(self, site: Site, visit, name: str) -> None:
        look_everywhere(visit(site.addresses[name], who=PAGES[name]))

    @pytest.mark.parametrize("name", sorted(OTHER))
    def test_a_page_that_some_see_serves_them(self, visit, name: str) -> None:
        address, who = OTHER[name]
        look_everywhere(visit(address, who=who))

    @pytest.mark.parametrize(("address", "status"), [("/nowhere/", "404"), ("/users/", "403")])
    def test_a_page_that_says_no_serves_too(self, visit, address: str, status: str) -> None:
        look_everywhere(visit(address, who="helpdesk", allow=(status,)))

    @pytest.mark.parametrize("key", ["Control+k", "?"])
    def test_what_floats_over_a_page_serves_too(self, visit, key: str) -> None:
        page = visit("/customers/", who="billing")
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        if key == "Control+k":
            expect(page.locator("#palette-found [role=option]").first).to_be_visible()
        look_everywhere(page)


class TestSigningIn:
    def test_a_person_signs_in_with_address_and_password(self, visit) -> None:
        page = visit("/")
        page.fill("[name=login]", "former@fjordlys.example")
        page.fill("[name=password]", "not the password")
        page.press("[name=password]", "Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        page.fill("[name=login]", "billing@fjordlys.example")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    def test_the_second_factor_is_set_up_with_a_picture_or_a_key_that_can_be_typed(self, visit) -> None:
        page = visit("/second-factor/on/", who="sales")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        key = page.locator(".by-hand")
        expect(key).to_have_text(re.compile(r"^[A-Z2-7]{32}$"))
        assert key.bounding_box()["height"] < 60
        expect(page.locator("[name=code]")).to_be_visible()
        look_everywhere(page)


class TestImporting:
    def test_a_dropped_file_is_read_while_one_watches_and_a_failed_check_says_what_is_missing(
        self, site: Site, visit
    ) -> None:
        page = visit("/imports/", who="billing")
        drop(page, site.cut)
        running = page.locator("#running")
        expect(running).to_contain_text(site.cut.name)
        expect(running.get_by_role("progressbar")).to_be_visible()
        assert serious(page) == []
        work_off()
        expect(running.get_by_role("progressbar")).to_have_count(0)
        failed = page.locator(".chk > li", has_text="Daily rated usage of each meter comes to the money")
        expect(failed).to_contain_text("failed")
        expect(failed.get_by_role("table")).to_contain_text("Billed")
        expect(failed.get_by_role("table")).to_contain_text("nothing")
        expect(page.get_by_text("The daily usage does not come to what was billed").first).to_be_visible()
        expect(page.locator(".filelist tr.sel")).to_contain_text("failed")
        assert serious(page) == []
        failed.get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^row \d"))

    def test_a_file_that_is_none_is_refused_and_says_so(self, site: Site, visit, tmp_path) -> None:
        page = visit("/imports/", who="billing")
        page.set_input_files("#files", {"name": "holiday.csv", "mimeType": "text/csv", "buffer": b"sun;sea\n1;2\n"})
        expect(page.locator("#running")).to_contain_text("holiday.csv")
        work_off()
        row = page.locator(".filelist tr", has_text="holiday.csv")
        expect(row).to_contain_text("Refused")
        row.get_by_role("link").click()
        expect(page.get_by_role("alert")).to_contain_text("The file was refused, nothing changed.")


class TestAskingWhy:
    def test_from_the_list_to_the_customer_to_the_reasons_and_their_rows(self, site: Site, visit) -> None:
        page = visit("/customers/", who="billing")
        page.get_by_role("link", name=site.customer, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(site.customer)
        page.get_by_role("link", name="Compare months").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Why did the cost change?")
        expect(page.locator(".card-foot")).to_contain_text("explain the whole change. Unexplained: 0.00")

    def test_evidence_opens_and_closes_by_keyboard_and_focus_comes_back(self, site: Site, visit) -> None:
        page = visit(f"/compare/{site.desk.other}/", who="billing")
        page.keyboard.press("j")
        reason = page.locator(".cursor [data-evidence]")
        expect(reason).to_be_focused()
        page.keyboard.press("e")
        drawer = page.locator("#ev")
        expect(drawer).to_be_visible()
        expect(reason).to_have_attribute("aria-expanded", "true")
        expect(drawer).to_contain_text(re.compile(r"row \d"))
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(reason).to_be_focused()
        expect(reason).to_have_attribute("aria-expanded", "false")

    def test_the_answer_is_copied_as_text(self, site: Site, visit) -> None:
        page = visit(f"/compare/{site.desk.other}/", who="billing")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.keyboard.press("c")
        expect(page.locator("[data-toasts]")).not_to_be_empty()
        assert site.customer in page.evaluate("navigator.clipboard.readText()")

    def test_the_whole_way_works_on_a_phone(self, site: Site, visit) -> None:
        page = visit("/", who="billing", width=380)
        page.get_by_role("button", name="Menu").click()
        page.locator(".side").get_by_role("link", name="Customers").click()
        page.get_by_role("link", name=site.customer, exact=True).click()
        page.get_by_role("link", name="Compare months").click()
        page.locator("[data-evidence]").first.click()
        drawer = page.locator("#ev")
        expect(drawer).to_be_visible()
        expect(drawer).to_be_in_viewport()
        assert fits(page)


class TestOneself:
    def test_the_language_changes_and_stays(self, visit) -> None:
        page = visit("/customers/", who="billing-of-some")
        page.get_by_label("Language: English").click()
        page.get_by_role("button", name="Svenska").click()
        expect(page.locator("html")).to_have_attribute("lang", "sv")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kunder")
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("lang", "sv")

    def test_the_theme_changes_and_stays(self, visit) -> None:
        page = visit("/customers/", who="billing-reader")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator("[data-theme-switch]").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
        page.goto("/settings/")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


class TestKeys:
    def test_the_palette_finds_a_customer_and_goes_there(self, site: Site, visit) -> None:
        page = visit("/home/", who="billing")
        page.keyboard.press("Control+k")
        page.keyboard.type(site.customer[:12])
        found = page.locator("#palette-found [role=option]", has_text=site.customer).first
        expect(found).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(site.customer)

    def test_the_palette_gives_focus_back(self, visit) -> None:
        page = visit("/customers/", who="billing")
        search = page.locator("[data-opens=palette]")
        search.focus()
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-q")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#palette")).to_be_hidden()
        expect(search).to_be_focused()

    def test_escape_closes_the_palette_whatever_was_typed_and_nothing_behind_it(self, site: Site, visit) -> None:
        page = visit(f"/compare/{site.desk.other}/?reason=0", who="billing")
        page.keyboard.press("Control+k")
        page.keyboard.type("nobody")
        expect(page.locator("#palette-q")).to_have_value("nobody")
        page.keyboard.press("Escape")
        expect(page.locator("#palette")).to_be_hidden()
        expect(page.locator("#ev")).to_be_visible()

    def test_g_and_a_letter_go_to_a_place(self, visit) -> None:
        page = visit("/imports/", who="billing")
        page.keyboard.press("g")
        page.keyboard.press("c")
        expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
        page.keyboard.press("g")
        page.keyboard.press("h")
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    def test_j_and_k_walk_a_list_and_enter_opens(self, visit) -> None:
        page = visit("/customers/", who="billing")
        rows = page.locator("[data-list] [data-item] th a")
        first, second = rows.nth(0), rows.nth(1)
        page.keyboard.press("j")
        expect(first).to_be_focused()
        page.keyboard.press("j")
        expect(second).to_be_focused()
        page.keyboard.press("k")
        expect(first).to_be_focused()
        name = first.inner_text()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    def test_keys_sleep_in_fields_and_the_slash_leads_into_one(self, visit) -> None:
        page = visit("/customers/", who="billing")
        page.keyboard.press("/")
        field = page.locator("[data-search]")
        expect(field).to_be_focused()
        page.keyboard.type("gc?")
        expect(field).to_have_value("gc?")
        expect(page.locator("dialog[open]")).to_have_count(0)

    def test_the_list_of_keys_opens_with_a_question_mark_and_closes_with_escape(self, visit) -> None:
        page = visit("/customers/", who="billing")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()

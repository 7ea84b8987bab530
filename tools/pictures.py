"""Take the pictures of the README from a running desk with the demo partner.

``python tools/pictures.py http://127.0.0.1:8000 PASSWORD``: signs in as the Billing admin and writes docs/pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WHO = "bjorn@fjallbyte.example"
WIDTH, LOWEST, HIGHEST = 1280, 720, 900
MOST_BYTES = 250_000


def main(address: str, password: str) -> None:
    """Sign in, go where a visitor would go, and keep what is seen."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": LOWEST}, base_url=address, locale="en")
        page.goto("/")
        page.fill("[name=login]", WHO)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("h1:text('Today')")
        keep(page, "home")
        page.goto("/imports/")
        keep(page, "imports")
        page.goto("/customers/?sort=-after")
        page.locator("[data-item] th a").nth(1).click()
        page.wait_for_function("() => window.Chart && Chart.getChart(document.querySelector('canvas'))")
        keep(page, "customer")
        page.get_by_role("link", name="Compare months").click()
        page.locator("[data-evidence]").first.click()
        page.wait_for_selector("#ev:not([hidden]) p")
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        keep(page, "compare")
        go_for_money(page)
        browser.close()


def go_for_money(page: Page) -> None:
    """The way of a month's money: review and issue, match what came, see who owes, pay Microsoft, look ahead."""
    page.goto("/invoices/")
    page.locator("[data-item] th a, tbody th a").nth(1).click()
    page.wait_for_selector(".sheet-paper")
    keep(page, "review")
    page.goto("/receipts/")
    page.keyboard.press("1")
    page.wait_for_selector(".prop.sel")
    keep(page, "receipts")
    page.goto("/debtors/?sort=-overdue")
    page.locator("tbody th a").first.click()
    page.wait_for_selector(".tl")
    keep(page, "debtor")
    page.goto("/payables/")
    page.locator("tbody th a").first.click()
    page.wait_for_selector(".figs")
    keep(page, "payable")
    page.goto("/cash/")
    page.wait_for_function("() => window.Chart && Chart.getChart(document.querySelector('canvas'))")
    keep(page, "cash")


def keep(page: Page, name: str) -> None:
    """Write what is seen, as high as the page is, but no higher than a reader scrolls past."""
    page.evaluate("document.fonts.ready")
    needed = int(page.evaluate("document.querySelector('main').scrollHeight + 60"))
    page.set_viewport_size({"width": WIDTH, "height": min(max(needed, LOWEST), HIGHEST)})
    picture = page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    print(f"{name}.png: {len(picture):,} bytes")
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"{name}.png is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])

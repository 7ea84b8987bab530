"""What the tests in the browser look at: a served desk, addresses of each kind of page, files to drop, a worker."""

from __future__ import annotations

import asyncio
import base64
import html
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, TimeoutError
from procrastinate.contrib.django import app

from saldo.generator.generation import generate
from saldo.parties.company import company_context
from saldo.parties.queries import find_customer
from tests.pages.crawl import walk
from tests.pages.desk import CUSTOMERS, MONTHS, START, Desk, make_desk
from tests.pages.people import signed_in

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AXE = Axe()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIGNED_IN = ("billing", "manager", "global", "helpdesk", "sales", "billing-of-some", "billing-reader")
"""Who is signed in already; each test that changes a person's settings takes one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served desk. Everything is found out beforehand, while this thread may still ask the database."""

    url: str
    desk: Desk
    customer: str  # the name of the customer of the addresses
    sessions: dict[str, str]
    addresses: dict[str, str]  # page -> where the first of its kind is
    cut: Path  # a daily usage file whose last rows are missing


@dataclass(slots=True)
class Watch:
    """Listens to pages: what the browser complains about, and every request that leaves this machine."""

    url: str
    complaints: list[str] = field(default_factory=list)
    sent_away: list[str] = field(default_factory=list)

    def over(self, page: Page, *, allow: tuple[str, ...] = ()) -> None:
        """Watch a page from now on; complaints that hold one of ``allow`` are expected."""
        page.on("console", lambda said: self._hear(said.type, said.text, allow))
        page.on("pageerror", lambda error: self._hear("error", str(error), allow))
        page.on("request", lambda asked: self._see(asked.url))

    def _hear(self, kind: str, text: str, allow: tuple[str, ...]) -> None:
        if kind in {"error", "warning"} and not any(expected in text for expected in allow):
            self.complaints.append(f"{kind}: {text}")

    def _see(self, asked: str) -> None:
        if not asked.startswith((self.url, "data:", "blob:")):
            self.sent_away.append(asked)


def make_site(*, url: str, folder: Path) -> Site:
    """Found the desk, sign people in, and walk it once to learn where its pages are."""
    desk = make_desk()
    clients = {name: signed_in(desk.people[name]) for name in SIGNED_IN}
    with company_context(desk.company):
        customer = find_customer(company=desk.company, key=desk.other)
    assert customer is not None
    own = {"key": desk.other, "month": str(desk.month)}
    start = (
        reverse("desk:home"),
        reverse("desk:customer", args=[desk.other]),
        reverse("desk:customer-bill", kwargs=own),
        f"{reverse('desk:compare-months', args=[desk.other])}?reason=0",
    )
    addresses: dict[str, str] = {}
    for name, first in (("billing", start), ("manager", ("/users/",))):
        for seen in walk(clients[name], start=first):
            addresses.setdefault(seen.name, seen.address)
    addresses["desk:customer-daily"] = _find_days(clients["billing"], start[2])
    return Site(
        url=url,
        desk=desk,
        customer=customer.name,
        sessions={name: client.cookies["sessionid"].value for name, client in clients.items()},
        addresses=addresses,
        cut=_cut_usage(folder),
    )


def _find_days(client: Client, bill: str) -> str:
    """The daily rows of the first meter that a bill leads down to."""
    for product in _links(client, bill, "?product="):
        days = _links(client, product, "/daily/")
        if days:
            return days[0]
    raise LookupError(f"no meter on {bill}")


def _links(client: Client, address: str, part: str) -> list[str]:
    found = re.findall(r'href="([^"]+)"', client.get(address).content.decode())
    return [html.unescape(link) for link in found if part in link]


def _cut_usage(folder: Path) -> Path:
    """The last month's daily usage as the desk has it, but cut: half of its rows are missing."""
    generate(folder=folder, customers=CUSTOMERS, months=MONTHS, seed=3, start=START, usage_rows=90)
    whole = sorted(folder.glob("*-G*-daily-usage.csv"))[-1]
    head, *rows = whole.read_text().splitlines(keepends=True)
    whole.write_text(head + "".join(rows[: len(rows) // 2]))
    return whole


def work_off() -> None:
    """Do what waits in the queue of imports, as the worker would; a thread of its own, because a loop runs here."""
    failed: list[BaseException] = []

    async def work() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())
        async with worker.open_async():
            await worker.run_worker_async(
                queues=["imports"], wait=False, install_signal_handlers=False, listen_notify=False
            )
        # the task ran in the pool's only thread, and left its connection open as it should: a worker keeps it
        await asyncio.get_running_loop().run_in_executor(None, connections.close_all)

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert failed == []


def drop(page: Page, file: Path) -> None:
    """Let a file fall on the page's drop zone, as a hand would."""
    text = base64.b64encode(file.read_bytes()).decode()
    held = page.evaluate_handle(
        """([text, name]) => {
            const held = new DataTransfer();
            held.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "text/csv" }));
            return held;
        }""",
        [text, file.name],
    )
    page.dispatch_event("[data-drop]", "dragenter", {"dataTransfer": held})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": held})


def serious(page: Page, *, only: str = "") -> list[str]:
    """What axe finds serious or critical on the page, each with the first place; ``only`` asks a single rule."""
    asks = {"resultTypes": ["violations"], "runOnly": [only] if only else _RULES}
    found: list[dict[str, Any]] = _AXE.run(page, options=asks).response["violations"]
    return [
        f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:160]})"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def fits(page: Page) -> bool:
    """Whether the page does not scroll sideways, as soon as it is laid out; charts follow a frame later."""
    try:
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=3_000)
    except TimeoutError:
        return False
    return True

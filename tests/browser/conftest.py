"""A whole desk on loopback and Debian's chromium before it: pages as people see them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.browser.site import CHROMIUM, SWITCHES, Site, Watch, make_site
from tests.databases import TestDatabases


class _Quiet(WSGIRequestHandler):
    """Answers without writing a line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Where the browser is; without one these tests are skipped, but never where nobody would notice."""
    if not CHROMIUM.exists():
        reason = f"no {CHROMIUM} here: `make setup-browser` installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="module")
def site(
    chromium: Path,
    tmp_path_factory: pytest.TempPathFactory,
    databases: TestDatabases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Site]:
    """The desk of `tests.pages.desk`, served on a free port; everything in it is committed for real."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    )
    with quick, django_db_blocker.unblock(), databases.fresh_database(), _served() as url:
        yield make_site(url=url, folder=tmp_path_factory.mktemp("files"))


@contextmanager
def _served() -> Iterator[str]:
    from saldo.server.wsgi import application

    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser(site: Site, chromium: Path) -> Iterator[Browser]:
    """One browser for a file of tests. While it runs, this thread has a loop, and Django is asked from others only."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield started
        started.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Open]:
    """Opens a page as somebody, in a fresh profile; afterwards nothing may have been complained about or sent away."""
    watch, contexts = Watch(site.url), []

    def opened(address: str = "/", *, who: str = "", width: int = 1280, allow: tuple[str, ...] = ()) -> Page:
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, color_scheme="light", locale="en"
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        if who:
            context.add_cookies([{"name": "sessionid", "value": site.sessions[who], "url": site.url}])
        page = context.new_page()
        watch.over(page, allow=allow)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.complaints == []
    assert watch.sent_away == []

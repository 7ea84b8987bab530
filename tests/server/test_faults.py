"""A page that breaks tells whoever runs the server where, and tells them nothing about anybody."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.test import Client

from saldo.core.identity import CompanyId
from saldo.parties.rules.roles import Role
from saldo.server.faults import Reticent
from tests.pages.people import a_person

SECRET = "Ada Lind owes 4711.50"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the server says, line by line."""
    lines: list[str] = []
    handler = next(one for one in logging.getLogger("django.request").handlers if isinstance(one.formatter, Reticent))
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(handler.format(record)))
    return lines


class TestFaults:
    def test_are_told_with_page_company_kind_and_way_and_without_a_word_about_anybody(
        self, company: CompanyId, told: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(**asked: Any) -> None:
            try:
                raise KeyError(SECRET)
            except KeyError as error:
                raise ValueError(SECRET) from error

        monkeypatch.setattr("saldo.desk.palette.list_customers", breaks)
        client = Client(raise_request_exception=False)
        client.force_login(a_person(company=company, grants=Role.HELPDESK_AGENT))
        assert client.get("/palette/?q=Lind").status_code == 500
        (line,) = told
        said = json.loads(line)
        assert (said["page"], said["company"], said["kinds"]) == ("desk:palette", company, ["ValueError", "KeyError"])
        assert said["way"][-1].endswith(" breaks")
        assert "Lind" not in line

    def test_are_not_what_a_page_is_that_is_not_there(self, company: CompanyId, told: list[str]) -> None:
        assert Client().get("/nowhere/").status_code == 404
        assert told == []

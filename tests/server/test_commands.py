"""Serving and seating people from the command line: what is asked wrongly is told clearly."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from saldo.audit.queries import list_entries
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.parties.rules.roles import Role
from saldo.server.commands.run import first_steps
from saldo.server.entry import main
from saldo.server.wiring import real_world
from tests.conftest import NOW
from tests.pages.people import a_person


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nothing was made yet."""
    monkeypatch.setenv("SALDO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class TestServing:
    def test_on_a_port_in_use_is_refused_and_names_another(
        self, taken_port: int, empty_home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["run", "--port", str(taken_port), "--json"]) == 1
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "server.port-taken"
        assert f"--port {taken_port + 1}" in error["message"]
        assert not empty_home.exists()

    @pytest.mark.parametrize("port", ["0", "65536", "-1", "eight"])
    def test_on_something_that_is_no_port_is_wrong_usage(self, port: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as left:
            main(["run", "--port", port])
        assert left.value.code == 2
        assert "port" in capsys.readouterr().err


class TestFirstSteps:
    def test_are_a_company_and_a_person_until_each_is_there(self, own_database: str) -> None:
        facts = {"country": "SE", "currency": "SEK", "cloud": "global", "actor": "test", "at": NOW}
        assert [step.split()[1] for step in first_steps()] == ["init", "person"]
        company = found_company(name="Fjordlys Cloud AB", **facts)
        assert [step.split()[1] for step in first_steps()] == ["person"]
        a_person(company=company, grants=Role.GLOBAL_ADMIN)
        assert first_steps() == []


class TestAddingAPerson:
    WORDS = ("person", "add", "--email", "ada@fjordlys.example", "--role", "global-admin", "--password-stdin", "--json")

    def test_without_an_installation_is_refused(self, empty_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(list(self.WORDS)) == 1
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "server.no-installation"
        assert str(empty_home) in error["message"]

    def test_with_a_role_that_is_none_is_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as left:
            main(["person", "add", "--email", "ada@fjordlys.example", "--role", "emperor"])
        assert left.value.code == 2
        assert "billing-admin" in capsys.readouterr().err

    @pytest.mark.parametrize(("password", "status"), [("a long walk by the fjord", 0), ("short", 1)])
    def test_seats_them_with_the_password_from_standard_input(
        self,
        own_database: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        password: str,
        status: int,
    ) -> None:
        """As the program does once the installation is open."""
        from saldo.audit.log import COMMAND
        from saldo.server.commands import person
        from saldo.server.entry import command_named

        company = found_company(
            name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor=COMMAND, at=NOW
        )
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        monkeypatch.setattr("saldo.server.entry._ready", _ready_with(company, real_world()))
        assert command_named("person").load() is person
        assert main(list(self.WORDS)) == status
        said = json.loads(capsys.readouterr().out)
        assert said.get("role") == "global-admin" or said["error"]["code"] == "parties.person.bad-password"

    @pytest.mark.parametrize(("words", "has_factor"), [((), True), (("--forget-second-factor",), False)])
    def test_takes_off_a_lost_second_factor_only_when_asked_and_writes_it_down(
        self,
        own_database: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        words: tuple[str, ...],
        has_factor: bool,
    ) -> None:
        from allauth.mfa.models import Authenticator
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        company = found_company(
            name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW
        )
        ada = a_person(company=company, grants=Role.GLOBAL_ADMIN, email="ada@fjordlys.example")
        TOTP.activate(ada, generate_totp_secret())
        monkeypatch.setattr("sys.stdin", io.StringIO("another walk by the sea\n"))
        monkeypatch.setattr("saldo.server.entry._ready", _ready_with(company, real_world()))
        assert main([*self.WORDS, *words]) == 0
        assert Authenticator.objects.filter(user=ada).exists() is has_factor
        with company_context(company):
            written = list_entries(company=company, code="doors.second-factor.off")
        assert [entry.subject for entry in written] == ([] if has_factor else [f"user:{ada.pk}"])


def _ready_with(company: object, world: object) -> object:
    def ready(command: object, args: object, out: object) -> None:
        args.company_id, args.world = company, world  # type: ignore[attr-defined]

    return ready

"""What Saldo is built on may be used freely: nothing under GPL or AGPL is linked in, nor smuggled in later."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.test_sizes_and_floors import ROOT, sources

PERMISSIVE = frozenset(
    {"MIT", "MIT-0", "0BSD", "BSD", "BSD-0-Clause", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "OFL-1.1"}
    | {"MIT License", "BSD License", "Apache Software License", "MIT-CMU", "Python Software Foundation License"}
)
# Not permissive, and why it may be here all the same.
BY_PERMISSION = {
    "psycopg": "LGPL-3.0-only: imported unmodified, and anybody may put another version in its place",
    "psycopg-binary": "LGPL-3.0-only: as psycopg",
    "psycopg-pool": "LGPL-3.0-only: as psycopg",
    "fido2": "BSD-2-Clause and Apache-2.0; MPL-2.0 is that of a list of domains inside it, used unmodified",
    "python-stdnum": "LGPL-2.1-or-later: imported unmodified, and anybody may put another version in its place",
    "certifi": "MPL-2.0: a list of certificates, used unmodified",
    "pyphen": "to be taken under GPL-2.0+, LGPL-2.1+ or MPL-1.1, and we take it under MPL-1.1",
    "qrcode": "BSD-3-Clause; the classifier for the mark 'QR Code' says proprietary",
}
# Offered under several licences at the taker's choice, one of them a strong one that we do not take.
OFFERED = {"pyphen": "Mozilla Public License 1.1 (MPL 1.1)"}
STRONG_COPYLEFT = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)


def licences_of(package: Distribution) -> set[str]:
    """What a package says of itself: its SPDX expression, else its classifiers, else the first line of its licence."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return set(re.split(r" (?:AND|OR) ", expression.strip("()")))
    classified = [text for text in said.get_all("Classifier") or [] if text.startswith("License ::")]
    if classified:
        return {text.rpartition(" :: ")[2] for text in classified}
    return {(said.get("License") or "nothing said").splitlines()[0].strip()}


def needed(requirements: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Name and extras of what these requirements ask for on this machine."""
    for text in requirements:
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield canonicalize_name(wanted.name), frozenset(wanted.extras)


def installed_at_run_time() -> dict[str, Distribution]:
    """Everything that comes with Saldo's own dependencies, walked through the installed packages' metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    waiting = list(needed(project["dependencies"]))
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        found[name] = distribution(name)
        for text in found[name].requires or []:
            wanted = Requirement(text)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                following = (canonicalize_name(wanted.name), frozenset(wanted.extras))
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
    return found


RUNTIME = installed_at_run_time()


def locked() -> set[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(re.split(r"[\[=]", line)[0]) for line in lines if re.match(r"[A-Za-z0-9]", line)}


class TestPython:
    def test_what_runs_is_what_is_locked(self) -> None:
        assert RUNTIME.keys() - locked() == set()
        assert len(RUNTIME) > 20

    @pytest.mark.parametrize("name", sorted(RUNTIME))
    def test_a_package_may_be_used_freely(self, name: str) -> None:
        said = licences_of(RUNTIME[name])
        if name in OFFERED:
            assert OFFERED[name] in said
            return
        assert [text for text in said if STRONG_COPYLEFT.search(text)] == []
        assert said <= PERMISSIVE or name in BY_PERMISSION, said

    def test_every_permission_is_still_needed(self) -> None:
        assert {name for name in BY_PERMISSION if licences_of(RUNTIME[name]) <= PERMISSIVE} == set()

    @pytest.mark.parametrize(
        ("text", "is_strong"),
        [
            ("GPL-3.0-only", True),
            ("AGPL-3.0-or-later", True),
            ("GNU General Public License v2 (GPLv2)", True),
            ("GNU Affero General Public License v3", True),
            ("LGPL-3.0-only", False),
            ("GNU Lesser General Public License v3", False),
            ("MIT", False),
        ],
    )
    def test_strong_copyleft_is_told_from_the_lesser_one(self, text: str, is_strong: bool) -> None:
        assert bool(STRONG_COPYLEFT.search(text)) is is_strong


class TestPrograms:
    def test_nobody_runs_psql(self) -> None:
        """The packaged PostgreSQL brings psql, which is linked with GNU readline (GPL); the server is not."""
        callers = [path.name for path in sources() if re.search(r"\bpsql\b", path.read_text(encoding="utf-8"))]
        assert callers == []


class TestFrontEnd:
    def packages(self) -> dict[str, str]:
        lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
        return {name: package.get("license", "nothing said") for name, package in lock["packages"].items() if name}

    def test_what_the_pages_load_may_be_used_freely(self) -> None:
        said = self.packages()
        assert said
        assert {name: text for name, text in said.items() if text not in PERMISSIVE} == {}

"""The documents name commands, files, pages and rights that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from saldo.cli.commands import COMMANDS
from saldo.core.identity import LANGUAGES
from saldo.doors.navigation import GROUPS, Place
from saldo.parties.rules.roles import TABLE, Reach, Role
from tests.docs.tables import cells_of
from tools import words

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

LINK = re.compile(r"\[[^\]]*\]\((?P<to>[^)#:]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"\bmake (?P<word>[a-z][a-z0-9-]+)")
SALDO = re.compile(r"(?:`|^|bin/|\n)saldo (?P<word>[a-z]+)")
FILE = re.compile(r"`(?P<path>(?:src/saldo/|tests/|tools/|bench/|docs/)?[a-z_/]+/[a-z_]+\.(?:py|md|sh))`")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request) -> Path:
    return request.param


def code_of(text: str) -> str:
    """What stands in backticks or fences; a sentence may say "make sure"."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))


class TestDocuments:
    def test_links_lead_somewhere(self, document: Path) -> None:
        text = document.read_text(encoding="utf-8")
        assert [
            to for to in (found["to"] for found in LINK.finditer(text)) if not (document.parent / to).exists()
        ] == []

    def test_make_knows_its_words(self, document: Path) -> None:
        targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        said = {found["word"] for found in MAKE.finditer(code_of(document.read_text(encoding="utf-8")))}
        assert said - targets == set()

    def test_saldo_knows_its_commands(self, document: Path) -> None:
        said = {found["word"] for found in SALDO.finditer(code_of(document.read_text(encoding="utf-8")))}
        assert said - {command.name for command in COMMANDS} == set()

    def test_files_that_are_named_exist(self, document: Path) -> None:
        said = {found["path"] for found in FILE.finditer(document.read_text(encoding="utf-8"))}
        places = (ROOT, ROOT / "src" / "saldo", document.parent)
        assert [path for path in sorted(said) if not any((place / path).exists() for place in places)] == []


class TestRoles:
    """docs/roles/README.md against the side bar and the table of rights."""

    def places(self) -> list[Place]:
        return [place for group in GROUPS for place in group.places]

    def reach(self, place: Place, role: Role) -> str:
        reach = TABLE[place.capability].holders.get(role, Reach.NONE)
        if place.is_of_everybody and reach is Reach.OWN_CUSTOMERS:
            return "no"
        return {Reach.ALL: "yes", Reach.OWN_AREA: "own area", Reach.OWN_CUSTOMERS: "own customers"}.get(reach, "no")

    def test_the_table_says_who_opens_which_page(self) -> None:
        english = words.codes_of(words.read_language(LANGUAGES[0]))
        head = ["page", *(str(english[f"doors.role.{role.value}"].string) for role in Role)]
        body = [
            [str(english[f"doors.nav.{place.page}"].string), *(self.reach(place, role) for role in Role)]
            for place in self.places()
        ]
        assert cells_of(ROOT / "docs" / "roles" / "README.md") == [head, *body]


class TestDecisions:
    """docs/adr: one page each, in one form, about rooms that exist."""

    PAGES = sorted((ROOT / "docs" / "adr").glob("*.md"))
    SECTIONS = ("## Why", "## Decision", "## Price")

    def test_every_number_is_given_once(self) -> None:
        numbers = [page.name[:4] for page in self.PAGES]
        assert len(numbers) == len(set(numbers))

    @pytest.mark.parametrize("page", PAGES, ids=named)
    def test_is_one_page_in_the_common_form(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} ")
        assert re.search(r"^Status: (Accepted|Superseded by \d{4}), \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
        assert [text.count(section) for section in self.SECTIONS] == [1, 1, 1]
        assert len(text.splitlines()) <= 40

    @pytest.mark.parametrize("page", PAGES, ids=named)
    def test_touches_rooms_that_exist(self, page: Path) -> None:
        line = re.search(r"^Rooms affected: (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert line is not None
        rooms = {path.name for path in (ROOT / "src" / "saldo").iterdir() if path.is_dir()}
        said = re.sub(r"\(.*?\)", "", line[1])
        words_said = {word.strip() for word in said.split(",")}
        assert words_said <= rooms | {"all", "all tests", "every room with tables"}

    def test_the_code_refers_to_decisions_that_exist(self) -> None:
        there = {page.name[:4] for page in self.PAGES}
        sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
        said = {
            number for path in sources for number in re.findall(r"ADR[ -](\d{4})", path.read_text(encoding="utf-8"))
        }
        assert said <= there

"""Every noun of the business stands in docs/glossary.md, in five languages, and means something that exists."""

from __future__ import annotations

import ast

import pytest

from saldo.core.identity import LANGUAGES
from tests.house.test_sizes_and_floors import ROOT, SOURCE, pure_files, sources
from tools import words

HEAD = ["Name", "What it is", *LANGUAGES]
CLASSES, ROLES = "What Saldo calls things", "The five roles"

Rows = list[list[str]]


def sections() -> dict[str, Rows]:
    """The tables of the glossary by the heading they stand under, head and all."""
    found: dict[str, Rows] = {}
    heading = ""
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
            found.setdefault(heading, []).append(cells)
    return found


def entries(heading: str) -> dict[str, list[str]]:
    """Name → what it is and the words, in the order of the languages."""
    return {cells[0].strip("`"): cells[1:] for cells in sections()[heading][1:]}


def every_row() -> list[list[str]]:
    return [cells for rows in sections().values() for cells in rows[1:]]


def public_classes() -> set[str]:
    """The classes of rules, core and ports; a leading underscore is nobody else's business."""
    return {
        node.name
        for path in [*pure_files(), *sources(SOURCE / "ports")]
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


class TestGlossary:
    def test_names_every_class_of_the_rules_and_no_class_that_is_gone(self) -> None:
        named, real = set(entries(CLASSES)), public_classes()
        assert sorted(real - named) == []
        assert sorted(named - real) == []

    def test_every_table_speaks_the_five_languages(self) -> None:
        assert {heading: rows[0] for heading, rows in sections().items() if rows[0] != HEAD} == {}

    def test_no_cell_is_empty_and_no_noun_stands_twice(self) -> None:
        rows = every_row()
        assert [cells for cells in rows if len(cells) != len(HEAD) or not all(cells)] == []
        names = [cells[0] for cells in rows]
        assert sorted(name for name in set(names) if names.count(name) > 1) == []

    def test_nouns_stand_in_the_order_of_the_alphabet(self) -> None:
        for heading, rows in sections().items():
            names = [cells[0].strip("`").casefold() for cells in rows[1:]]
            assert names == sorted(names), heading

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_roles_are_called_what_the_pages_call_them(self, language: str) -> None:
        shown = words.codes_of(words.read_language(language.replace("-", "_")))
        at = LANGUAGES.index(language) + 1
        called = {role: cells[at] for role, cells in entries(ROLES).items()}
        assert called == {role: shown[f"doors.role.{role}"].string for role in called}

    def test_chinese_writes_accounts_with_one_character(self) -> None:
        """Microsoft's pages of 2021 wrote 帐, its newer ones write 账; so do this page and all others."""
        assert [cells[0] for cells in every_row() if "帐" in cells[-3]] == []
        shown = words.codes_of(words.read_language("zh_Hans"))
        assert [code for code, message in shown.items() if "帐" in "".join(message.string)] == []

"""Codes have words in all five languages, and no sentence stands in a rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_sizes_and_floors import SOURCE, named, pure_files, sources
from tools import words

CODE = re.compile(r"[a-z]+(\.[a-z0-9-]+){2,}")
IN_TEMPLATE = re.compile(r"""["']([a-z]+(?:\.[a-z0-9-]+){2,})["']""")
ROOMS = {path.name for path in SOURCE.iterdir() if path.is_dir()} | {"pages"}
ACTS = {"parties.person"}  # beginnings of codes, by which the log is filtered


def codes_in(text: str) -> set[str]:
    return {code for code in IN_TEMPLATE.findall(text) if code.partition(".")[0] in ROOMS}


def codes_in_python(path: Path) -> Iterator[str]:
    """Texts that are a whole code of one of our rooms; docstrings and parts of f-strings are something else."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if CODE.fullmatch(text) and text.partition(".")[0] in ROOMS:
                yield text


@pytest.fixture(scope="module")
def catalogues():
    return {language: words.read_language(language) for language in words.LANGUAGES}


class TestWords:
    def test_no_language_lacks_a_word_or_has_other_placeholders(self, catalogues) -> None:
        assert words.faults(catalogues) == []

    def test_every_code_in_python_has_words(self, catalogues) -> None:
        known = set(words.codes_of(catalogues["en"])) | ACTS
        silent = {
            code: named(path)
            for path in sources()
            for code in codes_in_python(path)
            if code not in known and not (code.endswith("-") and any(one.startswith(code) for one in known))
        }
        assert silent == {}

    def test_every_code_in_a_template_has_words(self, catalogues) -> None:
        known = set(words.codes_of(catalogues["en"]))
        silent = {
            code: named(path)
            for path in SOURCE.rglob("*.html")
            for code in codes_in(path.read_text())
            if code not in known
        }
        assert silent == {}

    def test_no_sentence_stands_in_a_rule(self) -> None:
        """A rule gives codes and facts; a text of several words in it would be a sentence in one language."""
        talking = [
            f"{named(path)}:{node.lineno} {node.value}"
            for path in pure_files()
            for node in constants_but_docstrings(ast.parse(path.read_text()))
            if re.search(r"[A-Z][a-z]+ [a-z]+ [a-z]+", node.value)
        ]
        assert talking == []


def constants_but_docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node

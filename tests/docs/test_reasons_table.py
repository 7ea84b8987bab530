"""docs/algorithms/reasons.md against the words: every code and variant has its row, every fact said is in it."""

from __future__ import annotations

import re

import pytest

from saldo.explain.rules.explanation import CODES
from tests.docs.tables import FOLDER, cells_of
from tools import words

FORM = re.compile(r"\.(?:up|down|refunded)$")
SAID_ALWAYS = {"amount", "sum", "subject", "currency"}
# Facts that wording writes with their noun.
WITH_NOUN = {"counted_seats": "seats", "term_before": "months_before", "term_after": "months_after"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

Variant = tuple[str, str]


def documented() -> dict[Variant, set[str]]:
    """Code and variant → names of the facts, from the table; an empty first cell means the code above."""
    found: dict[Variant, set[str]] = {}
    codes: list[str] = []
    for first, variants, _when, facts in cells_of(FOLDER / "reasons.md")[1:]:
        codes = [code.strip(" `") for code in first.split(",")] if first else codes
        names = set(re.findall(r"`(\w+)`", f"`{facts}`"))
        for code in codes:
            for variant in variants.split(","):
                found[code, variant.strip(" `")] = names
    return found


def worded() -> dict[Variant, set[str]]:
    """Code and variant → placeholders of the sentence and of the headline, all forms together."""
    found: dict[Variant, set[str]] = {}
    for code, message in words.codes_of(words.read_language("en")).items():
        parts = FORM.sub("", code).removeprefix("explain.").removeprefix("headline.").split(".")
        if code.startswith("explain.") and len(parts) == 2 and parts[0] in CODES:
            found.setdefault((parts[0], parts[1]), set()).update(PLACEHOLDER.findall("".join(message.string)))
    return found


class TestReasonsTable:
    def test_every_code_and_variant_has_words_and_the_other_way_round(self) -> None:
        assert set(documented()) == set(worded())

    def test_every_public_code_is_told(self) -> None:
        assert {code for code, _ in documented()} == set(CODES)

    @pytest.mark.parametrize("variant", sorted(worded()), ids=".".join)
    def test_words_use_facts_that_the_reason_has(self, variant: Variant) -> None:
        said = {WITH_NOUN.get(name, name) for name in worded()[variant]}
        assert said - documented()[variant] - SAID_ALWAYS == set()

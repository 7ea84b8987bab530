"""Words with optional parts, filled with the facts that are there.

``[, %(amount)s]`` stands only where its facts are known, ``[, %(sum)s|, %(amount)s]`` is the first that can be said.
So a translation holds whole sentences, and a fact that is withheld takes its words along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from saldo.core.written import end_once

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FACT = re.compile(r"%\((\w+)\)s")


def fill(words: str, facts: Mapping[str, str]) -> str:
    """The words with these facts; refuses (KeyError) when one outside of brackets is missing."""

    def known(part: re.Match[str]) -> str:
        ways = part[1].split("|")
        return next((way for way in ways if facts.keys() >= set(_FACT.findall(way))), "")

    said = end_once(_OPTIONAL.sub(known, words), facts)
    return _FACT.sub(lambda fact: facts[fact[1]], said)

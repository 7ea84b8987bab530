"""Reasons in words, as letters to a customer's bookkeeper: read every difference that `make golden` makes."""

from __future__ import annotations

import pytest

from saldo.core.identity import LANGUAGES
from saldo.explain.wording import headline, sentence, sentence_without_cost
from tests.golden.files import check_golden
from tests.golden.reasons import CASES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_reads_as_it_was_approved(lang: str) -> None:
    letters = []
    for reason in CASES:
        letters.append(
            f"{reason.code}.{reason.variant}\n"
            f"  {headline(reason, lang=lang)}\n"
            f"  {sentence(reason, lang=lang)}\n"
            f"  {sentence_without_cost(reason, lang=lang)}\n"
        )
    check_golden(name=f"reasons.{lang}.txt", text="\n".join(letters))

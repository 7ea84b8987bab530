"""The mail that carries a letter: the same facts as plain text, so that nobody need open the attachment."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from saldo.dunning.letters.layout import lay_out
from saldo.dunning.letters.wording import say
from saldo.dunning.rules.letter import LetterFacts


def mail_of(letter: LetterFacts) -> tuple[str, str]:
    """Subject and text, in the letter's own language."""
    with translation.override(letter.language.lower()):
        shown = lay_out(letter)
        subject = say("mail.subject", title=shown["title"], seller=letter.seller.name)
        return subject, "\n\n".join(_blocks(letter, shown)) + "\n"


def file_name(letter: LetterFacts) -> str:
    """What the attachment is called at the recipient's."""
    with translation.override(letter.language.lower()):
        return f"{say(f'title.{letter.letter}')} {letter.on.isoformat()}.pdf"


def _blocks(letter: LetterFacts, shown: dict[str, Any]) -> list[str]:
    blocks = [say("mail.greeting", name=letter.buyer.name), *shown["intro"], _items(shown)]
    payment = "\n".join(f"{label}: {text}" for label, text in shown["payment"])
    blocks += [payment, *shown["costs_note"]]
    if shown["ahead"]:
        blocks.append("\n".join([shown["ahead_heading"], *(f"- {one}" for one in shown["ahead"])]))
    blocks += [shown["object"], shown["questions"], shown["crossed"], say("mail.attached")]
    return [*filter(None, blocks), letter.seller.name]


def _items(shown: dict[str, Any]) -> str:
    rows = [
        say("mail.item", document=one["document"], day=one["due"], amount=one["amounts"][-1]) for one in shown["items"]
    ]
    rows += [f"{label}: {amount}" for label, amount in shown["sums"]]
    total = shown["total"]
    costs = [f"{label}: {amount}" for label, amount in shown["costs"]]
    return "\n".join([*rows, f"{total['label']}: {total['amount']}", *costs])

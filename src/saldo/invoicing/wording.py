"""The few words of our own that stand on documents and in their mails, in the debtor's language."""

from __future__ import annotations

from django.utils.translation import gettext, override

_EXPLAINED = ("invoice", "statement")


def minimum_name(language: str) -> str:
    """What a minimum fee is called on an invoice."""
    with override(language.lower()):
        return gettext("invoicing.words.minimum")


def mail_of(
    *, kind: str, number: str, seller: str, language: str, mirrors: str = "", is_explained: bool = True
) -> tuple[str, str]:
    """Subject and text of the mail that carries a document. Nothing in it says what anything costs us.

    ``mirrors`` is the document that it takes back. What is not ``is_explained`` has none before it to be compared with,
    and its mail promises no pages about what changed.
    """
    facts = {"number": number, "seller": seller, "mirrors": mirrors}
    body = kind if is_explained or kind not in _EXPLAINED else f"first-{kind}"
    with override(language.lower()):
        return gettext(f"invoicing.mail.{kind}-subject") % facts, gettext(f"invoicing.mail.{body}-body") % facts

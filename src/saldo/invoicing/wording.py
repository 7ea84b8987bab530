"""The few words of our own that stand on documents and in their mails, in the debtor's language."""

from __future__ import annotations

from django.utils.translation import gettext, override


def minimum_name(language: str) -> str:
    """What a minimum fee is called on an invoice."""
    with override(language.lower()):
        return gettext("invoicing.words.minimum")


def mail_of(*, kind: str, number: str, seller: str, language: str) -> tuple[str, str]:
    """Subject and text of the mail that carries a document. Nothing in it says what anything costs us."""
    facts = {"number": number, "seller": seller}
    with override(language.lower()):
        return gettext(f"invoicing.mail.{kind}-subject") % facts, gettext(f"invoicing.mail.{kind}-body") % facts

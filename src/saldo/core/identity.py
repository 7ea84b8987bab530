"""Names of things that must never be mixed up; each is text, none is a bare string."""

from __future__ import annotations

from typing import NewType

CompanyId = NewType("CompanyId", int)
"""One legal entity of the partner within the installation."""

CustomerId = NewType("CustomerId", str)
"""A customer's tenant GUID in lower case; older legacy files carry an account number instead."""

SubscriptionId = NewType("SubscriptionId", str)
"""The subscription as Partner Center names it: a GUID in lower case."""

MicrosoftInvoiceId = NewType("MicrosoftInvoiceId", str)
"""Microsoft's document number: D… legacy, G… new commerce."""

FileId = NewType("FileId", str)
"""sha256 of the bytes of one imported file, blob or page, in hexadecimal."""

LANGUAGES = ("en", "sv", "zh-Hans", "pt-BR", "es")
"""The languages Saldo speaks, as BCP 47 tags."""

"""What an address of a mailbox looks like."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_LONGEST, _LONGEST_LOCAL = 254, 64


def is_address(text: str) -> bool:
    """Whether mail can be sent to this: ASCII before the @, a domain with a dot after it (RFC 5321)."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= _LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and _has_ascii_form(domain)
    )


def ascii_form(address: str) -> str:
    """The address as mail servers write it: a domain with other letters in its ASCII form (RFC 5891).

    It refuses (UnicodeError) a domain that has none; `is_address` says so beforehand.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}" if local else address


def _has_ascii_form(domain: str) -> bool:
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True

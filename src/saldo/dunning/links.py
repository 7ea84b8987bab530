"""Addresses of what is published: the page of a version, and a debtor's own link to it, signed and with a last day.

Letters and pages write the same addresses; the pages themselves are `saldo.portal`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core import signing

from saldo.core.identity import CompanyId

_SALT = "saldo.dunning.links"
VALID_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorLink:
    """What a signed link says: whose it is, about which version, until when."""

    company: CompanyId
    debtor: str
    policy: str
    version: int
    until: date


def policy_path(*, company: CompanyId, policy: str, version: int, language: str) -> str:
    """The public page of a version in a language, from the root of the installation's address."""
    return f"/policy/{company}/{policy}/{version}/{language}"


def debtor_path(link: DebtorLink, *, language: str) -> str:
    """The same page as one debtor sees it: with its forecast, and a place to acknowledge."""
    told = [int(link.company), link.debtor, link.policy, link.version, link.until.isoformat()]
    token = signing.dumps(told, salt=_SALT)
    page = policy_path(company=link.company, policy=link.policy, version=link.version, language=language)
    return f"{page}/for/{token}"


def read_token(token: str, *, today: date) -> DebtorLink | None:
    """What a token says; None where nobody of ours signed it or its last day is over."""
    try:
        company, debtor, policy, version, until = signing.loads(token, salt=_SALT)
        link = DebtorLink(
            company=CompanyId(company),
            debtor=str(debtor),
            policy=str(policy),
            version=int(version),
            until=date.fromisoformat(until),
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return link if today <= link.until else None

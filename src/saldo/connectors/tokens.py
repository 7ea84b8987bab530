"""Access tokens for a mailbox, from a client's own credentials (OAuth 2.0, RFC 6749 section 4.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from saldo.core.clock import Clock
from saldo.core.problems import as_seen
from saldo.ports.mail import MailUnreachable

_BEFORE_ITS_END = timedelta(minutes=5)


def client_token(*, url: str, client: str, secret: str, scope: str, clock: Clock) -> Callable[[], str]:
    """A function that gives a token which is good for some minutes, and asks for a new one only then.

    It raises MailUnreachable: outbox.mail.no-token, with the server's own words.
    """
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": scope}
    held: list[tuple[str, datetime]] = []

    def token() -> str:
        now = clock.now()
        if held and now < held[0][1]:
            return held[0][0]
        given, lasts = _ask(url, form)
        held[:] = [(given, now + lasts - _BEFORE_ITS_END)]
        return given

    return token


def _ask(url: str, form: dict[str, str]) -> tuple[str, timedelta]:
    try:
        answer = httpx.post(url, data=form, timeout=30)
        said = answer.json()
        return str(said["access_token"]), timedelta(seconds=int(said["expires_in"]))
    except (httpx.HTTPError, httpx.InvalidURL) as away:
        raise MailUnreachable("outbox.mail.no-token", str(away)) from away
    except (ValueError, KeyError, TypeError) as refused:
        raise MailUnreachable("outbox.mail.no-token", as_seen(answer.text)[:300]) from refused

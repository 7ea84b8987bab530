"""Signing in at a mail server: a password, a token, and never without encryption."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import AuthResult

from saldo.connectors.smtp import SmtpServer, server_at
from saldo.connectors.tokens import client_token
from saldo.core.clock import FixedClock
from saldo.ports.mail import MailUnreachable, OutgoingMail
from saldo.server.wiring import real_world
from tests.outbox.post_office import NOON, Postmaster, mailbox, serving

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is all on this machine

USER = "billing@fjordlys.example"
A_MAIL = OutgoingMail(
    message_id="<1@fjordlys.example>",
    sender=f"Fjordlys Åre AB <{USER}>",
    recipients=("ekonomi@blåbär.example",),
    subject="发票 2026-00017 från Åre, som är en mycket lång rubrik så att den måste brytas över flera rader",
    body="您好",
    language="zh-Hans",
)


def inside(port: int, **more: Any) -> SmtpServer:
    return SmtpServer(**({"host": "127.0.0.1", "port": port, "user": USER, "encryption": "none", "timeout": 5} | more))


def by_password(server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
    is_known = (auth_data.login, auth_data.password) == (USER.encode(), b"secret")
    return AuthResult(success=is_known, handled=False)


class TestPassword:
    def test_the_right_one_sends(self) -> None:
        office = Postmaster()
        with serving(office, authenticator=by_password, auth_required=True, auth_require_tls=False) as port:
            mailbox(port, server=inside(port, password="secret")).send(A_MAIL)
        assert office.mails[0][1]["Subject"] == A_MAIL.subject
        assert office.mails[0][1]["To"] == "ekonomi@xn--blbr-noae.example"
        assert office.mails[0][0] == ["ekonomi@xn--blbr-noae.example"]

    def test_a_wrong_one_is_said_and_nothing_is_sent(self) -> None:
        office = Postmaster()
        with (
            serving(office, authenticator=by_password, auth_required=True, auth_require_tls=False) as port,
            pytest.raises(MailUnreachable) as refused,
        ):
            mailbox(port, server=inside(port, password="guess")).send(A_MAIL)
        assert (refused.value.code, office.mails) == ("outbox.mail.sign-in-refused", [])
        assert "guess" not in refused.value.said

    def test_one_that_the_protocol_cannot_carry_is_said_too(self) -> None:
        office = Postmaster()
        with (
            serving(office, authenticator=by_password, auth_required=True, auth_require_tls=False) as port,
            pytest.raises(MailUnreachable) as refused,
        ):
            mailbox(port, server=inside(port, password="hemligtå")).send(A_MAIL)
        assert (refused.value.code, office.mails) == ("outbox.mail.sign-in-refused", [])


class TestToken:
    def test_xoauth2_carries_user_and_token(self) -> None:
        office = Postmaster()
        with serving(office, auth_required=True, auth_require_tls=False) as port:
            mailbox(port, server=inside(port), token=lambda: "good-token").send(A_MAIL)
        assert (len(office.mails), len(office.said)) == (1, 1)

    def test_a_refused_token_is_answered_with_an_empty_line(self) -> None:
        office = Postmaster()
        with (
            serving(office, auth_required=True, auth_require_tls=False) as port,
            pytest.raises(MailUnreachable, match="sign-in-refused"),
        ):
            mailbox(port, server=inside(port), token=lambda: "old-token").send(A_MAIL)
        assert office.said[1:] == [""]

    def test_a_token_is_asked_for_again_only_before_its_end(self) -> None:
        with tokens({"access_token": "good-token", "expires_in": 3600}) as (url, asked):
            said = {"url": url, "client": "c", "secret": "s", "scope": "https://outlook.office365.com/.default"}
            token = client_token(**said, clock=FixedClock(NOON))
            assert [token(), token()] == ["good-token"] * 2
            assert len(asked) == 1
            assert asked[0]["grant_type"] == ["client_credentials"]
            assert asked[0]["scope"] == ["https://outlook.office365.com/.default"]

    def test_an_old_token_is_exchanged(self) -> None:
        class Ticking:
            at = NOON

            def now(self):
                self.at += timedelta(minutes=40)
                return self.at

        with tokens({"access_token": "t", "expires_in": 3600}) as (url, asked):
            token = client_token(url=url, client="c", secret="s", scope="x", clock=Ticking())
            token(), token(), token()
            assert len(asked) == 2

    @pytest.mark.parametrize("answer", [{"error": "invalid_client"}, []])
    def test_no_token_is_a_server_that_is_not_reached(self, answer) -> None:
        with tokens(answer) as (url, _), pytest.raises(MailUnreachable, match=r"outbox\.mail\.no-token"):
            client_token(url=url, client="c", secret="s", scope="x", clock=FixedClock(NOON))()


class TestEncryption:
    @pytest.fixture
    def certificate(self, tmp_path) -> Path:
        return make_certificate(tmp_path)

    @pytest.mark.parametrize("encryption", ["starttls", "tls"])
    def test_is_spoken_with_a_server_that_is_trusted(self, certificate, encryption) -> None:
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(certificate)
        how = {"ssl_context": own} if encryption == "tls" else {"tls_context": own, "require_starttls": True}
        trust = ssl.create_default_context(cafile=str(certificate))
        office = Postmaster()
        with serving(office, **how) as port:
            server = inside(port, user="", encryption=encryption)
            mailbox(port, server=server, trust=trust).send(A_MAIL)
            with pytest.raises(MailUnreachable, match=r"outbox\.mail\.unreachable"):
                mailbox(port, server=server).send(A_MAIL)  # nobody vouches for it
        assert len(office.mails) == 1

    def test_a_server_without_it_gets_no_mail(self) -> None:
        office = Postmaster()
        with serving(office) as port, pytest.raises(MailUnreachable, match=r"outbox\.mail\.unreachable"):
            mailbox(port, server=inside(port, encryption="starttls")).send(A_MAIL)
        assert office.mails == []

    def test_leaving_it_out_is_for_this_machine_only(self) -> None:
        server = inside(25, host="mail.example.org")
        with pytest.raises(MailUnreachable, match=r"outbox\.mail\.not-encrypted"):
            mailbox(25, server=server).send(A_MAIL)


class TestSettings:
    def test_an_address_names_server_user_and_encryption(self) -> None:
        read = server_at("smtp://billing%40fjordlys.example:p%3Aw@smtp.example.org")
        assert (read.user, read.password, read.port, read.encryption) == (USER, "p:w", 587, "starttls")
        assert (server_at("smtps://x").port, server_at("smtp+plain://localhost:2525").port) == (465, 2525)
        with pytest.raises(ValueError, match="not an address"):
            server_at("https://mail.example.org")

    def test_a_house_has_no_mailbox_until_one_is_named(self, settings) -> None:
        assert real_world().mail.sender == ""
        with pytest.raises(MailUnreachable, match=r"outbox\.mail\.not-configured"):
            real_world().mail.send(A_MAIL)
        settings.MAIL = settings.MAIL | {"url": "smtp+plain://localhost:2525", "sender": USER}
        assert real_world().mail.sender == USER
        settings.MAIL = settings.MAIL | {"url": "mail.example.org"}
        with pytest.raises(MailUnreachable, match=r"outbox\.mail\.bad-server"):
            real_world().mail.send(A_MAIL)


@contextmanager
def tokens(answer: Any) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A token endpoint that gives this answer; and what it was asked."""
    asked: list[dict[str, list[str]]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/token", asked
        server.shutdown()
        thread.join()


def make_certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that vouches for itself, with its key."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post office")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=3650))
        .not_valid_after(NOON + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + kept)
    return file

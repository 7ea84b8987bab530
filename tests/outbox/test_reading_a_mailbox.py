"""A mailbox is read message by message: kept before it is looked at, taken once, and nothing in it is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saldo.connectors.bounces import BounceFolder, BounceMailbox
from saldo.connectors.mailbox import ImapServer, Mailbox, mailbox_at
from saldo.flows.send_messages import collect_bounces, send_due
from saldo.outbox import queries
from saldo.ports.mail import MailUnreachable
from saldo.server.wiring import real_world
from tests.outbox.imap_house import House, open_house
from tests.outbox.post_office import Postmaster, an_order, open_for_good, serving, world
from tests.outbox.post_office import mailbox as sending
from tests.outbox.test_bounces import report

HELLO = b"From: ekonomi@havsbris.example\r\nSubject: hej\r\n\r\nTack!\r\n"


def reader(port: int, kept: Path, **more: Any) -> Mailbox:
    facts = {"host": "127.0.0.1", "port": port, "user": "billing@fjordlys.example", "encryption": "none", "timeout": 5}
    entered = {"password": "secret"} | more.pop("server", {})
    return Mailbox(server=ImapServer(**(facts | entered)), kept=kept, **more)


def names(places: tuple[Path, ...]) -> list[str]:
    return [place.name for place in places]


class TestReading:
    def test_keeps_every_new_message_once_as_it_came(self, tmp_path: Path) -> None:
        house = House()
        house.put(HELLO, b"\xff\x00 no mail at all")
        with open_house(house) as port:
            first = reader(port, tmp_path).fetch()
            assert names(first) == ["7-0000000001.eml", "7-0000000002.eml"]
            assert [place.read_bytes() for place in first] == [HELLO, b"\xff\x00 no mail at all"]
            assert reader(port, tmp_path).fetch() == ()
            house.put(HELLO)
            assert names(reader(port, tmp_path).fetch()) == ["7-0000000003.eml"]

    def test_changes_nothing_in_the_mailbox(self, tmp_path: Path) -> None:
        house = House()
        house.put(HELLO)
        with open_house(house) as port:
            reader(port, tmp_path).fetch()
        given = {command.split(" ")[0] for command in house.commands}
        assert given == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
        assert all("PEEK" in one for one in house.commands if "BODY" in one)
        assert house.messages == {1: HELLO}

    def test_goes_on_after_a_cut_line_where_it_was(self, tmp_path: Path) -> None:
        house = House(breaks_at=2)
        house.put(HELLO, HELLO, HELLO)
        with open_house(house) as port:
            with pytest.raises(MailUnreachable, match=r"outbox\.mail\.unreachable"):
                reader(port, tmp_path).fetch()
            assert [path.name for path in tmp_path.glob("*.eml")] == ["7-0000000001.eml"]
            house.breaks_at = 0
            assert names(reader(port, tmp_path).fetch()) == ["7-0000000002.eml", "7-0000000003.eml"]

    def test_takes_a_few_at_a_time(self, tmp_path: Path) -> None:
        house = House()
        house.put(*[HELLO] * 5)
        with open_house(house) as port:
            assert [len(reader(port, tmp_path).fetch(most=2)) for _ in range(4)] == [2, 2, 1, 0]

    def test_of_a_mailbox_made_anew_begins_again(self, tmp_path: Path) -> None:
        house = House()
        house.put(HELLO)
        with open_house(house) as port:
            reader(port, tmp_path).fetch()
            house.validity = 8
            assert names(reader(port, tmp_path).fetch()) == ["8-0000000001.eml"]

    def test_passes_over_what_is_larger_than_a_mail(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("saldo.connectors.mailbox._LARGEST", 100)
        house = House()
        house.put(b"x" * 101, HELLO)
        with open_house(house) as port:
            assert names(reader(port, tmp_path).fetch()) == ["7-0000000002.eml"]
            assert reader(port, tmp_path).fetch() == ()


class TestEntering:
    def test_by_token_says_user_and_token(self, tmp_path: Path) -> None:
        house = House()
        house.put(HELLO)
        with open_house(house) as port:
            assert len(reader(port, tmp_path, token=lambda: "good-token").fetch()) == 1
            with pytest.raises(MailUnreachable, match=r"outbox\.mail\.sign-in-refused"):
                reader(port, tmp_path, token=lambda: "old-token").fetch()

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"password": "guess"}, "outbox.mail.sign-in-refused"),
            ({"folder": "Nowhere"}, "outbox.mail.no-folder"),
            ({"host": "mail.example"}, "outbox.mail.not-encrypted"),
        ],
    )
    def test_otherwise_is_said(self, tmp_path: Path, more: dict[str, Any], code: str) -> None:
        with open_house(House()) as port, pytest.raises(MailUnreachable) as refused:
            reader(port, tmp_path, server=more).fetch()
        assert refused.value.code == code
        assert "guess" not in refused.value.said

    def test_where_nobody_listens_is_said(self, tmp_path: Path) -> None:
        with open_house(House()) as port:
            pass
        with pytest.raises(MailUnreachable, match=r"outbox\.mail\.unreachable"):
            reader(port, tmp_path).fetch()

    def test_is_written_as_an_address(self) -> None:
        told = mailbox_at("imaps://billing%40fjordlys.example:p%3Aw@imap.example/Returer")
        assert (told.host, told.port, told.user, told.password) == (
            "imap.example",
            993,
            "billing@fjordlys.example",
            "p:w",
        )
        assert (told.folder, told.encryption) == ("Returer", "tls")
        assert (mailbox_at("imap://a@b").encryption, mailbox_at("imap://a@b").folder) == ("starttls", "INBOX")
        with pytest.raises(ValueError, match="not an address of a mailbox"):
            mailbox_at("http://imap.example")

    def test_from_the_settings_reads_into_the_folder_of_bounces(self, settings: Any, tmp_path: Path) -> None:
        settings.MAIL = settings.MAIL | {"url": "smtp://a@b", "imap_url": "imaps://a:b@c", "bounces": tmp_path}
        told = real_world().mail.bounces
        assert (told.mailbox.server.host, told.mailbox.kept, told.folder.path) == ("c", tmp_path, tmp_path)


class TestBounces:
    def test_in_a_mailbox_become_work_and_other_mail_is_kept_beside(self, company, tmp_path: Path) -> None:
        open_for_good(company)
        an_order(company)
        office, house = Postmaster(), House()
        with serving(office) as port, open_house(house) as imap:
            post = sending(port)
            back = BounceMailbox(mailbox=reader(imap, tmp_path), folder=BounceFolder(tmp_path))
            post = replace(post, bounces=back)
            send_due(company=company, world=world(post))
            house.put(HELLO, report(str(office.mails[0][1]["Message-ID"])))
            assert collect_bounces(world=world(post)) == 1
            assert collect_bounces(world=world(post)) == 0
        assert [message.state for message in queries.list_messages(company=company)] == ["bounced"]
        assert (tmp_path / "other" / "7-0000000001.eml").read_bytes() == HELLO
        assert [path.name for path in (tmp_path / "read").iterdir()] == ["7-0000000002.eml"]

    def test_that_lie_in_the_folder_are_read_while_the_mailbox_is_away(self, tmp_path: Path) -> None:
        (tmp_path / "report.eml").write_bytes(report("<abc@fjordlys.example>"))
        with open_house(House()) as port:
            pass
        away = BounceMailbox(mailbox=reader(port, tmp_path), folder=BounceFolder(tmp_path))
        assert [bounce.message_id for bounce in away.read()] == ["<abc@fjordlys.example>"]

"""``saldo outbox``: channels, counts and work, for people and as one document."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

import pytest

from saldo.cli import outbox
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.flows.attach_papers import attach_papers
from saldo.outbox import actions
from saldo.outbox.models import Message
from tests.outbox.post_office import ANNA, BO, NOON, Postmaster, an_order, later, mailbox, serving, world


@pytest.fixture
def ask(company: CompanyId, capsys: pytest.CaptureFixture[str]) -> Any:
    def asked(outside: Any, *words: str, is_json: bool = True) -> Any:
        parser = argparse.ArgumentParser()
        outbox.add_arguments(parser)
        args = parser.parse_args(list(words))
        args.company_id, args.world = company, outside
        assert outbox.run(args, Output(is_json=is_json)) == 0
        said = capsys.readouterr().out
        return json.loads(said) if is_json else said

    return asked


class TestCommand:
    def test_opens_a_channel_holds_the_first_run_and_sends_once_confirmed(self, ask, company) -> None:
        order = an_order(company)
        with serving(Postmaster()) as port:
            outside = world(mailbox(port))
            said = ask(outside, "--open", "mail", "--send")
            assert said["channels"][0] == {"channel": "mail", "open": True, "confirmed": False}
            assert [item["kind"] for item in said["work"]] == ["held"]
            with pytest.raises(actions.UnableToChangeChannel, match=r"parties\.approval\.by-command"):
                actions.confirm_first_run(company=company, kind="mail", by=BO, at=NOON)  # who may have opened it, too
            actions.open_channel(company=company, kind="mail", by=ANNA, at=NOON)
            actions.confirm_first_run(company=company, kind="mail", by=BO, at=NOON)
            said = ask(outside, "--send")
        assert said["messages"] == [{"channel": "mail", "state": "sent", "count": 1}]
        assert (said["work"], order) == ([], order)

    def test_cannot_confirm_what_it_opened(self, ask, company) -> None:
        ask(world(None), "--open", "mail")
        with pytest.raises(actions.UnableToChangeChannel, match=r"parties\.approval\.not-a-person"):
            actions.confirm_first_run(company=company, kind="mail", by="command", at=NOON)

    @pytest.mark.parametrize("language", ["en", "sv", "zh-Hans", "pt-BR", "es"])
    def test_tells_people_what_waits_for_them(self, ask, company, language) -> None:
        an_order(company, recipients=["nobody"])
        told = ask(world(None), "--lang", language, is_json=False)
        assert "invoice:2026-00017" in told
        assert "nobody" in told
        assert "outbox." not in told
        assert "%(" not in told

    def test_tells_in_words_why_a_paper_cannot_be_made(self, ask, company) -> None:
        stray = an_order(company, 99)
        Message.objects.filter(company_id=company, id=stray).update(awaits_paper=True)
        attach_papers(company=company, world=world(None))
        told = ask(later(world(None), hours=2), is_json=False)
        assert "invoice:2026-00099" in told
        assert not re.search(r"(outbox|invoicing)\.[a-z]", told)

    def test_closing_is_shown(self, ask, company) -> None:
        ask(world(None), "--open", "mail")
        assert ask(world(None), "--close", "mail")["channels"][0]["open"] is False

"""Rehearsal, the first live run, the daily cap; orders that are one, and orders taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.identity import CompanyId
from saldo.flows.send_messages import Sent, send_due
from saldo.outbox import actions, queries
from saldo.outbox.rules.gate import Channel, decide
from saldo.outbox.rules.orders import name_mail
from saldo.outbox.rules.tries import MOST_TRIES, has_room, next_try
from tests.outbox.post_office import ANNA, BO, NOON, Postmaster, an_order, later, mailbox, open_for_good, serving, world


def states(company: CompanyId) -> list[tuple[str, str]]:
    return [(message.state, message.code) for message in queries.list_messages(company=company)]


def run(company: CompanyId, *, hours: int = 0) -> tuple[Sent, int]:
    office = Postmaster()
    with serving(office) as port:
        return send_due(company=company, world=later(world(mailbox(port)), hours=hours)), len(office.mails)


class TestRehearsal:
    def test_nothing_leaves_a_new_company_and_everything_is_shown(self, company) -> None:
        an_order(company)
        assert run(company) == (Sent(), 0)
        assert states(company) == [("captured", "outbox.captured.rehearsal")]
        (captured,) = queries.list_messages(company=company, about="invoice:2026-00017")
        assert "fakturan" in captured.body

    def test_what_was_captured_stays_when_the_channel_opens_and_goes_only_one_by_one(self, company) -> None:
        order = an_order(company)
        run(company)
        open_for_good(company)
        assert run(company) == (Sent(), 0)
        actions.send_again(company=company, message=order, by=BO, at=NOON)
        assert run(company) == (Sent(sent=1), 1)

    def test_closing_stops_the_next_message(self, company) -> None:
        open_for_good(company)
        actions.close_channel(company=company, kind="mail", by=BO, at=NOON)
        an_order(company)
        assert run(company) == (Sent(), 0)

    @pytest.mark.parametrize(
        ("kind", "code"), [("letter", "outbox.channel.not-built"), ("pigeon", "outbox.channel.unknown")]
    )
    def test_a_way_with_nothing_behind_it_is_not_opened(self, company, kind, code) -> None:
        with pytest.raises(actions.UnableToChangeChannel, match=code):
            actions.open_channel(company=company, kind=kind, by=ANNA, at=NOON)

    def test_every_way_out_is_closed_at_first(self, company) -> None:
        assert [channel.is_open for channel in queries.list_channels(company=company)] == [False] * 6


class TestFirstRun:
    def test_shows_its_count_and_waits_for_a_second_person(self, company) -> None:
        actions.open_channel(company=company, kind="mail", by=ANNA, at=NOON)
        for number in range(3):
            an_order(company, number)
        assert run(company) == (Sent(), 0)
        assert states(company) == [("held", "outbox.held.first-run")] * 3
        assert len(queries.list_work_items(company=company, now=NOON)) == 3
        for who, count, code in (
            (ANNA, 3, "parties.approval.own"),
            ("command", 3, "parties.approval.not-a-person"),
            (BO, 2, "outbox.channel.count-changed"),
        ):
            with pytest.raises(actions.UnableToChangeChannel, match=code):
                actions.confirm_first_run(company=company, kind="mail", by=who, at=NOON, count=count)
        assert actions.confirm_first_run(company=company, kind="mail", by=BO, at=NOON, count=3) == 3
        assert run(company) == (Sent(sent=3), 3)

    def test_a_closed_channel_has_none(self, company) -> None:
        with pytest.raises(actions.UnableToChangeChannel, match=r"outbox\.channel\.closed"):
            actions.confirm_first_run(company=company, kind="mail", by=BO, at=NOON)


class TestDailyCap:
    def test_a_larger_run_is_held_as_a_whole_until_somebody_else_lets_it_out(self, company) -> None:
        open_for_good(company)
        actions.set_daily_cap(company=company, kind="mail", daily_cap=3, by=BO, at=NOON)
        for number in range(4):
            an_order(company, number)
        assert run(company) == (Sent(), 0)
        assert states(company) == [("held", "outbox.held.daily-cap")] * 4
        with pytest.raises(actions.UnableToRelease, match=r"parties\.approval\.own"):
            actions.release_held(company=company, kind="mail", by=ANNA, at=NOON)
        assert actions.release_held(company=company, kind="mail", by=BO, at=NOON) == 4
        assert run(company) == (Sent(sent=4), 4)

    def test_what_a_person_let_out_does_not_use_up_the_day(self, company) -> None:
        self.test_a_larger_run_is_held_as_a_whole_until_somebody_else_lets_it_out(company)
        an_order(company, 9)
        assert run(company) == (Sent(sent=1), 1)

    def test_the_day_is_the_companys_own(self, company) -> None:
        open_for_good(company)
        actions.set_daily_cap(company=company, kind="mail", daily_cap=1, by=BO, at=NOON)
        an_order(company, 1)
        assert run(company) == (Sent(sent=1), 1)
        an_order(company, 2, not_before=NOON + timedelta(hours=15))
        assert run(company, hours=15) == (Sent(sent=1), 1)

    def test_raised_by_one_person_counts_only_from_the_next_day_on(self, company) -> None:
        open_for_good(company)
        actions.set_daily_cap(company=company, kind="mail", daily_cap=3, by=BO, at=NOON - timedelta(days=1))
        began_later = actions.set_daily_cap(company=company, kind="mail", daily_cap=9, by=BO, at=NOON)
        assert began_later is not None
        assert NOON < began_later <= NOON + timedelta(days=1)
        for number in range(4):
            an_order(company, number)
        assert run(company) == (Sent(), 0)
        assert states(company) == [("held", "outbox.held.daily-cap")] * 4
        channel = queries.get_channel(company=company, kind="mail")
        assert (channel.cap_on(NOON), channel.cap_on(began_later)) == (3, 9)
        for number in range(4, 10):
            an_order(company, number, not_before=NOON + timedelta(days=1))
        assert run(company, hours=24) == (Sent(sent=6), 6)

    def test_lowered_counts_at_once_and_takes_a_raise_back(self, company) -> None:
        open_for_good(company)
        actions.set_daily_cap(company=company, kind="mail", daily_cap=900, by=BO, at=NOON)
        assert actions.set_daily_cap(company=company, kind="mail", daily_cap=2, by=BO, at=NOON) is None
        channel = queries.get_channel(company=company, kind="mail")
        assert channel.cap_on(NOON + timedelta(days=9)) == 2

    @given(
        waiting=st.integers(0, 2000),
        sent=st.integers(0, 2000),
        cap=st.integers(1, 2000),
        is_open=st.booleans(),
        confirmed=st.sampled_from(["", BO]),
    )
    def test_nothing_ever_goes_unseen_beyond_the_cap(self, waiting, sent, cap, is_open, confirmed) -> None:
        channel = Channel(kind="mail", is_open=is_open, first_run_confirmed_by=confirmed, daily_cap=cap)
        verdict = decide(channel=channel, waiting_count=waiting, sent_today=sent).verdict
        assert (verdict == "capture") is (not is_open)
        if verdict == "go":
            assert confirmed
            assert not waiting or waiting + sent <= cap


class TestOrders:
    def test_the_same_key_is_the_same_order(self, company) -> None:
        first = an_order(company)
        assert an_order(company, not_before=NOON + timedelta(hours=3)) == first
        assert len(queries.list_messages(company=company)) == 1

    @pytest.mark.parametrize("other", [{"body": "Hej igen"}, {"recipients": ["x@y.example"]}, {"language": "en"}])
    def test_the_same_key_with_other_content_is_refused(self, company, other) -> None:
        an_order(company)
        with pytest.raises(actions.UnableToOrder, match=r"outbox\.message\.other-content"):
            an_order(company, **other)

    def test_mended_recipients_do_not_make_it_another_order(self, company) -> None:
        order = an_order(company, recipients=[])
        assert [item.message.code for item in queries.list_work_items(company=company, now=NOON)] == [
            "outbox.message.no-recipient"
        ]
        with pytest.raises(actions.UnableToSettle, match=r"outbox\.message\.bad-address"):
            actions.send_again(company=company, message=order, recipients=["nobody"], by=BO, at=NOON)
        actions.send_again(company=company, message=order, recipients=["a@b.example"], by=BO, at=NOON)
        assert an_order(company, recipients=[]) == order

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"subject": "x\r\nBcc: all@example.org"}, "outbox.message.bad-subject"),
            ({"language": "xx"}, "outbox.message.bad-language"),
            ({"channel": "pigeon"}, "outbox.channel.unknown"),
        ],
    )
    def test_what_cannot_be_a_mail_is_refused(self, company, more, code) -> None:
        with pytest.raises(actions.UnableToOrder, match=code):
            an_order(company, **more)

    def test_an_address_with_a_line_break_is_work_and_no_header(self, company) -> None:
        an_order(company, recipients=["a@b.example\nBcc: c@d.example"])
        assert states(company) == [("refused", "outbox.message.bad-address")]


class TestRecall:
    def test_takes_back_what_has_not_left(self, company) -> None:
        open_for_good(company)
        an_order(company, not_before=NOON + timedelta(hours=1))
        assert actions.recall(company=company, about="invoice:2026-00017", by=ANNA, at=NOON) == 1
        assert run(company, hours=2) == (Sent(), 0)

    def test_what_is_gone_is_gone(self, company) -> None:
        open_for_good(company)
        an_order(company)
        run(company)
        with pytest.raises(actions.UnableToRecall, match=r"outbox\.message\.gone"):
            actions.recall(company=company, about="invoice:2026-00017", by=ANNA, at=NOON)


class TestNames:
    @given(key=st.text(max_size=40), other=st.text(max_size=40))
    def test_a_mail_is_named_by_its_company_and_key_alone(self, key, other) -> None:
        def named(key: str, company: int = 1) -> str:
            return name_mail(company=CompanyId(company), house="Fjordlys", key=key, domain="fjordlys.example")

        assert named(key) == named(key)
        assert (named(key) == named(other)) is (key == other)
        assert named(key) != named(key, company=2)


class TestPace:
    def test_delays_grow_to_an_hour_and_end(self) -> None:
        waits = [next_try(attempts=count, at=NOON) for count in range(1, MOST_TRIES + 1)]
        minutes = [(when - NOON) // timedelta(minutes=1) if when else None for when in waits]
        assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, None]

    @given(last_minute=st.integers(0, 60), last_day=st.integers(0, 12_000), recipients=st.integers(1, 500))
    def test_exchange_is_never_asked_for_more_than_it_takes(self, last_minute, last_day, recipients) -> None:
        if has_room(
            per_minute=30,
            recipients_a_day=10_000,
            messages_last_minute=last_minute,
            recipients_last_day=last_day,
            recipients=recipients,
        ):
            assert last_minute + 1 <= 30
            assert last_day + recipients <= 10_000

"""Notices: what leaves the house, to whom, what proves it, and what makes the ladder wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from saldo.audit import queries as audit
from saldo.dunning import models
from saldo.dunning.actions.notices import (
    UnableToRecordNotice,
    record_failed,
    record_posted,
    settle_failed,
)
from saldo.outbox import documents
from saldo.outbox.queries import list_messages
from saldo.outbox.sending import note_bounce
from tests.dunning.ladders import DAY, DUE
from tests.dunning.telling import ANNA, CONTACT, OUTSIDE, Telling

LATE_3 = DUE + timedelta(days=3)  # Thursday 5 March: the reminder
LATE_20 = date(2026, 3, 23)  # the Monday after the twentieth day late


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


@pytest.fixture
def house(company) -> Telling:
    return Telling(company)


def to_final(house: Telling) -> str:
    """One invoice up to its final notice, which is written."""
    item = house.invoice("1")
    house.tell(LATE_3)
    house.round(LATE_20)
    house.write()
    return item


class TestHandedOver:
    def test_a_reminder_leaves_by_mail_with_its_letter_in_the_debtors_language(self, house):
        item = house.invoice("2026-00471", "1250.50")
        house.tell(LATE_3)
        ((recipients, mail),) = house.office.mails
        assert recipients == [CONTACT, OUTSIDE]
        assert mail["Subject"] == "Påminnelse från Fjordlys Cloud AB"
        assert "1\u00a0250,50 SEK" in mail.get_body().get_content()
        letter = next(iter(mail.iter_attachments()))
        notice = house.notice()
        assert letter.get_content() == documents.read(notice.told["sha256"])
        assert (notice.state, notice.proved_on, notice.language) == ("proved", LATE_3, "sv")
        assert house.standing(item).proved_on == LATE_3
        (message,) = list_messages(company=house.company)
        assert (message.purpose, message.about, message.debtor) == ("collections", notice.key, "10001")

    def test_the_step_is_proved_only_when_the_server_took_it(self, house):
        """Lessons A 16."""
        item = house.invoice("1")
        house.round(LATE_3)
        assert house.write().written == 1
        assert house.standing(item).proved_on is None
        house.follow()
        assert house.standing(item).proved_on is None
        with house.with_post():
            house.post_leaves()
        assert house.standing(item).proved_on == LATE_3
        assert [entry.code for entry in audit.list_entries(company=house.company)].count(
            "dunning.notices-handed-over"
        ) == 1

    def test_a_server_that_is_away_proves_nothing(self, house):
        item = house.invoice("1")
        house.office.data_answer = "451 not now"
        house.tell(LATE_3)
        assert house.standing(item).proved_on is None
        assert house.notice().state == "ordered"

    def test_the_day_of_the_proof_is_the_debtors_own(self, house):
        house.is_known("10001", zone="Pacific/Auckland", country="NZ")
        house.invoice("1")
        house.round(LATE_3)
        house.write()
        with house.with_post():
            house.post_leaves(hours=14)  # midnight here, one in the afternoon of the next day there
        assert house.notice().proved_on == LATE_3 + DAY

    def test_two_documents_go_in_one_notice_with_their_total(self, house):
        """Lessons A 9."""
        first, second = house.invoice("1", "1000.10"), house.invoice("2", "250.05")
        house.tell(LATE_3)
        notice = house.notice()
        assert [one["item"] for one in notice.items] == [first, second]
        assert notice.owed == Decimal("1250.15") == sum(Decimal(one["owed"]) for one in notice.items)
        assert "1\u00a0250,15" in notice.told["body"]
        assert len(house.office.mails) == 1

    def test_a_sibling_that_was_not_told_is_not_marked(self, house):
        """Lessons A 15."""
        old, young = house.invoice("1"), house.invoice("2", due=date(2026, 3, 4))
        house.tell(LATE_3)
        assert house.steps() == {old: "reminder"}
        house.tell(LATE_3 + 5 * DAY)
        assert house.standing(old).proved_on == LATE_3
        assert house.standing(young).proved_on == LATE_3 + 5 * DAY
        assert [one["item"] for one in house.notice().items] == [young]

    def test_currencies_have_notices_of_their_own(self, house):
        house.invoice("1")
        house.invoice("2", currency="EUR")
        house.tell(LATE_3)
        assert {row.currency for row in models.Notice.objects.all()} == {"SEK", "EUR"}
        assert len(house.office.mails) == 2

    def test_writing_and_sending_again_does_nothing_twice(self, house):
        house.invoice("1")
        house.round(LATE_3)
        assert [house.write().written for _ in range(3)] == [1, 0, 0]
        with house.with_post():
            for _ in range(3):
                house.post_leaves()
        assert len(house.office.mails) == 1
        assert len(list_messages(company=house.company)) == 1

    def test_a_mail_waits_for_the_debtors_office_hours(self, house):
        house.invoice("1")
        house.round(LATE_3)
        house.at(LATE_3, hour=17)
        house.write()
        (message,) = list_messages(company=house.company)
        assert message.not_before == datetime(2026, 3, 6, 7, 0, tzinfo=UTC)  # Friday at eight in Stockholm


class TestWhatIsSoNow:
    def test_paid_between_round_and_letter_recalls_the_notice(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        house.pays(LATE_3, "1000.00", item)
        assert house.write().recalled == 1
        assert house.notice().state == "recalled"
        assert list_messages(company=house.company) == ()

    def test_a_document_that_was_cancelled_never_appears(self, house):
        """Lessons A 18."""
        first, second = house.invoice("1"), house.invoice("2")
        house.round(LATE_3)
        house.cancels(second)
        house.write()
        notice = house.notice()
        assert [one["item"] for one in notice.items] == [first]
        assert notice.told["left_out"] == [second]
        assert notice.owed == Decimal("1000.00")

    def test_part_paid_asks_for_the_rest(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        house.pays(LATE_3, "400.00", item)
        house.write()
        assert house.notice().owed == Decimal("600.00")

    def test_a_hold_between_round_and_letter_keeps_it_back_until_it_ends(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        hold = models.Hold.objects.create(
            company_id=house.company,
            debtor="10001",
            reason="asks",
            placed_on=LATE_3,
            placed_at=house.at(LATE_3),
            placed_by=ANNA,
        )
        assert house.write().waiting == 1
        hold.ended_on = LATE_3
        hold.save()
        assert house.write().written == 1
        assert house.standing(item).step == "reminder"

    def test_what_is_disputed_waits_while_the_rest_is_told(self, house):
        first, second = house.invoice("1"), house.invoice("2")
        house.round(LATE_3)
        models.Dispute.objects.create(
            company_id=house.company,
            debtor="10001",
            item=second,
            disputed=Decimal("1000.00"),
            reason="wrong seats",
            raised_on=LATE_3,
            raised_at=house.at(LATE_3),
            raised_by=ANNA,
        )
        assert house.write().written == 1
        told, waits = house.notice(-2), house.notice(-1)
        assert [one["item"] for one in told.items] == [first]
        assert ([one["item"] for one in waits.items], waits.told, waits.state) == ([second], {}, "ordered")

    def test_paid_before_the_mail_left_takes_it_back(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        house.write()
        house.pays(LATE_3, "1000.00", item)
        house.write()
        with house.with_post():
            house.post_leaves()
        assert house.office.mails == []
        assert {row.state for row in models.Notice.objects.all()} == {"recalled"}

    def test_part_paid_before_the_mail_left_is_told_anew_with_the_rest(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        house.write()
        house.pays(LATE_3, "400.00", item)
        house.write()
        with house.with_post():
            house.post_leaves()
        ((_, mail),) = house.office.mails
        assert "600,00 SEK" in mail.get_body().get_content()
        assert house.standing(item).proved_on == LATE_3

    def test_old_bank_data_sends_nothing(self, house):
        house.invoice("1")
        house.round(LATE_3)
        house.at(LATE_3 + 7 * DAY)
        assert house.write().waiting == 1

    def test_what_it_said_stays_as_it_was(self, house):
        item = house.invoice("1")
        house.tell(LATE_3)
        before = house.notice().told
        house.pays(LATE_3 + DAY, "400.00", item)
        house.tell(LATE_3 + DAY)
        assert house.notice().told == before


class TestNobodyToTell:
    def test_no_address_is_work_and_the_ladder_waits(self, house):
        """Lessons A 14."""
        house.is_known("10001", emails=[])
        item = house.invoice("1")
        assert house.tell(LATE_3).failed == 1
        assert house.tasks() == [("no-contact", "10001")]
        assert house.standing(item).notice_failed
        house.round(LATE_20 + 30 * DAY)
        assert house.steps() == {item: "reminder"}
        assert house.notice().told == {"lacking": ["dunning.notice.no-address"]}

    def test_a_mended_address_tells_the_same_step_again(self, house):
        house.is_known("10001", emails=[])
        item = house.invoice("1")
        house.tell(LATE_3)
        house.is_known("10001")
        again = LATE_3 + 4 * DAY
        at = house.at(again)
        settle_failed(company=house.company, notice=house.notice().key, on=again, by=ANNA, at=at)
        assert house.tasks() == []
        house.tell(again)
        assert len(house.mails()) == 1
        standing = house.standing(item)
        assert (standing.step, standing.proved_on, standing.notice_failed) == ("reminder", again, False)

    @pytest.mark.parametrize("domain", ["revisor.example", "mail.revisor.example"])
    def test_the_final_notice_needs_a_mailbox_outside_the_customers_tenants(self, house, domain):
        house.tenant(domain="havsbris.example")
        emails = [{"name": "", "address": CONTACT}, {"name": "", "address": "a@fjord.onmicrosoft.com"}]
        item = house.invoice("1")
        house.tell(LATE_3)
        house.is_known("10001", emails=emails)
        house.round(LATE_20)
        assert house.write().failed == 1
        assert house.notice().told == {"lacking": ["dunning.notice.no-outside-address"]}
        assert house.tasks() == [("no-contact", "10001")]
        assert house.standing(item).notice_failed
        house.is_known("10001", emails=[*emails, {"name": "", "address": f"karin@{domain}"}])
        settle_failed(company=house.company, notice=house.notice().key, on=LATE_20, by=ANNA, at=house.at(LATE_20))
        assert house.write().written == 1

    def test_the_final_notice_needs_a_postal_address(self, house):
        house.invoice("1")
        house.tell(LATE_3)
        house.is_known("10001", street="")
        house.round(LATE_20)
        house.write()
        assert house.notice().told == {"lacking": ["dunning.notice.no-postal-address"]}

    def test_a_formal_notice_that_cannot_say_what_the_law_wants_is_not_sent(self, house):
        from saldo.parties.models import BankAccount

        BankAccount.objects.all().update(state="closed")
        house.invoice("1")
        house.tell(LATE_3)
        house.round(LATE_20)
        house.write()
        assert house.notice().told == {"lacking": ["dunning.notice.lacks.payment-details"]}
        assert ("notice-failed", "10001") in house.tasks()


class TestTwoChannels:
    def test_the_final_notice_is_proved_when_both_took_it(self, house):
        """Practice 20."""
        item = to_final(house)
        with house.with_post():
            house.post_leaves()
        assert house.standing(item).proved_on is None
        assert house.tasks() == [("letter", "10001")]
        posted = LATE_20 + DAY
        record_posted(
            company=house.company,
            notice=house.notice().key,
            on=posted,
            evidence="RR 123",
            by=ANNA,
            at=house.at(posted),
        )
        assert house.standing(item).proved_on == posted
        assert house.tasks() == []

    def test_posted_first_waits_for_the_mail(self, house):
        item = to_final(house)
        record_posted(
            company=house.company,
            notice=house.notice().key,
            on=LATE_20,
            evidence="RR 123",
            by=ANNA,
            at=house.at(LATE_20),
        )
        assert house.standing(item).proved_on is None
        with house.with_post():
            house.post_leaves()
        assert house.standing(item).proved_on == LATE_20

    def test_a_refusal_of_the_outside_mailbox_fails_it_though_the_inside_one_took_it(self, house):
        house.tenant(domain="havsbris.example")
        item = to_final(house)
        house.office.unknown = {OUTSIDE}
        with house.with_post():
            house.post_leaves()
        assert house.standing(item).notice_failed
        assert ("notice-failed", "10001") in house.tasks()

    def test_posting_needs_evidence_and_happens_once(self, house):
        to_final(house)
        said = {"company": house.company, "notice": house.notice().key, "by": ANNA, "at": house.at(LATE_20)}
        with pytest.raises(UnableToRecordNotice, match="no-evidence"):
            record_posted(on=LATE_20, evidence=" ", **said)
        record_posted(on=LATE_20, evidence="RR 123", **said)
        with pytest.raises(UnableToRecordNotice, match="posted-already"):
            record_posted(on=LATE_20, evidence="RR 123", **said)

    def test_a_letter_that_came_back_makes_the_ladder_wait(self, house):
        item = to_final(house)
        said = {"company": house.company, "notice": house.notice().key, "by": ANNA, "at": house.at(LATE_20)}
        record_failed(channel="letter", code="dunning.notice.came-back", on=LATE_20 + DAY, **said)
        assert house.standing(item).notice_failed


class TestComeBack:
    def test_a_refusal_makes_the_ladder_wait(self, house):
        """Lessons A 22."""
        house.office.unknown = {CONTACT, OUTSIDE}
        item = house.invoice("1")
        house.tell(LATE_3)
        standing = house.standing(item)
        assert (standing.proved_on, standing.notice_failed) == (None, True)
        assert house.tasks() == [("notice-failed", "10001")]
        house.round(LATE_20 + 30 * DAY)
        assert house.steps() == {item: "reminder"}

    def test_a_bounce_days_later_takes_the_proof_back(self, house):
        item = house.invoice("1")
        house.tell(LATE_3)
        assert house.standing(item).proved_on == LATE_3
        self.bounces(house)
        standing = house.standing(item)
        assert (standing.proved_on, standing.notice_failed) == (None, True)
        house.round(LATE_20)
        assert house.steps() == {item: "reminder"}
        self.bounces(house)
        assert house.tasks() == [("notice-failed", "10001")]

    def test_a_bounce_after_the_next_step_moves_nothing_back(self, house):
        item = house.invoice("1")
        house.tell(LATE_3)
        house.tell(LATE_20)
        self.bounces(house, place=-1)
        assert house.standing(item).step == "final-notice"
        assert not house.standing(item).notice_failed

    def bounces(self, house, place=0) -> None:
        message = list_messages(company=house.company)[place]
        note_bounce(
            company=house.company,
            message_id=message.message_id,
            recipient=CONTACT,
            status="5.1.1",
            said="no such mailbox",
            at=house.world.clock.now(),
        )
        house.follow()


class TestRehearsal:
    def test_a_rehearsal_proves_nothing_and_posts_nothing(self, company):
        house = Telling(company, is_open=False)
        item = house.invoice("1")
        house.tell(LATE_3)
        assert house.office.mails == []
        assert (house.notice().state, house.notice().channels[0]["state"]) == ("ordered", "captured")
        assert house.standing(item).proved_on is None
        house.round(LATE_20 + 30 * DAY)
        assert house.steps() == {item: "reminder"}

    def test_what_was_rehearsed_can_be_told_for_good(self, company):
        house = Telling(company, is_open=False)
        item = house.invoice("1")
        house.tell(LATE_3)
        from saldo.outbox import actions

        actions.open_channel(company=company, kind="mail", by=ANNA, at=house.at(LATE_3))
        actions.confirm_first_run(company=company, kind="mail", by="user:2", at=house.at(LATE_3))
        settle_failed(company=company, notice=house.notice().key, on=LATE_3, by=ANNA, at=house.at(LATE_3))
        house.write()
        with house.with_post():
            house.post_leaves()
        assert house.standing(item).proved_on == LATE_3

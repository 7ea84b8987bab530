"""The page of the company: particulars, invoicing, accounts and channels that two people stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from saldo.invoicing.settings import get_settings
from saldo.outbox.models import Channel, Message
from saldo.outbox.queries import get_channel
from saldo.parties.company import company_context
from saldo.parties.debtors import find_bank_account, get_particulars
from saldo.parties.models import Company, Grant
from saldo.parties.rules.debtor_fields import read_particulars
from saldo.payables.queries import get_settings as get_payables_settings
from tests.pages.desk import Desk
from tests.pages.people import signed_in

INVOICING = {
    "fiscal_form": "own",
    "series": "F{year}-{number:06d}",
    "rounding": "by-line",
    "recall_minutes": "30",
    "backup_days": "3",
    "credit_limit": "2 500,50",
}


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


@pytest.fixture
def chief(desk: Desk) -> Client:
    return signed_in(desk.people["global"])


def text_of(client: Client, address: str = "/company/", **said: Any) -> str:
    answer = client.post(address, said, follow=True) if said else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


class TestParticulars:
    def test_are_written_and_shown(self, desk: Desk, billing: Client) -> None:
        said = {"legal_name": "Fjordlys Cloud AB", "language": "sv", "city": "Göteborg", "vat_id": "SE556036079301"}
        assert "Göteborg" in text_of(billing, "/company/particulars/", **said)
        with company_context(desk.company):
            assert get_particulars(company=desk.company).city == "Göteborg"

    def test_of_a_swedish_company_say_that_it_is_approved_for_f_tax(self, desk: Desk, billing: Client) -> None:
        assert 'name="has_f_tax"' in text_of(billing, "/company/particulars/")
        said = {"legal_name": "Fjordlys Cloud AB", "language": "sv"}
        assert "Approved" in text_of(billing, "/company/particulars/", has_f_tax="yes", **said)
        with company_context(desk.company):
            assert get_particulars(company=desk.company).has_f_tax
        text_of(billing, "/company/particulars/", **said)
        with company_context(desk.company):
            assert not get_particulars(company=desk.company).has_f_tax

    def test_of_a_company_elsewhere_know_no_f_tax(self, desk: Desk, billing: Client) -> None:
        Company.objects.filter(id=desk.company).update(country="ES")
        assert "has_f_tax" not in text_of(billing, "/company/particulars/")
        assert not read_particulars(said={"has_f_tax": True}, country="ES").values["has_f_tax"]

    def test_name_what_is_missing_on_papers(self, billing: Client) -> None:
        assert "Missing on our papers: Street" in text_of(billing)

    def test_with_a_wrong_number_lose_nothing(self, desk: Desk, billing: Client) -> None:
        said = {"legal_name": "Fjordlys", "language": "sv", "city": "Göteborg", "vat_id": "SE556036079401"}
        page = text_of(billing, "/company/particulars/", **said)
        assert "VAT id: the check digit of" in page
        assert 'value="Göteborg"' in page
        with company_context(desk.company):
            assert get_particulars(company=desk.company).city == ""


class TestInvoicing:
    def test_is_set(self, desk: Desk, billing: Client) -> None:
        text_of(billing, "/company/invoicing/", **INVOICING)
        with company_context(desk.company):
            now = get_settings(company=desk.company)
        assert (now.series, now.rounding, now.recall_minutes) == ("F{year}-{number:06d}", "by-line", 30)
        assert (now.backup_days, now.credit_limit, now.demands_backup) == (3, Decimal("2500.50"), False)

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"series": "2026"}, "needs the year and the number"),
            ({"series": "FJORDLYS-CLOUD-{year}-{number}"}, "too long for a payment reference"),
            ({"recall_minutes": "soon"}, "A whole number"),
            ({"recall_minutes": "99999"}, "Recall time cannot be 99999"),
            ({"credit_limit": "much"}, "Not a figure"),
            ({"backup_days": "0"}, "Newest backup at most cannot be 0"),
        ],
    )
    def test_says_under_the_field_what_is_wrong(
        self, desk: Desk, billing: Client, said: dict[str, str], fault: str
    ) -> None:
        page = text_of(billing, "/company/invoicing/", **(INVOICING | said))
        assert fault in page
        assert 'aria-invalid="true"' in page
        with company_context(desk.company):
            assert get_settings(company=desk.company).series == "{year}-{number:05d}"

    def test_says_why_a_spanish_company_cannot_issue(self, billing: Client) -> None:
        page = text_of(billing, "/company/invoicing/", **(INVOICING | {"fiscal_form": "es-verifactu"}))
        assert "VERI*FACTU), which Saldo does not write" in page

    def test_says_that_there_is_no_backup(self, billing: Client) -> None:
        assert "No backup was taken yet." in text_of(billing)

    def test_of_payables_too(self, desk: Desk, billing: Client) -> None:
        text_of(billing, "/company/payables/", two_people_above="5000", bank_lead_days="2", microsoft_country="ie")
        with company_context(desk.company):
            assert get_payables_settings(company=desk.company).two_people_above == 5000
        page = text_of(billing, "/company/payables/", two_people_above="1", bank_lead_days="99", microsoft_country="ie")
        assert "the bank takes 0 to 10 days" in page


class TestBankAccount:
    def test_is_approved_by_another_than_who_proposed_it(self, desk: Desk, billing: Client, chief: Client) -> None:
        address = desk.address("bank-account-approve")
        assert f'action="{address}"' not in text_of(chief)
        assert "Who proposed this cannot approve it." in text_of(chief)
        text_of(chief, address, go="1")
        with company_context(desk.company):
            assert find_bank_account(company=desk.company, code=desk.account).state == "proposed"
        assert f'action="{address}"' in text_of(billing)
        text_of(billing, address, go="1")
        with company_context(desk.company):
            assert find_bank_account(company=desk.company, code=desk.account).state == "active"
        assert "Waiting day" in text_of(billing)

    def test_with_a_wrong_check_digit_is_not_proposed(self, billing: Client) -> None:
        said = {"code": "second", "owner": "own", "name": "Fjordlys", "currency": "SEK"}
        page = text_of(billing, "/company/accounts/new/", **said, iban="SE4550000000058398257467")
        assert "IBAN: the check digit of" in page
        assert 'value="second"' in page

    def test_is_closed_by_one_person(self, desk: Desk, billing: Client) -> None:
        text_of(billing, desk.address("bank-account-close"), go="1")
        assert "Closed" in text_of(billing)


class TestChannel:
    def open(self, desk: Desk, chief: Client) -> None:
        text_of(chief, desk.address("channel-open"), go="1")

    def test_is_rehearsal_until_a_global_admin_opens_it(self, desk: Desk, billing: Client, chief: Client) -> None:
        assert desk.address("channel-open") not in text_of(billing)
        self.open(desk, chief)
        with company_context(desk.company):
            assert get_channel(company=desk.company, kind="mail").is_open

    def test_lets_its_first_run_out_by_another_person_with_its_count(
        self, desk: Desk, billing: Client, chief: Client
    ) -> None:
        self.open(desk, chief)
        with company_context(desk.company):
            Message.objects.filter(id=desk.message).update(state="held", code="outbox.held.first-run")
        assert "You opened the channel" in text_of(chief)
        assert desk.address("channel-first-run") not in text_of(chief)
        assert "Send the first 1 message?" in text_of(billing)
        assert "Look again." in text_of(billing, desk.address("channel-first-run"), count="7")
        text_of(billing, desk.address("channel-first-run"), count="1")
        with company_context(desk.company):
            assert Channel.objects.get(kind="mail").first_run_confirmed_by == f"user:{desk.people['billing'].pk}"
            assert Message.objects.get(id=desk.message).state == "waiting"

    def test_is_closed_by_one_person_at_once(self, desk: Desk, billing: Client, chief: Client) -> None:
        self.open(desk, chief)
        text_of(billing, desk.address("channel-close"), go="1")
        with company_context(desk.company):
            assert not get_channel(company=desk.company, kind="mail").is_open

    def test_has_a_cap_of_one_or_more(self, desk: Desk, chief: Client) -> None:
        assert "at once" in text_of(chief, desk.address("channel-cap"), cap="25")
        assert "no daily cap" in text_of(chief, desk.address("channel-cap"), cap="0")
        with company_context(desk.company):
            assert get_channel(company=desk.company, kind="mail").daily_cap == 25
        page = text_of(chief, desk.address("channel-cap"), cap="90")
        assert "counts from tomorrow on" in page
        assert "From tomorrow on: 90." in page
        with company_context(desk.company):
            assert get_channel(company=desk.company, kind="mail").daily_cap == 25

    def test_behind_which_nothing_stands_cannot_be_opened(self, chief: Client) -> None:
        page = text_of(chief)
        assert "/company/channels/letter/open/" not in page
        assert "nothing stands behind it yet" in text_of(chief, "/company/channels/letter/open/", go="1")


class TestAlarm:
    def test_is_given_when_fewer_than_two_could_approve(self, desk: Desk, billing: Client) -> None:
        assert "desk.users" not in text_of(billing)
        before = text_of(billing)
        with company_context(desk.company):
            Grant.objects.exclude(user_id=desk.people["billing"].pk).filter(company_id=desk.company).delete()
        assert text_of(billing).count('role="alert"') == before.count('role="alert"') + 1

"""Before papers are issued it is said what they lack of our own; once mail is live the law stops them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from saldo.invoicing.actions.issuing import check_may_issue
from saldo.invoicing.rules.issuing import UnableToIssue
from saldo.invoicing.rules.seller import list_missing
from saldo.invoicing.seller import find_missing
from saldo.outbox.actions import open_channel
from saldo.parties.billing_actions import approve_bank_account, propose_bank_account, set_particulars
from tests.conftest import NOW
from tests.invoicing.months import TODAY, Partner
from tests.invoicing.test_closing import ask_to_close
from tests.microsoft_files import seats

PLACE = {"street": "Storgatan 1", "postcode": "111 22", "city": "Stockholm"}
ALL = ["invoicing.seller.no-address", "invoicing.seller.no-vat-id", "invoicing.seller.no-account"]


def missing(partner: Partner) -> list[str]:
    return [one.code for one in find_missing(company=partner.company, currencies=["SEK"], on=TODAY)]


def write(partner: Partner, **changes: str) -> None:
    set_particulars(company=partner.company, changes=changes, by="user:1", at=NOW)


class TestWhatIsMissing:
    def test_is_named_until_it_is_written_down(self, partner: Partner) -> None:
        assert missing(partner) == ALL
        write(partner, **PLACE)
        assert missing(partner) == ALL[1:]
        write(partner, vat_id="SE556703748501")
        account = {"code": "main", "name": "Main", "currency": "SEK", "iban": "SE4550000000058398257466"}
        long_ago = NOW - timedelta(days=10)
        propose_bank_account(company=partner.company, by="user:1", at=long_ago, **account)
        assert missing(partner) == ALL[2:]  # nobody approved it yet
        approve_bank_account(company=partner.company, code="main", by="user:2", at=long_ago)
        assert missing(partner) == []

    @pytest.mark.parametrize(("country", "is_demanded"), [("SE", True), ("IE", True), ("BR", False), ("CH", False)])
    def test_is_demanded_by_law_in_the_union(self, country: str, is_demanded: bool) -> None:
        asked = {"payable_in": (), "can_be_paid": False, "currencies": ["EUR"]}
        found = list_missing(country=country, said={}, **asked)
        assert [one.is_demanded for one in found] == [is_demanded, is_demanded, False]

    def test_an_iban_takes_other_currencies_too(self) -> None:
        said = PLACE | {"vat_id": "SE556703748501"}
        asked = {"country": "SE", "said": said, "currencies": ["EUR", "SEK"], "payable_in": {"SEK"}}
        assert list_missing(**asked, can_be_paid=True) == ()
        assert [one.facts for one in list_missing(**asked, can_be_paid=False)] == [{"currency": "EUR"}]


class TestIssuing:
    def test_in_rehearsal_says_it_and_goes_on(self, partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
        partner.bring(seats())
        told = ask_to_close(partner, capsys, "--month", "2026-03", "--today", "2026-05-12", "--issue")
        assert "Our own VAT id is missing" in told
        assert "No bank account of ours in use takes SEK" in told
        assert partner.documents()[0].number

    def test_once_mail_is_live_refuses_what_the_law_demands(self, partner: Partner) -> None:
        open_channel(company=partner.company, kind="mail", by="user:1", at=NOW)
        asked = {"company": partner.company, "newest_backup": NOW, "at": NOW}
        with pytest.raises(UnableToIssue, match="no-address"):
            check_may_issue(**asked)
        write(partner, **PLACE)
        with pytest.raises(UnableToIssue, match="no-vat-id"):
            check_may_issue(**asked)
        write(partner, vat_id="SE556703748501")
        check_may_issue(**asked)  # an account is missing still, and that warns only

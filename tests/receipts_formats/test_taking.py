"""Taking files: once each whatever the files overlap, in the books, on accounts of ours."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.audit.queries import list_entries as list_log
from saldo.core.identity import CompanyId
from saldo.ledger.queries import balances
from saldo.parties.models import BankAccount
from saldo.receipts import queries
from saldo.receipts.actions.taking import NOT_BOOKED_YET, Taken, note_refusal, take_file
from saldo.receipts.rules.entries import EntryRead
from saldo.receipts.rules.fingerprints import fingerprints
from saldo.receipts.rules.own_accounts import UnableToTake, name_account
from tests.conftest import NOW
from tests.receipts_formats.samples import MT940, NORMA43, camt, entry, part, read

IBAN = "SE4550000000058398257466"
END = date(2026, 6, 30)


def take(company: CompanyId, text: str) -> Taken:
    return take_file(
        company=company,
        read=read(text),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        name="bank.txt",
        currency="SEK",
        by="test",
        at=NOW,
    )


def told(taken: Taken) -> tuple[int, int, int]:
    return taken.entries, taken.booked, taken.duplicates


def sums(company: CompanyId) -> dict[str, str]:
    return {one.account: f"{one.value:.2f}" for one in balances(company=company, on=END) if one.value}


def own_account(company: CompanyId, code: str = "1930", iban: str = IBAN, state: str = "active") -> None:
    BankAccount.objects.create(
        company_id=company,
        code=code,
        name="Bank",
        currency="SEK",
        iban=iban,
        state=state,
        proposed_by="a",
        proposed_at=NOW,
    )


class TestOnce:
    def test_a_file_twice_books_nothing_twice(self, company: CompanyId) -> None:
        text = camt(entry(), entry(), closing="200.00")
        assert told(take(company, text)) == (2, 2, 0)
        again = take(company, text)
        assert told(again) == (2, 0, 2)
        assert (again.state, again.keys) == ("duplicate", ())
        assert sums(company) == {f"bank:{IBAN}": "100.00", "unallocated": "-100.00"}

    def test_overlapping_files_book_each_day_once_and_equal_payments_as_often_as_they_are(
        self, company: CompanyId
    ) -> None:
        days = [f"2026-05-{day:02d}" for day in range(1, 16)]
        first = camt(*(entry(day=day, text="equal") for day in days[:10] for _ in range(2)), closing="1100.00")
        second = camt(*(entry(day=day, text="equal") for day in days[4:] for _ in range(2)), closing="1200.00")
        assert told(take(company, first)) == (20, 20, 0)
        assert told(take(company, second)) == (22, 10, 12)
        assert sums(company)["unallocated"] == "-1500.00"

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(0, 6), st.integers(0, 6))
    def test_files_of_any_overlapping_days_give_what_one_file_of_all_days_gives(
        self, company: CompanyId, days: list[int], cut: int, back: int
    ) -> None:
        from saldo.receipts import models

        models.BankEntry.objects.all().delete()
        models.BankFile.objects.all().delete()
        parts = ([day for day in days if day <= cut], [day for day in days if day > min(cut, back)])
        booked = 0
        for some in parts:
            told_days = [entry(day=f"2026-05-0{day}", text="equal") for day in sorted(some)]
            booked += take(company, camt(*told_days, closing=f"{100 + 50 * len(some)}.00")).booked
        assert booked == len(days)

    def test_a_notification_and_the_statement_of_the_same_booking_are_one(self, company: CompanyId) -> None:
        parts = part("20.00", ocr="1234567897") + part("30.00", end_to_end="E2E-2")
        notice = camt(entry("50.00", reference="B1", details=parts), message="BkToCstmrDbtCdtNtfctn")
        assert told(take(company, notice)) == (2, 2, 0)
        assert told(take(company, camt(entry("50.00", reference="B1"), closing="150.00"))) == (1, 0, 1)
        assert sums(company)["unallocated"] == "-50.00"

    def test_without_a_reference_of_the_bank_the_payers_own_reference_tells(self, company: CompanyId) -> None:
        notice = camt(entry(details=part("", end_to_end="E2E-2")), message="BkToCstmrDbtCdtNtfctn")
        take(company, notice)
        statement = camt(
            entry(reference="B7", details=part("", end_to_end="E2E-2")),
            entry(reference="B8", details=part("", end_to_end="E2E-2")),
            closing="200.00",
        )
        assert told(take(company, statement)) == (2, 1, 1)

    def test_two_bookings_of_one_day_and_sum_without_anything_shared_are_two(self, company: CompanyId) -> None:
        take(company, camt(entry(details=part("", end_to_end="E2E-1")), message="BkToCstmrDbtCdtNtfctn"))
        other = camt(entry(details=part("", end_to_end="E2E-2")), closing="150.00")
        assert told(take(company, other)) == (1, 1, 0)

    def test_two_equal_bookings_of_which_the_notification_told_one_are_two(self, company: CompanyId) -> None:
        take(company, camt(entry(reference="DAY1"), message="BkToCstmrDbtCdtNtfctn"))
        both = camt(entry(reference="DAY1"), entry(reference="DAY1"), closing="200.00")
        assert told(take(company, both)) == (2, 1, 1)

    def test_an_account_that_gets_its_code_later_books_nothing_again(self, company: CompanyId) -> None:
        take(company, camt(entry(), closing="150.00"))
        own_account(company)
        assert told(take(company, camt(entry(), entry(), closing="200.00"))) == (2, 1, 1)
        assert sums(company) == {f"bank:{IBAN}": "50.00", "bank:1930": "50.00", "unallocated": "-100.00"}


class TestBooks:
    def test_fees_are_an_expense_and_no_customers_money(self, company: CompanyId) -> None:
        taken = take(company, MT940)
        assert sums(company) == {"bank:NL71RABO0123456789": "34.50", "unallocated": "-40.00", "bank-fees": "5.50"}
        assert queries.count_by_state(company=company, keys=taken.keys) == {"open": 2, "set-aside": 1}
        (fee,) = queries.list_entries(company=company, state="set-aside")
        assert (fee.because, fee.kind, fee.place) == ("receipts.entry.bank-fee", "fee", "9")

    def test_what_the_bank_has_not_booked_is_pending_and_becomes_final_once(self, company: CompanyId) -> None:
        waiting = camt(entry(reference="B1", status="PDNG"), message="BkToCstmrAcctRpt")
        (key,) = take(company, waiting).keys
        assert sums(company) == {"pending": "50.00", "unallocated": "-50.00"}
        found = queries.find_entry(company=company, key=key)
        assert found is not None
        assert (found.state, found.because) == ("pending", NOT_BOOKED_YET)
        booked = camt(entry(reference="B1", day="2026-05-06"), closing="150.00")
        assert told(take(company, booked)) == (1, 1, 0)
        assert sums(company) == {f"bank:{IBAN}": "50.00", "unallocated": "-50.00"}
        found = queries.find_entry(company=company, key=key)
        assert found is not None
        assert (found.state, found.because, found.settles_on) == ("open", "", date(2026, 5, 6))

    def test_a_pending_entry_booked_on_its_own_day_is_no_duplicate(self, company: CompanyId) -> None:
        take(company, camt(entry(status="<Cd>PDNG</Cd>"), message="BkToCstmrAcctRpt"))
        take(company, camt(entry(), closing="150.00"))
        assert sums(company) == {f"bank:{IBAN}": "50.00", "unallocated": "-50.00"}

    def test_the_log_holds_the_file_by_its_content_and_no_name(self, company: CompanyId) -> None:
        taken = take(company, camt(entry(details=part("", name="Olle")), closing="150.00"))
        (log,) = [one for one in list_log(company=company) if one.code == "receipts.file-taken"]
        assert log.subject == f"bank-file:{taken.sha256}"
        assert log.facts == {"entries": 1, "booked": 1, "duplicates": 0, "format": "camt.053"}


class TestOwnAccounts:
    def test_the_account_is_found_by_its_number(self, company: CompanyId) -> None:
        own_account(company)
        take(company, camt(entry(), closing="150.00"))
        assert sums(company)["bank:1930"] == "50.00"

    def test_an_account_that_is_not_ours_is_refused_and_named(self, company: CompanyId) -> None:
        own_account(company, iban="SE3550000000054910000003")
        with pytest.raises(UnableToTake, match=r"receipts\.account\.unknown") as refused:
            take(company, camt(entry(), closing="150.00"))
        assert refused.value.facts == {"account": IBAN}
        assert queries.list_entries(company=company) == ()

    def test_without_any_account_the_number_stands_for_it_with_a_warning(self, company: CompanyId) -> None:
        taken = take(company, camt(entry(), closing="150.00"))
        assert [one.code for one in taken.problems] == ["receipts.account.not-ours-yet"]

    @pytest.mark.parametrize(
        ("seen", "code"),
        [
            ("NL71RABO0123456789", "dutch"),
            ("0123456789", "dutch"),
            ("210004180200051332", "spanish"),
            ("0009912346", "giro"),
        ],
    )
    def test_local_numbers_name_the_account_whose_iban_ends_with_them(self, seen: str, code: str) -> None:
        accounts = [
            ("dutch", ("NL71RABO0123456789",)),
            ("spanish", ("ES9121000418450200051332",)),
            ("giro", ("", "9912346")),
        ]
        assert name_account(seen=seen, accounts=accounts) == code

    def test_a_file_without_a_number_needs_exactly_one_account(self) -> None:
        assert name_account(seen="", accounts=[("1930", ("x",))]) == "1930"
        with pytest.raises(UnableToTake, match=r"receipts\.account\.not-named"):
            name_account(seen="", accounts=[("1930", ("x",)), ("1940", ("y",))])


class TestRefusals:
    def test_a_refusal_is_noted_once_and_the_file_may_come_again(self, company: CompanyId) -> None:
        text = camt(entry(), closing="150.00")
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        for _ in range(2):
            note_refusal(
                company=company,
                sha256=sha256,
                name="a",
                format="",
                code="receipts.csv.no-mapping",
                facts={},
                by="t",
                at=NOW,
            )
        assert len([one for one in list_log(company=company) if one.code == "receipts.file-refused"]) == 1
        assert told(take(company, text)) == (1, 1, 0)
        file = queries.find_file(company=company, sha256=sha256)
        assert file is not None
        assert (file.refused, file.booked) == ("", 1)


def test_how_fresh_each_account_is(company: CompanyId) -> None:
    take(company, camt(entry(), closing="150.00"))
    take(company, NORMA43)
    ages = {one.account: one.booked_until for one in queries.list_newest_files(company=company)}
    assert ages == {IBAN: date(2026, 5, 4), "210004180200051332": date(2026, 5, 5)}


def test_two_thousand_entries_of_one_file_are_taken_at_once(company: CompanyId) -> None:
    many = camt(*(entry(reference=f"B{number}") for number in range(2000)), closing="100100.00")
    assert told(take(company, many)) == (2000, 2000, 0)


@given(st.permutations(range(5)))
def test_equal_payments_are_told_apart_by_their_count_alone(order: list[int]) -> None:
    (one, two) = read(camt(entry(), entry(), closing="200.00")).entries
    others: list[EntryRead] = [one, two, *read(MT940).entries]
    marks = fingerprints(entries=[others[place] for place in order])
    assert sorted(marks) == sorted(fingerprints(entries=others))
    assert len(set(marks)) == 5
    assert one.value == Decimal("50.00")

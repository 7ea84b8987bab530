"""Each way of paying, rightly and wrongly, by name: what books itself, what is only proposed, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.invoicing.rules.references import ocr_reference, rf_reference
from saldo.receipts.rules.book import Allowance, Book, KnownDebtor, Learned
from saldo.receipts.rules.matching import list_proposals, propose
from saldo.receipts.rules.proposals import Claim, MoneyIn

DUE = date(2026, 4, 30)
NAMES = {
    "10001": "Tallmo Industri AB",
    "10002": "Nordlund Bygg AB",
    "10003": "Sjöberg Arkitekter AB",
    "10004": "Nordlund Bygg AB",  # of another town
    "10005": "Älvsunda Holding AB",
    "10006": "Älvsunda Syd AB",
    "10007": "Älvsunda Nord AB",
    "10008": "Fazenda Água Clara Ltda.",
}
PARENTS = {"10006": "10005", "10007": "10005"}


def invoice(number, debtor, gross, *, due=DUE, currency="SEK", net=None, reference=None):
    made = ocr_reference(number=number) if currency == "SEK" else rf_reference(text=number)
    value = Decimal(gross)
    kind = "credit-note" if value < 0 else "invoice"
    return Claim(
        f"{kind}:{number}",
        debtor,
        kind,
        number,
        made if reference is None else reference,
        date(2026, 3, 31),
        due,
        currency,
        value,
        Decimal(net) if net else None,
    )


def book(*claims, learned=(), limits=None, withholding=None):
    debtors = [
        KnownDebtor(number, name, (), PARENTS.get(number, ""), Decimal((withholding or {}).get(number, 0)))
        for number, name in NAMES.items()
    ]
    limits = {currency: Decimal(value) for currency, value in (limits or {}).items()}
    return Book(claims=claims, debtors=debtors, learned=learned, allowance=Allowance(limits=limits))


def money(value, *, references=(), **other):
    fields = {"key": "receipt:1", "on": date(2026, 5, 12), "currency": "SEK"} | other
    return MoneyIn(value=Decimal(value), references=tuple(references), **fields)


def settled(proposal):
    return {share.item.partition(":")[2]: share.value for share in proposal.shares}


def codes(proposal):
    return [because.code.rpartition(".")[2] for because in proposal.because]


A = invoice("2026-00412", "10001", "88640.00")
A2 = invoice("2026-00438", "10001", "7775.50", due=date(2026, 5, 15))
B = invoice("2026-00433", "10002", "22180.00")
C = invoice("2026-00501", "10003", "18240.75")
B4 = invoice("2026-00434", "10004", "22180.00")


class TestReferences:
    def test_a_right_reference_and_the_exact_sum_book_themselves(self):
        found = propose(entry=money("88640.00", references=[A.reference]), book=book(A, B))
        assert found.is_certain
        assert settled(found) == {"2026-00412": A.open}
        assert codes(found) == ["reference-structured", "payer-unknown", "amount-exact"]

    @pytest.mark.parametrize(
        "text",
        ["Betalning {} tack", "OCR{}", "ref {} kund 4711 2026-05-02", "/ROC/{}//"],
    )
    def test_a_reference_inside_a_sentence_is_found(self, text):
        entry = money("88640.00", text=text.format(A.reference))
        assert settled(propose(entry=entry, book=book(A, B))) == {"2026-00412": A.open}

    def test_a_reference_with_zeros_before_it_is_the_same(self):
        found = propose(entry=money("88640.00", references=[A.reference.rjust(16, "0")]), book=book(A, B))
        assert found.is_certain

    def test_a_wrong_check_digit_is_told_and_the_payer_decides(self):
        wrong = A.reference[:-1] + str((int(A.reference[-1]) + 1) % 10)
        entry = money("88640.00", references=[wrong], payer="TALLMO INDUSTRI AB")
        found = propose(entry=entry, book=book(A, A2))
        assert found.is_certain
        assert "wrong-check-digit" in codes(found)

    def test_a_wrong_check_digit_and_an_unknown_payer_are_only_proposed(self):
        wrong = A.reference[:-1] + str((int(A.reference[-1]) + 1) % 10)
        found = propose(entry=money("88640.00", references=[wrong]), book=book(A, A2))
        assert (found.sureness, settled(found)) == ("likely", {"2026-00412": A.open})

    def test_two_invoices_under_a_wrong_check_digit_are_very_likely_not_certain(self):
        wrong = A.reference[:-1] + str((int(A.reference[-1]) + 1) % 10)
        later = invoice("2026-00466", "10001", "100.00")
        entry = money("96415.50", references=[wrong], payer="Tallmo Industri AB")
        found = propose(entry=entry, book=book(A, A2, later))
        assert (found.sureness, settled(found)) == ("likely", {"2026-00412": A.open, "2026-00438": A2.open})

    def test_a_reference_of_another_debtor_than_the_known_account_is_proposed_with_the_reason(self):
        learned = [Learned("account", "SE1234", "10002")]
        entry = money("88640.00", references=[A.reference], payer="X", payer_account="SE12 34")
        found = propose(entry=entry, book=book(A, B, learned=learned))
        assert not found.is_certain
        assert "payer-is-another" in codes(found)

    def test_a_reference_of_another_debtor_than_the_name_is_proposed_with_the_reason(self):
        entry = money("22180.00", references=[A.reference], payer="Sjöberg Arkitekter AB")
        assert not propose(entry=entry, book=book(A, B, C)).is_certain

    def test_a_slip_that_luhn_misses_does_not_book_on_a_stranger_who_owes_the_same(self):
        one = invoice("2026-00090", "10001", "1250.00")
        entry = money("1250.00", references=[one.reference], payer="UNKNOWN PERSON")
        near = invoice("2026-00900", "10003", "1250.00", reference=one.reference.replace("90", "09", 1))
        assert propose(entry=entry, book=book(one)).is_certain
        assert not propose(entry=entry, book=book(one, near)).is_certain

    def test_an_invoice_paid_twice_is_not_booked_again(self):
        shelf = book(A, A2)
        entry = money("88640.00", references=[A.reference], payer="Tallmo Industri AB")
        shelf.settle(propose(entry=entry, book=shelf))
        again = propose(entry=entry, book=shelf)
        assert not again.is_certain
        assert "paid-already" in codes(again)

    def test_last_months_reference_with_this_months_sum_is_not_booked(self):
        entry = money("7775.50", references=[A.reference], payer="Tallmo Industri AB")
        found = list_proposals(entry=entry, book=book(A, A2))
        assert not any(one.is_certain for one in found)
        assert {"2026-00438": A2.open} in [settled(one) for one in found]

    def test_a_sum_that_two_ways_make_is_not_booked_though_one_of_them_is_named(self):
        half = [invoice(f"2026-0060{n}", "10003", "781.25", due=date(2026, 4, n)) for n in (1, 2)]
        whole = invoice("2026-00603", "10003", "1562.50", due=date(2026, 4, 3))
        named = money("1562.50", references=[half[0].reference], payer="Sjöberg Arkitekter AB")
        assert not propose(entry=named, book=book(*half, whole)).is_certain
        assert propose(entry=named, book=book(*half)).is_certain
        silent = money("1562.50", payer="Sjöberg Arkitekter AB")
        assert not propose(entry=silent, book=book(*half, whole)).is_certain


class TestNumbersInTheText:
    def test_one_payment_for_many_invoices_that_it_names(self):
        entry = money("96415.50", text="Faktura 2026-00412, 2026-00438", payer="TALLMO INDUSTRI AB")
        found = propose(entry=entry, book=book(A, A2, B))
        assert found.is_certain
        assert settled(found) == {"2026-00412": A.open, "2026-00438": A2.open}

    def test_a_day_is_no_document(self):
        dated = invoice("2026-0512", "10003", "500.00")
        entry = money("500.00", text="Betalt 20260512")
        assert not propose(entry=entry, book=book(dated)).is_certain
        assert not propose(entry=money("500.00", text="2026-05-12"), book=book(dated)).is_certain

    def test_a_number_of_a_debtor_nobody_knows_as_payer_needs_a_sum_nobody_else_owes(self):
        entry = money("22180.00", text="fakt 2026-00433")
        assert propose(entry=entry, book=book(B, C)).is_certain
        assert not propose(entry=entry, book=book(B, B4, C)).is_certain

    def test_numbers_of_two_strangers_are_only_proposed(self):
        entry = money("40420.75", text="2026-00433 2026-00501", payer="A bookkeeper")
        assert propose(entry=entry, book=book(B, C)).sureness == "likely"


class TestPayersAndSums:
    def test_a_known_name_and_a_sum_owed_once_book_themselves(self):
        found = propose(entry=money("18240.75", payer="SJOBERG ARKITEKTER AKTIEBOLAG"), book=book(A, C))
        assert found.is_certain
        assert codes(found) == ["payer-by-name", "amount-exact"]

    def test_a_name_spread_out_is_the_same_name(self):
        assert propose(entry=money("18240.75", payer="SJOEBERG ARKITEKTER AB"), book=book(A, C)).is_certain

    def test_the_sum_alone_never_books(self):
        assert propose(entry=money("18240.75"), book=book(A, C)).sureness == "possible"

    def test_two_debtors_of_one_name_and_no_reference_are_a_persons_matter(self):
        found = list_proposals(entry=money("22180.00", payer="NORDLUND BYGG AB"), book=book(B, B4))
        assert {one.sureness for one in found} == {"likely"}
        assert len(found) == 2

    def test_two_debtors_of_one_name_also_where_only_one_owes_the_sum(self):
        assert not propose(entry=money("22180.00", payer="NORDLUND BYGG AB"), book=book(B)).is_certain

    def test_of_two_debtors_of_one_name_the_reference_names_the_right_one(self):
        entry = money("22180.00", references=[B4.reference], payer="NORDLUND BYGG AB")
        found = propose(entry=entry, book=book(B, B4))
        assert found.is_certain
        assert settled(found) == {"2026-00434": B4.open}

    def test_a_name_cut_short_needs_a_sum_nobody_else_owes(self):
        other = invoice("2026-00777", "10001", "18240.75")
        entry = money("18240.75", payer="SJOBERG ARKITE")
        assert propose(entry=entry, book=book(A, C)).is_certain
        assert not propose(entry=entry, book=book(A, C, other)).is_certain

    def test_another_legal_form_is_another_company(self):
        assert not propose(entry=money("18240.75", payer="Sjöberg Arkitekter HB"), book=book(A, C)).is_certain

    def test_a_learned_name_never_books_where_another_owes_the_same(self):
        learned = [Learned("name", "L MARIN", "10003")]
        other = invoice("2026-00777", "10001", "18240.75")
        entry = money("18240.75", payer="L. Marin")
        assert propose(entry=entry, book=book(A, C, learned=learned)).is_certain
        found = propose(entry=entry, book=book(A, C, other, learned=learned))
        assert (found.sureness, settled(found)) == ("likely", {"2026-00501": C.open})

    def test_the_same_sum_owed_twice_is_proposed_oldest_first(self):
        twice = [invoice(f"2026-0060{n}", "10003", "500.00", due=date(2026, 4, n)) for n in (2, 1)]
        found = propose(entry=money("500.00", payer="Sjöberg Arkitekter AB"), book=book(*twice))
        assert (found.sureness, settled(found)) == ("likely", {"2026-00601": Decimal("500.00")})

    def test_everything_open_up_to_a_day_is_booked_without_a_word(self):
        found = propose(entry=money("96415.50", payer="TALLMO INDUSTRI AB"), book=book(A, A2, B))
        assert found.is_certain
        assert codes(found)[-1] == "all-open-until"

    def test_nobody_and_nothing_is_no_proposal(self):
        assert propose(entry=money("1.00", payer="?"), book=book(A)).sureness == "none"


class TestSumsThatDiffer:
    def test_short_by_the_fee_that_the_bank_names(self):
        entry = money("88595.00", fee=Decimal("45.00"), references=[A.reference], payer="?")
        found = propose(entry=entry, book=book(A, A2))
        assert found.is_certain
        assert [(d.kind, d.value) for d in found.differences] == [("bank-fee", Decimal("45.00"))]
        assert found.is_balanced

    def test_short_within_the_companys_limit_and_no_further(self):
        shelf = book(A, limits={"SEK": "20"})
        assert propose(entry=money("88620.00", references=[A.reference]), book=shelf).is_certain
        assert not propose(entry=money("88619.99", references=[A.reference]), book=shelf).is_certain

    def test_without_a_reference_nothing_short_is_booked(self):
        shelf = book(A, limits={"SEK": "20"})
        assert not propose(entry=money("88630.00", payer="Tallmo Industri AB"), book=shelf).is_certain

    def test_a_part_by_the_debtor_itself_is_booked_and_the_rest_stays_open(self):
        shelf = book(A)
        entry = money("40000.00", references=[A.reference], payer="Tallmo Industri AB")
        found = propose(entry=entry, book=shelf)
        assert found.is_certain
        shelf.settle(found)
        assert shelf.open[A.key] == Decimal("48640.00")

    def test_a_part_by_nobody_known_is_a_persons_matter(self):
        assert not propose(entry=money("40000.00", references=[A.reference]), book=book(A)).is_certain

    def test_too_much_rests_on_account_where_nothing_else_is_owed(self):
        entry = money("88650.00", references=[A.reference], payer="Tallmo Industri AB")
        found = propose(entry=entry, book=book(A, B))
        assert found.is_certain
        assert [(d.kind, d.value) for d in found.differences] == [("on-account", Decimal("-10.00"))]
        assert not propose(entry=entry, book=book(A, A2, B)).is_certain

    def test_a_credit_note_is_netted(self):
        credit = invoice("2026-00490", "10001", "-640.00")
        found = propose(entry=money("88000.00", references=[A.reference]), book=book(A, credit))
        assert found.is_certain
        assert settled(found) == {"2026-00412": A.open, "2026-00490": Decimal("-640.00")}

    def test_tax_kept_back_is_expected_by_the_profile(self):
        paper = invoice("2026-00600", "10008", "1000.00", currency="EUR", net="1000.00")
        shelf = book(paper, withholding={"10008": 15})
        entry = money("850.00", currency="EUR", references=[paper.reference])
        found = propose(entry=entry, book=shelf)
        assert found.is_certain
        assert [(d.kind, d.value) for d in found.differences] == [("withholding", Decimal("150.00"))]
        assert not propose(entry=entry, book=book(paper)).is_certain

    def test_money_exchanged_on_the_way_counts_as_ordered(self):
        paper = invoice("2026-00601", "10008", "100.00", currency="EUR")
        entry = money(
            "1120.00", references=[paper.reference], original_currency="EUR", original_value=Decimal("100.00")
        )
        found = propose(entry=entry, book=book(paper))
        assert found.is_certain
        assert (found.currency, found.paid) == ("EUR", Decimal("100.00"))

    def test_another_currency_of_which_nothing_is_said_is_only_shown(self):
        paper = invoice("2026-00601", "10008", "100.00", currency="EUR")
        found = propose(entry=money("1120.00", references=[paper.reference]), book=book(paper))
        assert (found.sureness, codes(found)[-1]) == ("possible", "other-currency")


class TestFamilies:
    north, south = invoice("2026-00701", "10007", "300.00"), invoice("2026-00702", "10006", "500.00")

    def test_the_parent_pays_for_its_children(self):
        entry = money("800.00", text="2026-00701 2026-00702", payer="ALVSUNDA HOLDING AB")
        found = propose(entry=entry, book=book(self.north, self.south))
        assert found.is_certain
        assert settled(found) == {"2026-00701": Decimal("300.00"), "2026-00702": Decimal("500.00")}

    def test_a_sister_that_owes_the_same_may_have_quoted_the_wrong_paper(self):
        same = invoice("2026-00703", "10006", "300.00")
        entry = money("300.00", references=[self.north.reference], payer="Älvsunda Syd AB")
        assert propose(entry=entry, book=book(self.north)).is_certain
        assert not propose(entry=entry, book=book(self.north, same)).is_certain

    def test_a_parent_without_a_reference_could_mean_any_child(self):
        entry = money("300.00", payer="Älvsunda Holding AB")
        assert not propose(entry=entry, book=book(self.north, self.south)).is_certain


class TestReferencesOfADebtor:
    def items(self):
        reference = ocr_reference(number="10003")
        return [
            invoice(f"2026-0080{n}", "10003", gross, due=date(2026, 4, n), reference=reference)
            for n, gross in ((1, "100.00"), (2, "250.00"))
        ]

    def test_the_sum_says_which(self):
        entry = money("250.00", references=[ocr_reference(number="10003")], payer="Sjöberg Arkitekter AB")
        assert settled(propose(entry=entry, book=book(*self.items()))) == {"2026-00802": Decimal("250.00")}

    def test_else_the_oldest_first(self):
        entry = money("150.00", references=[ocr_reference(number="10003")], payer="Sjöberg Arkitekter AB")
        found = propose(entry=entry, book=book(*self.items()))
        assert found.is_certain
        assert settled(found) == {"2026-00801": Decimal("100.00"), "2026-00802": Decimal("50.00")}

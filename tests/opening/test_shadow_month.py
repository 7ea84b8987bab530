"""A month of ours beside the old tool's: every difference has its reasons, and they add up."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.cli import shadow
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.core.problems import Refused
from saldo.invoicing.rules.shadow import ShadowLine, ShadowRow, add_up, compare
from saldo.invoicing.shadow import ShadowMonth, compare_month
from saldo.server.messages import message_of
from tests.invoicing.months import MARCH, Partner
from tests.microsoft_files import SODER, seats

COLUMNS = ("customer", "product", "subscription", "quantity", "net", "currency", "number")


@pytest.fixture
def partner(company: CompanyId, tmp_path: Path, settings: Any) -> Partner:
    settings.LINE_STORE = tmp_path / "store"
    (tmp_path / "files").mkdir()
    made = Partner(company, tmp_path / "files")
    made.bring(seats(), seats(customer=SODER, seats=3))
    made.close()
    return made


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    told = io.StringIO()
    writer = csv.DictWriter(told, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return told.getvalue().encode()


def ours(partner: Partner) -> list[dict[str, str]]:
    """What we drafted, written as the old tool would have billed the same."""
    by_document = {one.pk: one for one in partner.documents()}
    return [
        {
            "customer": by_document[line.invoice_id].buyer.get("name") or by_document[line.invoice_id].debtor,
            "product": line.product,
            "quantity": f"{line.quantity.normalize():f}",
            "net": f"{line.net:.2f}",
            "currency": by_document[line.invoice_id].currency,
            "number": "OLD-1",
        }
        for line in partner.lines()
        if line.invoice_id
    ]


def compared(partner: Partner, rows: Iterable[Mapping[str, str]]) -> ShadowMonth:
    return compare_month(company=partner.company, data=as_csv(rows), month=MARCH)


def reasons(found: ShadowMonth) -> list[tuple[str, Decimal]]:
    return [(reason.code, reason.amount) for line in found.lines for reason in line.reasons]


def check_sums(lines: Iterable[ShadowLine]) -> None:
    """The law: each line's, each debtor's and the whole difference is the sum of its reasons."""
    kept = list(lines)
    for line in kept:
        assert sum((reason.amount for reason in line.reasons), ZERO) == line.difference
    for one in add_up(kept):
        assert sum(one.reasons.values(), ZERO) == one.difference == one.new - one.old


class TestAMonth:
    def test_that_both_bill_alike_is_equal(self, partner: Partner) -> None:
        found = compared(partner, ours(partner))
        assert len(found.lines) == 2
        assert found.is_equal
        assert [one.difference for one in found.sums] == [ZERO] * 3

    def test_every_kind_of_difference_has_its_reason(self, partner: Partner) -> None:
        first, second = sorted(ours(partner), key=lambda one: one["customer"])
        first["net"] = f"{Decimal(first['net']) - 10:.2f}"
        gone = {**second, "product": "Something the new tool does not know", "net": "55.00", "quantity": "1"}
        strange = {**second, "customer": "Nobody here", "net": "7.00", "quantity": "1"}
        found = compared(partner, [first, gone, strange])
        assert dict(reasons(found)) == {
            "price": Decimal("10.00"),
            "only-new": Decimal(second["net"]),
            "only-old": Decimal("-55.00"),
            "unknown-customer": Decimal("-7.00"),
        }
        (price,) = [one for line in found.lines for one in line.reasons if one.code == "price"]
        assert price.facts["rules"] == "default"
        check_sums(found.lines)

    def test_fewer_pieces_are_told_apart_from_another_price(self, partner: Partner) -> None:
        first, second = ours(partner)
        pieces = Decimal(first["quantity"])
        fair = Decimal(first["net"]) / pieces
        first |= {"quantity": f"{pieces - 1:f}", "net": f"{fair * (pieces - 1):.2f}"}
        assert reasons(compared(partner, [first, second])) == [("quantity", fair)]

    def test_a_cent_is_rounding_and_another_currency_is_named(self, partner: Partner) -> None:
        first, second = ours(partner)
        first["net"] = f"{Decimal(first['net']) + Decimal('0.01'):.2f}"
        second["currency"] = "EUR"
        found = compared(partner, [first, second])
        assert [code for code, _ in reasons(found)].count("other-currency") == 2
        assert ("rounding", Decimal("-0.01")) in reasons(found)
        check_sums(found.lines)

    def test_rows_that_cannot_be_read_are_named_and_left_out(self, partner: Partner) -> None:
        found = compared(partner, [*ours(partner), {"customer": "x", "product": "y", "quantity": "z", "net": "1"}])
        assert [(one.code, one.place.row, one.place.column) for one in found.problems] == [
            ("invoicing.shadow.empty", 3, "currency")
        ]
        assert not found.is_equal

    def test_without_anything_here_it_is_refused(self, company: CompanyId) -> None:
        with pytest.raises(Refused, match=r"invoicing\.shadow\.nothing-here"):
            compare_month(company=company, data=as_csv([]), month=MARCH)

    def test_the_command_says_it_in_one_document_and_in_words(
        self, partner: Partner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = ours(partner)
        rows[0]["net"] = f"{Decimal(rows[0]['net']) - 10:.2f}"
        path = tmp_path / "old.csv"
        path.write_bytes(as_csv(rows))
        for words in (["--json"], []):
            args = parser(["shadow"]).parse_args(["shadow", str(path), "--month", str(MARCH), *words])
            args.company_id, args.words = partner.company, message_of
            assert shadow.run(args, Output(is_json=args.json)) == 0
            out = capsys.readouterr().out
            if args.json:
                told = json.loads(out)
                assert told["sums"][0]["difference"] == "10.00"
                assert told["sums"][0]["reasons"] == {"price": "10.00"}
            else:
                assert "Other price" in out


CENTS = st.integers(-20_000, 20_000).map(lambda cents: Decimal(cents) / 100)
ROWS = st.lists(
    st.builds(
        ShadowRow,
        debtor=st.sampled_from(["10001", "10002"]),
        product=st.sampled_from(["Seats", "seats", "Usage"]),
        subscription=st.sampled_from(["", "s1", "s2"]),
        quantity=st.integers(-5, 9).map(Decimal),
        net=CENTS,
        currency=st.sampled_from(["SEK", "EUR"]),
    ),
    max_size=12,
)


class TestLaws:
    @given(old=ROWS, new=ROWS)
    def test_reasons_come_to_the_difference_and_no_cent_is_lost(
        self, old: list[ShadowRow], new: list[ShadowRow]
    ) -> None:
        lines = compare(old, new)
        check_sums(lines)
        for currency in ("SEK", "EUR"):
            whole = [one for one in add_up(lines) if not one.debtor and one.currency == currency]
            assert sum((one.old for one in whole), ZERO) == sum((r.net for r in old if r.currency == currency), ZERO)
            assert sum((one.new for one in whole), ZERO) == sum((r.net for r in new if r.currency == currency), ZERO)

    @given(rows=ROWS)
    def test_a_month_beside_itself_is_equal(self, rows: list[ShadowRow]) -> None:
        assert not [reason for line in compare(rows, rows) for reason in line.reasons]

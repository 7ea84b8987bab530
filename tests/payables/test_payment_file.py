"""A payment file adds up, names what it pays, and holds nothing that a bank refuses."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from saldo.core.problems import Refused
from saldo.payables.papers import Account, PaymentFile, Transfer, Version, bank_text, payment_xml

OURS = Account(name="Söder & Co «AB»", country="SE", iban="SE45 5000 0000 0583 9825 7466", bic="ESSESESS", number="")
THEIRS = Account(name="Microsoft Ireland Operations", country="IE", iban="IE29AIBK93115212345678", bic="", number="")
TAKEN = set(string.ascii_letters + string.digits + "/-?:().,'+ ")
VALUES = st.lists(st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2), min_size=1, max_size=5)


def a_file(*values: Decimal, currency: str = "EUR", payer: Account = OURS, payee: Account = THEIRS) -> PaymentFile:
    return PaymentFile(
        number="P2026-0001",
        made_at=datetime(2026, 5, 12, 7, 12, tzinfo=UTC),
        pay_on=date(2026, 5, 18),
        currency=currency,
        payer=payer,
        payee=payee,
        transfers=tuple(
            Transfer(document=f"G00000000{place}", invoiced_on=date(2026, 4, 8), value=value)
            for place, value in enumerate(values)
        ),
    )


def texts(xml: bytes, name: str) -> list[str]:
    return [node.text for node in etree.fromstring(xml).iter(f"{{*}}{name}")]


@pytest.mark.parametrize("version", ["001.001.03", "001.001.09"])
@given(values=VALUES)
def test_counts_and_control_sums_are_those_of_its_payments(version: Version, values: list[Decimal]) -> None:
    xml = payment_xml(file=a_file(*values), version=version)
    assert texts(xml, "NbOfTxs") == [str(len(values))] * 2
    assert [Decimal(text) for text in texts(xml, "CtrlSum")] == [sum(values)] * 2
    assert sum(map(Decimal, texts(xml, "InstdAmt"))) == sum(values)
    ids = texts(xml, "EndToEndId")
    assert len(set(ids)) == len(ids) == len(values)
    assert max(map(len, [*ids, *texts(xml, "MsgId"), *texts(xml, "Nb")])) <= 35


@given(st.text(max_size=200))
def test_any_name_becomes_letters_that_every_bank_takes(name: str) -> None:
    written = bank_text(name, 70)
    assert len(written) <= 70
    assert set(written) <= TAKEN


def test_the_two_versions_differ_where_the_standard_does() -> None:
    old = payment_xml(file=a_file(Decimal("10.00")), version="001.001.03")
    new = payment_xml(file=a_file(Decimal("10.00")), version="001.001.09")
    assert (texts(old, "ReqdExctnDt"), texts(new, "Dt")) == (["2026-05-18"], ["2026-05-18"])
    assert (texts(old, "BIC"), texts(new, "BICFI")) == (["ESSESESS"], ["ESSESESS"])
    assert texts(new, "Nm")[0] == "Soder + Co .AB."
    assert texts(new, "IBAN") == ["SE4550000000058398257466", "IE29AIBK93115212345678"]
    assert (texts(new, "Cd"), texts(new, "ChrgBr")) == (["SEPA", "CINV"], ["SLEV"])


def test_yen_has_no_decimals_and_an_account_without_iban_its_number() -> None:
    theirs = Account(name="Microsoft Japan", country="JP", iban="", bic="", number="0001-1234567")
    xml = payment_xml(file=a_file(Decimal("1200"), currency="JPY", payee=theirs))
    assert texts(xml, "InstdAmt") == ["1200"]
    assert texts(xml, "ChrgBr") == ["SHAR"]
    assert "0001-1234567" in texts(xml, "Id")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (a_file(), "payables.file.nothing"),
        (a_file(Decimal(0)), "payables.file.no-amount"),
        (
            a_file(Decimal(1), payee=Account(name="x", country="", iban="SE0000", bic="", number="")),
            "payables.file.bad-iban",
        ),
        (
            a_file(Decimal(1), payee=Account(name="x", country="", iban="", bic="", number="")),
            "payables.file.no-account",
        ),
    ],
)
def test_what_no_bank_takes_is_refused(file: PaymentFile, code: str) -> None:
    with pytest.raises(Refused) as caught:
        payment_xml(file=file)
    assert caught.value.code == code

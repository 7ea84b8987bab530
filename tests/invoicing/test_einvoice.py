"""The e-invoice: golden UBL, our own business rules on the published examples, and on what somebody broke."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.money import round_half_up
from saldo.invoicing.papers.rules_en16931 import check_en16931
from saldo.invoicing.papers.rules_peppol import check_peppol
from saldo.invoicing.papers.ubl import ubl_xml
from saldo.invoicing.papers.ubl_parts import price_of
from saldo.invoicing.rules.paper import PaperLine, UnableToWritePaper
from tests.golden.files import check_golden
from tests.invoicing.paper_cases import CASES, LANGUAGES, german, hotel, mixed, statement

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "einvoice"
SENT = sorted(CASES.keys() - {"statement"})
_PUBLISHED = sorted(EXAMPLES.rglob("*.xml")) if EXAMPLES.is_dir() else []
_NO_BUYER_ADDRESS = {"export"}  # a Chinese buyer without electronic address: EN 16931 yes, Peppol no


def rules_of(xml: bytes) -> set[str]:
    return {finding.rule for finding in check_en16931(xml)}


class TestGolden:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("case", SENT)
    def test_reads_as_it_was_looked_at(self, case: str, language: str) -> None:
        check_golden(name=f"papers/{case}.{language}.xml", text=ubl_xml(CASES[case](language)).decode())


class TestOurs:
    @pytest.mark.parametrize("case", SENT)
    def test_keeps_every_rule(self, case: str) -> None:
        xml = ubl_xml(CASES[case]("sv"))
        assert check_en16931(xml) == ()
        peppol = {finding.rule for finding in check_peppol(xml)}
        assert peppol == ({"PEPPOL-EN16931-R010"} if case in _NO_BUYER_ADDRESS else set())

    def test_a_bankgiro_is_paid_as_sweden_asks(self) -> None:
        xml = ubl_xml(hotel("sv")).decode()
        for part in (
            "<cbc:PaymentMeansCode>30<",
            "<cbc:ID>SE:BANKGIRO<",
            "<cbc:PaymentID>2026004719<",
            "<cbc:CompanyID>Godkänd för F-skatt<",
            '<cbc:CompanyID schemeID="0007">5566778899<',
        ):
            assert part in xml

    def test_a_statement_is_none(self) -> None:
        with pytest.raises(UnableToWritePaper) as refused:
            ubl_xml(statement())
        assert refused.value.code == "invoicing.ubl.not-an-invoice"

    def test_what_the_rules_refuse_is_not_made(self) -> None:
        paper = german()
        with pytest.raises(UnableToWritePaper) as refused:
            ubl_xml(replace(paper, buyer=replace(paper.buyer, vat_id="", country="")))
        assert {"BR-11", "BR-AE-02"} <= set(refused.value.facts["rules"])

    @given(
        net=st.decimals(-100000, 100000, places=2),
        quantity=st.none() | st.decimals(-5000, 5000, places=5),
    )
    def test_price_times_quantity_is_always_the_net(self, net: Decimal, quantity: Decimal | None) -> None:
        line = PaperLine(key="1", name="x", net=net, quantity=quantity, percent=Decimal(25), treatment="standard")
        pieces, price = price_of(line, "SEK")
        assert price >= 0
        assert round_half_up(pieces * price, "SEK") == net


@pytest.mark.skipif(not _PUBLISHED, reason="the published examples are not on this machine")
class TestPublished:
    @pytest.mark.parametrize("path", _PUBLISHED, ids=lambda path: path.name)
    def test_every_example_keeps_the_rules_of_en_16931(self, path: Path) -> None:
        assert check_en16931(path.read_bytes()) == ()

    @pytest.mark.parametrize("path", [p for p in _PUBLISHED if "peppol" in p.parent.name], ids=lambda path: path.name)
    def test_peppols_examples_keep_peppols_rules(self, path: Path) -> None:
        assert check_peppol(path.read_bytes()) == ()


def _without(name: str, within: str = "") -> tuple[str, str]:
    return (
        rf"(<cac:{within}>.*?)<cbc:{name}[ >].*?</cbc:{name}>" if within else rf"()<cbc:{name}[ >].*?</cbc:{name}>",
        r"\1",
    )


# Rule, pattern in the XML of `mixed` or `german`, what somebody made of it.
BROKEN = [
    ("BR-01", *_without("CustomizationID")),
    ("BR-02", *_without("ID")),
    ("BR-03", *_without("IssueDate")),
    ("BR-04", *_without("InvoiceTypeCode")),
    ("BR-05", *_without("DocumentCurrencyCode")),
    ("BR-06", *_without("RegistrationName", "AccountingSupplierParty")),
    ("BR-07", *_without("RegistrationName", "AccountingCustomerParty")),
    ("BR-08", r"(<cac:AccountingSupplierParty>.*?)<cac:PostalAddress>.*?</cac:PostalAddress>", r"\1"),
    ("BR-09", *_without("IdentificationCode", "AccountingSupplierParty")),
    ("BR-10", r"(<cac:AccountingCustomerParty>.*?)<cac:PostalAddress>.*?</cac:PostalAddress>", r"\1"),
    ("BR-11", *_without("IdentificationCode", "AccountingCustomerParty")),
    ("BR-12", *_without("LineExtensionAmount", "LegalMonetaryTotal")),
    ("BR-13", *_without("TaxExclusiveAmount")),
    ("BR-14", *_without("TaxInclusiveAmount")),
    ("BR-15", *_without("PayableAmount")),
    ("BR-16", r"<cac:InvoiceLine>.*</cac:InvoiceLine>", ""),
    ("BR-21", *_without("ID", "InvoiceLine")),
    ("BR-22", *_without("InvoicedQuantity")),
    ("BR-23", r' unitCode="C62"', ""),
    ("BR-24", *_without("LineExtensionAmount", "InvoiceLine")),
    ("BR-25", *_without("Name", "Item")),
    ("BR-26", *_without("PriceAmount")),
    ("BR-27", r'(<cbc:PriceAmount currencyID="SEK">)', r"\1-"),
    ("BR-30", r"<cbc:EndDate>2026-04-30<", "<cbc:EndDate>2026-03-30<"),
    ("BR-45", *_without("TaxableAmount")),
    ("BR-46", *_without("TaxAmount", "TaxSubtotal")),
    ("BR-47", *_without("ID", "TaxCategory")),
    ("BR-48", *_without("Percent", "TaxCategory")),
    ("BR-49", *_without("PaymentMeansCode")),
    ("BR-50", *_without("ID", "PayeeFinancialAccount")),
    ("BR-61", *_without("ID", "PayeeFinancialAccount")),
    ("BR-62", r' schemeID="0007"', ""),
    ("BR-CO-04", r"<cac:ClassifiedTaxCategory>.*?</cac:ClassifiedTaxCategory>", ""),
    ("BR-CO-09", r">SE556677889901<", ">556677889901<"),
    ("BR-CO-10", r"(<cac:LegalMonetaryTotal>\s*<cbc:LineExtensionAmount[^>]*>)1", r"\g<1>2"),
    ("BR-CO-13", r"(<cbc:TaxExclusiveAmount[^>]*>)1", r"\g<1>2"),
    ("BR-CO-14", r'(<cac:TaxTotal>\s*<cbc:TaxAmount currencyID="SEK">)2', r"\g<1>3"),
    ("BR-CO-15", r"(<cbc:TaxInclusiveAmount[^>]*>)1", r"\g<1>2"),
    ("BR-CO-16", r"(<cbc:PayableAmount[^>]*>)1", r"\g<1>2"),
    ("BR-CO-17", r"<cbc:Percent>25<", "<cbc:Percent>24<"),
    ("BR-CO-18", r"<cac:TaxSubtotal>.*</cac:TaxSubtotal>", ""),
    ("BR-CO-25", r"<cbc:DueDate>.*?</cbc:DueDate>(.*)<cac:PaymentTerms>.*?</cac:PaymentTerms>", r"\1"),
    ("BR-DEC", r"(<cbc:PayableAmount[^>]*>[0-9.]+)", r"\g<1>5"),
    ("BR-CL-01", r">380<", ">999<"),
    ("BR-CL-14", r"<cbc:IdentificationCode>SE<", "<cbc:IdentificationCode>SWE<"),
    ("BR-CL-17", r"<cbc:ID>E<", "<cbc:ID>Q<"),
    ("BR-S-02", r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>", ""),
    ("BR-S-05", r"(<cac:ClassifiedTaxCategory>\s*<cbc:ID>S</cbc:ID>\s*<cbc:Percent>)25", r"\g<1>0"),
    ("BR-S-08", r"(<cbc:TaxableAmount[^>]*>)11175", r"\g<1>11180"),
    ("BR-E-01", r"(<cac:TaxCategory>\s*<cbc:ID>)E<", r"\g<1>Z<"),
    ("BR-E-09", r'(<cbc:TaxableAmount currencyID="SEK">800.00</cbc:TaxableAmount>\s*<cbc:TaxAmount[^>]*>)0', r"\g<1>9"),
    ("BR-E-10", r"<cbc:TaxExemptionReason>.*?</cbc:TaxExemptionReason>", ""),
    ("XML", r"</Invoice>", ""),
]


class TestBroken:
    @pytest.mark.parametrize(("rule", "pattern", "instead"), BROKEN, ids=[rule for rule, _, _ in BROKEN])
    def test_is_found_by_its_rule(self, rule: str, pattern: str, instead: str) -> None:
        whole = ubl_xml(mixed("sv")).decode()
        times = 1 if rule != "BR-S-02" else 0
        broken = re.sub(pattern, instead, whole, count=times, flags=re.S)
        assert broken != whole, "the mutation must change something"
        assert rule in rules_of(broken.encode())

    @pytest.mark.parametrize(
        ("rule", "pattern", "instead"),
        [
            ("PEPPOL-EN16931-R003", r"<cbc:BuyerReference>.*?</cbc:BuyerReference>", ""),
            ("PEPPOL-EN16931-R004", r"#compliant#", "#"),
            ("PEPPOL-EN16931-R007", r"poacc:billing:01:1.0", "other"),
            ("PEPPOL-EN16931-R008", r"(<cbc:StreetName>).*?<", r"\1<"),
            ("PEPPOL-EN16931-R120", r"(<cbc:InvoicedQuantity[^>]*>)25", r"\g<1>26"),
            ("PEPPOL-EN16931-CL008", r'schemeID="0007"', 'schemeID="EM"'),
            ("PEPPOL-COMMON-R049", r">5566778899<", ">5566778898<"),
            ("SE-R-001", r">SE556677889901<", ">SE55667788990<"),
            ("SE-R-004", r'(<cbc:CompanyID schemeID="0007">)55', r"\g<1>5"),
            ("SE-R-005", r"Godkänd för F-skatt", "F-tax"),
            ("SE-R-006", r"<cbc:Percent>25<", "<cbc:Percent>20<"),
            ("SE-R-008", r">50501055<", ">5050105X<"),
            ("SE-R-009", r">50501055<", ">505010550<"),
            ("SE-R-011", r"(<cbc:PaymentMeansCode>)30", r"\g<1>56"),
            ("SE-R-012", r"(<cbc:PaymentMeansCode>)30", r"\g<1>31"),
        ],
    )
    def test_is_found_by_peppols_rule(self, rule: str, pattern: str, instead: str) -> None:
        whole = ubl_xml(mixed("sv")).decode()
        broken = re.sub(pattern, instead, whole, count=1, flags=re.S)
        assert broken != whole
        assert rule in {finding.rule for finding in check_peppol(broken.encode())}

"""The rules as CEN, OpenPeppol and OASIS publish them, over every kind of document; skipped where they are not.

`SALDO_EINVOICE_RULES` names the folder: docs/einvoice.md says how to fill it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from saldo.invoicing.actions.correcting import cancel_invoice
from saldo.invoicing.paper_facts import facts_of
from saldo.invoicing.papers.official import OfficialRules
from saldo.invoicing.papers.rules_en16931 import check_en16931
from saldo.invoicing.papers.rules_peppol import check_peppol
from saldo.invoicing.papers.ubl import ubl_xml
from saldo.invoicing.rules.paper import UnableToWritePaper
from saldo.parties.billing_actions import set_particulars
from tests.conftest import NOW
from tests.invoicing.months import TODAY, Partner
from tests.invoicing.paper_cases import CASES, LANGUAGES, hotel, mixed
from tests.invoicing.paper_catalogue import every_document
from tests.invoicing.test_einvoice import BROKEN, SENT
from tests.microsoft_files import seats, usage

DOCUMENTS = dict(every_document())
_NO_ADDRESS = "PEPPOL-EN16931-R010"
_OWN_SHEET = """<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:i="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
  <xsl:template match="/"><svrl:schematron-output>
    <xsl:if test="i:Invoice"><svrl:fired-rule context="Invoice"/>
      <xsl:for-each select="//*[local-name() = 'BuyerReference']">
        <svrl:failed-assert id="MY-1" flag="{FLAG}" location="{upper-case(.)}"/></xsl:for-each></xsl:if>
  </svrl:schematron-output></xsl:template></xsl:stylesheet>"""


@pytest.fixture(scope="module")
def rules() -> OfficialRules:
    """The configured folder's rules."""
    folder = getattr(settings, "EINVOICE_RULES", None)
    if not folder:
        pytest.skip("no folder with the official rules is configured")
    return OfficialRules(folder=Path(folder))


class TestEveryDocument:
    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_keeps_our_own_rules(self, name: str) -> None:
        xml = ubl_xml(DOCUMENTS[name])
        assert check_en16931(xml) == ()
        assert {finding.rule for finding in check_peppol(xml)} <= {_NO_ADDRESS}

    def test_keeps_the_official_rules(self, rules: OfficialRules) -> None:
        found = {name: rules.check(xml=ubl_xml(paper)) for name, paper in DOCUMENTS.items()}
        assert {name: findings for name, findings in found.items() if findings} == {}

    def test_keeps_them_in_every_language(self, rules: OfficialRules) -> None:
        found = {(case, lang): rules.check(xml=ubl_xml(CASES[case](lang))) for case in SENT for lang in LANGUAGES}
        known = {_NO_ADDRESS}  # a Chinese buyer without electronic address: EN 16931 yes, Peppol no
        assert {key for key, findings in found.items() if {each.rule for each in findings} - known} == set()

    def test_that_a_month_issued_keeps_them(self, rules: OfficialRules, partner: Partner) -> None:
        place = {"street": "Storgatan 1", "postcode": "831 30", "city": "Östersund"}
        place |= {"vat_id": "SE556677889901", "registration": "556677-8899"}
        set_particulars(company=partner.company, changes=place, by="test", at=NOW)
        partner.bring(seats(), usage(consumed="40"))
        partner.close(issue=True)
        number = partner.documents()[0].number
        mirror = cancel_invoice(
            company=partner.company, number=number, reason="wrong customer", today=TODAY, by="user:1", at=NOW
        )
        for issued in (number, mirror):
            found = rules.check(xml=ubl_xml(facts_of(company=partner.company, number=issued)))
            assert {finding.rule for finding in found} <= {_NO_ADDRESS}


class TestWhatSomebodyBroke:
    @pytest.mark.parametrize(("rule", "pattern", "instead"), BROKEN[:-1], ids=[rule for rule, _, _ in BROKEN[:-1]])
    def test_is_found_by_the_official_rule_too(
        self, rules: OfficialRules, rule: str, pattern: str, instead: str
    ) -> None:
        whole = ubl_xml(mixed("sv")).decode()
        broken = re.sub(pattern, instead, whole, count=0 if rule == "BR-S-02" else 1, flags=re.S)
        assert any(finding.rule.startswith(rule) for finding in rules.check(xml=broken.encode()))


class TestTheFolder:
    def test_without_rules_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnableToWritePaper) as refused:
            OfficialRules(folder=tmp_path)
        assert refused.value.code == "invoicing.ubl.no-rules"

    def test_with_rules_for_another_syntax_proves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "other.xslt").write_text(_OWN_SHEET.replace('test="i:Invoice"', 'test="false()"'))
        with pytest.raises(UnableToWritePaper) as refused:
            OfficialRules(folder=tmp_path).check(xml=ubl_xml(hotel()))
        assert refused.value.facts["file"] == "Invoice"

    @pytest.mark.parametrize(("flag", "found"), [("fatal", {"MY-1"}), ("warning", set())])
    def test_is_run_as_xslt_2(self, tmp_path: Path, flag: str, found: set[str]) -> None:
        (tmp_path / "own.xsl").write_text(_OWN_SHEET.replace("{FLAG}", flag))
        assert {each.rule for each in OfficialRules(folder=tmp_path).check(xml=ubl_xml(hotel()))} == found

"""The official rules, run as published: schemas of UBL 2.1, and XSLT made from the schematron of CEN and OpenPeppol.

They are not ours to ship. `saldo.server.settings.EINVOICE_RULES` names the folder (docs/einvoice.md says what belongs
into it). saxonche, which runs XSLT 2, is a part of the development set only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from saldo.invoicing.papers.reading import Finding
from saldo.invoicing.rules.paper import UnableToWritePaper

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FATAL = ("fatal", "error", "")
_SCHEMAS = ("Invoice", "CreditNote")


class OfficialRules:
    """The rules of one folder, compiled once: every ``.xsl`` and ``.xslt`` below it, and UBL's schemas if there."""

    def __init__(self, *, folder: Path) -> None:
        """Refuses (UnableToWritePaper) a folder without rules and a machine without saxonche: silence is no proof."""
        self._folder = folder
        sheets = sorted(path for path in folder.glob("**/*") if path.suffix in (".xsl", ".xslt"))
        if not sheets:
            raise self._without("*.xslt")
        try:
            import saxonche
        except ImportError as missing:
            raise self._without("saxonche") from missing
        self._processor = saxonche.PySaxonProcessor(license=False)
        runner = self._processor.new_xslt30_processor()
        self._sheets = {sheet.name: runner.compile_stylesheet(stylesheet_file=str(sheet)) for sheet in sheets}
        self._schemas = {name: schema for name in _SCHEMAS if (schema := _schema_in(folder, name)) is not None}

    def check(self, *, xml: bytes) -> tuple[Finding, ...]:
        """What the rules find fatal in a document; none where it may be sent.

        Refuses (UnableToWritePaper) a document that no rule of the folder is about: rules for another syntax.
        """
        root = etree.fromstring(xml)
        reports = self._reports(xml)
        if not any(report.find(f"{_SVRL}fired-rule") is not None for report in reports):
            raise self._without(etree.QName(root).localname)
        found = [finding for report in reports for finding in _findings(report)]
        return tuple(dict.fromkeys([*self._schema_faults(root), *found]))

    def _reports(self, xml: bytes) -> list[etree._Element]:
        document = self._processor.parse_xml(xml_text=xml.decode())
        reports: list[etree._Element] = []
        for name, sheet in self._sheets.items():
            report: Any = sheet.transform_to_string(xdm_node=document)
            if not report:
                raise self._without(name)
            reports.append(etree.fromstring(report.encode()))
        return reports

    def _schema_faults(self, root: etree._Element) -> list[Finding]:
        schema = self._schemas.get(etree.QName(root).localname)
        if schema is None or schema.validate(root):
            return []
        return [Finding(rule="XSD", seen=str(schema.error_log))]

    def _without(self, what: str) -> UnableToWritePaper:
        return UnableToWritePaper(code="invoicing.ubl.no-rules", facts={"folder": str(self._folder), "file": what})


def _schema_in(folder: Path, name: str) -> etree.XMLSchema | None:
    path = next(iter(sorted(folder.glob(f"**/UBL-{name}-2.1.xsd"))), None)
    return None if path is None else etree.XMLSchema(etree.parse(path))


def _findings(report: etree._Element) -> list[Finding]:
    failed = report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [
        Finding(rule=each.get("id") or "?", seen=each.get("location") or "")
        for each in failed
        if (each.get("flag") or "") in _FATAL
    ]

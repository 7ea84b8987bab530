"""The official rules, run as published: XSLT made from the schematron of CEN and OpenPeppol, where a folder holds them.

They are not ours to ship. `saldo.server.settings.EINVOICE_RULES` names the folder; every ``.xsl`` and ``.xslt`` in it
is run. saxonche, which runs XSLT 2, is a part of the development set only.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from saldo.invoicing.papers.reading import Finding
from saldo.invoicing.rules.paper import UnableToWritePaper

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FATAL = ("fatal", "error", "")


def check_officially(xml: bytes, *, folder: Path) -> tuple[Finding, ...]:
    """What the official rules in a folder find fatal in a document; none where it may be sent.

    Refuses (UnableToWritePaper) a folder without rules and a machine without saxonche: silence is no proof.
    """
    sheets = sorted(path for path in folder.glob("**/*") if path.suffix in (".xsl", ".xslt"))
    if not sheets:
        raise UnableToWritePaper(code="invoicing.ubl.no-rules", facts={"folder": str(folder), "file": "*.xslt"})
    try:
        import saxonche
    except ImportError as missing:
        facts = {"folder": str(folder), "file": "saxonche"}
        raise UnableToWritePaper(code="invoicing.ubl.no-rules", facts=facts) from missing
    with saxonche.PySaxonProcessor(license=False) as processor:
        document = processor.parse_xml(xml_text=xml.decode())
        runner = processor.new_xslt30_processor()
        reports = [
            runner.compile_stylesheet(stylesheet_file=str(sheet)).transform_to_string(xdm_node=document)
            for sheet in sheets
        ]
    return tuple(dict.fromkeys(finding for report in reports for finding in _findings(report)))


def _findings(report: str) -> list[Finding]:
    root = etree.fromstring(report.encode())
    failed = root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [
        Finding(rule=each.get("id") or "?", seen=each.get("location") or "")
        for each in failed
        if (each.get("flag") or "") in _FATAL
    ]

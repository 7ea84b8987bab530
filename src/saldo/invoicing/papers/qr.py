"""The square that a bank's app reads: a SEPA credit transfer by EPC069-12, for euro to an IBAN."""

from __future__ import annotations

from decimal import Decimal

from segno import QRCode, helpers

from saldo.invoicing.rules.paper import PaperFacts
from saldo.invoicing.rules.references import is_rf

MOST = Decimal("999999999.99")  # of the standard, as its 70 letters of a name
NAME_LENGTH = 70


def payment_code(paper: PaperFacts) -> QRCode | None:
    """The code of what is to be paid; None where there is none: no euro, no IBAN, nothing to pay, too much."""
    if paper.currency != "EUR" or not paper.account.iban or not Decimal("0.01") <= paper.to_pay <= MOST:
        return None
    is_structured = is_rf(paper.reference)
    return helpers.make_epc_qr(
        name=paper.seller.name[:NAME_LENGTH],
        iban=paper.account.iban,
        amount=paper.to_pay,
        reference=paper.reference if is_structured else None,
        text=None if is_structured else (paper.reference or paper.number),
        bic=paper.account.bic or None,
        encoding="utf-8",
    )


def payment_picture(paper: PaperFacts) -> str:
    """The code as SVG that can stand in a page; empty where there is none."""
    code = payment_code(paper)
    return "" if code is None else code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)

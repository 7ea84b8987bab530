"""The standard rates of value added tax that Saldo knows, each with its first day and where it is written.

Only what a law of a whole country states; reduced rates do not apply to software and cloud services. Brazil, China
and the United States are missing on purpose: their tax depends on more than a country and a day, and is imported as
rows of the company or the line is held.

Held on 2026-11-25 against three tables that are not ours: duty27-eu-vat 0.1.0 (every change of the 27 members since
2016, as of 2026-10-04), eu-vat-rates-data 2026.9.29 (TEDB, as of 2026-09-29) and sales-tax 2.23.0 (2026-05-19; also
CH, GB, IS, NO). No rate and no day since 2016 differs. Days before 2016 fit the lists of the Commission of January
2011, July 2015 and January 2017, which give rates and not days; nothing of ours is that old.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

_TEDB = "European Commission, Taxes in Europe Database"


class RateRow(NamedTuple):
    """The rate of a place from a day on, until the next row of the place."""

    country: str
    region: str  # "" is the country without the places that have rows of their own
    percent: Decimal
    starts_on: date
    source: str


EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""Members of the Union; Northern Ireland is one for goods only and so is not here."""


def _row(country: str, percent: str, starts_on: str, source: str = _TEDB, region: str = "") -> RateRow:
    return RateRow(country, region, Decimal(percent), date.fromisoformat(starts_on), source)


STANDARD: tuple[RateRow, ...] = (
    _row("AT", "20", "1984-01-01", "UStG 1994 § 10 Abs. 1"),
    _row("BE", "21", "1996-01-01", "Arrêté royal n° 20, art. 1"),
    _row("BG", "20", "1999-01-01"),
    _row("CY", "19", "2014-01-13"),
    _row("CZ", "21", "2013-01-01", "Zákon č. 235/2004 Sb., § 47"),
    _row("DE", "19", "2007-01-01", "UStG § 12 Abs. 1"),
    _row("DE", "16", "2020-07-01", "UStG § 28 Abs. 1"),
    _row("DE", "19", "2021-01-01", "UStG § 12 Abs. 1"),
    _row("DK", "25", "1992-01-01", "Momsloven § 33"),
    _row("EE", "20", "2009-07-01", "Käibemaksuseadus § 15"),
    _row("EE", "22", "2024-01-01", "Käibemaksuseadus § 15"),
    _row("EE", "24", "2025-07-01", "Käibemaksuseadus § 15"),
    _row("ES", "21", "2012-09-01", "Ley 37/1992, art. 90"),
    _row("FI", "24", "2013-01-01", "Arvonlisäverolaki 84 §"),
    _row("FI", "25.5", "2024-09-01", "Arvonlisäverolaki 84 §"),
    _row("FR", "20", "2014-01-01", "Code général des impôts, art. 278"),
    _row("GR", "23", "2010-07-01"),
    _row("GR", "24", "2016-06-01"),
    _row("HR", "25", "2012-03-01"),
    _row("HU", "27", "2012-01-01", "2007. évi CXXVII. törvény 82. §"),
    _row("IE", "23", "2012-01-01", "VAT Consolidation Act 2010, s. 46"),
    _row("IE", "21", "2020-09-01", "VAT Consolidation Act 2010, s. 46"),
    _row("IE", "23", "2021-03-01", "VAT Consolidation Act 2010, s. 46"),
    _row("IT", "22", "2013-10-01", "DPR 633/1972, art. 16"),
    _row("LT", "21", "2009-09-01"),
    _row("LU", "17", "2015-01-01"),
    _row("LU", "16", "2023-01-01"),
    _row("LU", "17", "2024-01-01"),
    _row("LV", "21", "2012-07-01"),
    _row("MT", "18", "2004-01-01"),
    _row("NL", "21", "2012-10-01", "Wet OB 1968, art. 9"),
    _row("PL", "23", "2011-01-01", "Ustawa o VAT, art. 146a-146ef"),
    _row("PT", "23", "2011-01-01", "Código do IVA, art. 18.º"),
    _row("PT", "22", "2012-04-01", "Código do IVA, art. 18.º, n.º 3 (2012)", region="PT-30"),
    _row("PT", "18", "2014-01-01", "Código do IVA, art. 18.º, n.º 3 (2014)", region="PT-20"),
    _row("PT", "16", "2021-07-01", "Decreto Legislativo Regional n.º 15-A/2021/A", region="PT-20"),
    _row("RO", "20", "2016-01-01", "Codul fiscal, art. 291"),
    _row("RO", "19", "2017-01-01", "Codul fiscal, art. 291"),
    _row("RO", "21", "2025-08-01", "Codul fiscal, art. 291"),
    _row("SE", "25", "1990-07-01", "Mervärdesskattelagen 9 kap. 2 §"),
    _row("SI", "22", "2013-07-01"),
    _row("SK", "20", "2011-01-01"),
    _row("SK", "23", "2025-01-01"),
    _row("CH", "7.7", "2018-01-01", "MWSTG Art. 25"),
    _row("CH", "8.1", "2024-01-01", "MWSTG Art. 25"),
    _row("GB", "20", "2011-01-04", "Value Added Tax Act 1994, s. 2"),
    _row("IS", "24", "2015-01-01", "Lög nr. 50/1988, 14. gr."),
    _row("NO", "25", "2005-01-01", "Merverdiavgiftsloven § 5-1"),
)

"""Reading a shadow month: the old tool's invoices out of a sheet, beside our drafts and documents of the month."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from saldo.agreements.formats.sheet_files import read_sheet
from saldo.core.identity import CompanyId, FileId
from saldo.core.periods import Month
from saldo.core.problems import Place, Problem, Refused, as_seen
from saldo.invoicing.rules.shadow import (
    COLUMNS,
    NEEDED,
    ShadowLine,
    ShadowRow,
    ShadowSum,
    add_up,
    compare,
    read_old_row,
)
from saldo.ledger.old_debtors import load_debtors

# A group of ours that is a document's lines for one thing, with as many prices as it has rules.
_OURS = """
SELECT i.debtor, l.product, l.subscription, i.currency, i.number, l.price_rule,
       sum(l.quantity), sum(l.net), count(*)
FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id
WHERE l.company_id = %s AND i.company_id = %s AND i.month = %s AND l.bucket = 'rated'
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


class UnableToCompare(Refused):
    """invoicing.shadow.columns-missing, .unknown-columns, .nothing-here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowMonth:
    """A month compared: every line of either tool, the sums of all and of each debtor, and rows left out."""

    month: Month
    lines: tuple[ShadowLine, ...]
    sums: tuple[ShadowSum, ...]
    names: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both tools bill the same in everything, and every row could be read."""
        return not self.problems and not any(line.reasons for line in self.lines)


def compare_month(*, company: CompanyId, data: bytes, month: Month) -> ShadowMonth:
    """Our drafts and documents of the month beside the old tool's rows.

    A row names its customer by tenant (id or name) or debtor (number, name, VAT id) and is compared with what its
    debtor is billed. Rows with faults are left out and named.
    Refuses: UnableToReadSheet; UnableToCompare.
    """
    sheet = read_sheet(data=data)
    missing = [column for column in NEEDED if column not in sheet.columns]
    if missing:
        raise UnableToCompare(code="invoicing.shadow.columns-missing", facts={"columns": ", ".join(missing)})
    strange = sorted({as_seen(column) for column in sheet.columns if column and column not in COLUMNS})
    if strange:
        raise UnableToCompare(code="invoicing.shadow.unknown-columns", facts={"columns": ", ".join(strange)})
    debtors = load_debtors(company=company)
    file = FileId(hashlib.sha256(data).hexdigest())
    old: list[ShadowRow] = []
    problems: list[Problem] = []
    for row in sheet.rows:
        told, fault = read_old_row(cells=row.cells)
        if told is None or fault is not None:
            code, column, seen = fault or ("invoicing.shadow.empty", "", "")
            problems.append(Problem(code=code, place=Place(file, row.number, column), seen=as_seen(seen)))
            continue
        customer = as_seen(told.pop("customer"))
        found = debtors.find({"debtor": customer})
        is_known = bool(found.number)
        told["product"] = as_seen(told["product"])
        old.append(ShadowRow(debtor=found.number or customer, is_known=is_known, **told))
    lines = compare(old, _ours(company, month))
    return ShadowMonth(month=month, lines=lines, sums=add_up(lines), names=debtors.names, problems=tuple(problems))


def _ours(company: CompanyId, month: Month) -> list[ShadowRow]:
    with connection.cursor() as cursor:
        cursor.execute(_OURS, [company, company, month.starts_on])
        rows = cursor.fetchall()
    if not rows:
        raise UnableToCompare(code="invoicing.shadow.nothing-here", facts={"month": str(month)})
    return [
        ShadowRow(
            debtor=row[0],
            product=row[1],
            subscription=row[2],
            currency=row[3],
            number=row[4],
            price_rule=row[5],
            quantity=row[6],
            net=row[7],
            rows=row[8],
        )
        for row in rows
    ]

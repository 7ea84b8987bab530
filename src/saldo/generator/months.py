"""The files of one month: a new-commerce invoice and, where anything is left there, a legacy one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

from saldo.generator.daily_usage import COLUMNS, daily_lines
from saldo.generator.headers import invoice_header
from saldo.generator.legacy_files import daily_csv, licence_csv, usage_csv, with_tax
from saldo.generator.partner import Document, Partner
from saldo.generator.reconciliation import reconciliation_csv


def write_month(partner: Partner, month: int, folder: Path) -> tuple[list[Path], int]:
    """Billed files and headers of all documents; gives them and how many rows they bill."""
    files: list[Path] = []
    rows = 0
    for document in partner.documents(month):
        files += _write_legacy(partner, document, month, folder) if document.is_legacy else _write(document, folder)
        files.append(_write_header(document, partner.currency, folder))
        rows += len(document.rows)
    return files, rows


def write_usage(partner: Partner, month: int, counts: Sequence[int], folder: Path) -> list[Path]:
    """The daily file of a month; none where nobody used anything."""
    if not sum(counts):
        return []
    invoice = partner.documents(month)[0]
    number, when = invoice.number, invoice.month
    path = folder / f"{when}-{number}-daily-usage.csv"
    random = Random(f"{partner.seed} usage {month}")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for (plan, row), count in zip(partner.usage(month), counts, strict=True):
            file.writelines(daily_lines(plan, row, count=count, invoice=number, random=random))
    return [path]


def write_json(path: Path, document: object) -> Path:
    """One JSON document, one space deep."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _write_header(document: Document, currency: str, folder: Path) -> Path:
    total = document.net
    if document.is_legacy:
        total = sum((with_tax(row)[1] for row in document.rows), Decimal(0))
    header = invoice_header(
        number=document.number,
        month=document.month,
        total=total,
        currency=currency,
        is_legacy=document.is_legacy,
        amends=document.amends,
    )
    return write_json(folder / f"{document.month}-{document.number}-invoice.json", header)


def _write(document: Document, folder: Path) -> list[Path]:
    path = folder / f"{document.month}-{document.number}-reconciliation.csv"
    path.write_bytes(reconciliation_csv(document.rows, invoice=document.number))
    return [path]


def _write_legacy(partner: Partner, document: Document, month: int, folder: Path) -> list[Path]:
    number = document.number
    stem = f"{document.month}-{number}"
    contents: dict[str, bytes] = {}
    licences, usage = [row for row in document.rows if not row.is_usage], partner.legacy_usage(month)
    if licences:
        contents["license"] = licence_csv(licences)
    if usage:
        random = Random(f"{partner.seed} legacy {month}")
        contents["usage"] = usage_csv(usage, invoice=number)
        contents["usage-daily"] = daily_csv(usage, invoice=number, random=random)
    files = []
    for name, content in contents.items():
        files.append(folder / f"{stem}-{name}.csv")
        files[-1].write_bytes(content)
    return files

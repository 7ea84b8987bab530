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
from saldo.generator.partner import Partner
from saldo.generator.reconciliation import reconciliation_csv


def write_month(partner: Partner, month: int, folder: Path) -> tuple[list[Path], int]:
    """Billed files and headers of both platforms; gives them and how many rows they bill."""
    number, when = partner.invoice(month), partner.start.plus(month)
    rows = partner.rows(month, is_legacy=False)
    total = sum((row.subtotal for row in rows), Decimal(0))
    header = invoice_header(number=number, month=when, total=total, currency=partner.currency)
    files = [
        _write(folder / f"{when}-{number}-reconciliation.csv", reconciliation_csv(rows, invoice=number)),
        write_json(folder / f"{when}-{number}-invoice.json", header),
    ]
    legacy, count = _write_legacy(partner, month, folder)
    return files + legacy, len(rows) + count


def write_usage(partner: Partner, month: int, counts: Sequence[int], folder: Path) -> list[Path]:
    """The daily file of a month; none where nobody used anything."""
    number, when = partner.invoice(month), partner.start.plus(month)
    if not sum(counts):
        return []
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


def _write_legacy(partner: Partner, month: int, folder: Path) -> tuple[list[Path], int]:
    number, when = partner.legacy_invoice(month), partner.start.plus(month)
    rows = partner.rows(month, is_legacy=True)
    if not rows:
        return [], 0
    total = sum((with_tax(row)[1] for row in rows), Decimal(0))
    stem = folder / f"{when}-{number}"
    header = invoice_header(number=number, month=when, total=total, currency=partner.currency, is_legacy=True)
    files = [write_json(Path(f"{stem}-invoice.json"), header)]
    licences, usage = [row for row in rows if not row.is_usage], partner.legacy_usage(month)
    if licences:
        files.append(_write(Path(f"{stem}-license.csv"), licence_csv(licences)))
    if usage:
        random = Random(f"{partner.seed} legacy {month}")
        files.append(_write(Path(f"{stem}-usage.csv"), usage_csv(usage, invoice=number)))
        files.append(_write(Path(f"{stem}-usage-daily.csv"), daily_csv(usage, invoice=number, random=random)))
    return files, len(rows)


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

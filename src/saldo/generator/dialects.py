"""The same rows as Microsoft's other deliveries: Graph exports, saved v1 pages, portal files of other locales.

Each function rewrites one generated portal CSV; the figures stay what they are, digit for digit.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from saldo.generator.names import guid
from saldo.generator.reconciliation import PARTNER_ID

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FIGURES = frozenset(
    {
        "UnitPrice", "Quantity", "Subtotal", "TaxTotal", "Total", "EffectiveUnitPrice", "BillableQuantity",
        "PCToBCExchangeRate", "BillingPreTaxTotal", "PricingPreTaxTotal", "PartnerEarnedCreditPercentage",
        "CreditPercentage", "Amount", "TotalOtherDiscount", "Tax", "TotalForCustomer", "ConsumedQuantity",
        "IncludedQuantity", "OverageQuantity", "ListPrice", "PretaxCharges", "TaxAmount", "PostTaxTotal",
    }
)  # fmt: skip
_CAMEL = {
    "Total": "totalForCustomer",
    "PCToBCExchangeRate": "pcToBCExchangeRate",
    "PCToBCExchangeRateDate": "pcToBCExchangeRateDate",
    "Tier2MpnId": "resellerMpnId",
    "Unit": "unitOfMeasure",
    "ResourceURI": "resourceUri",
    "PartnerEarnedCreditPercentage": "rateOfPartnerEarnedCredit",
    "CreditPercentage": "rateOfCredit",
}
_PERCENT = frozenset({"PartnerEarnedCreditPercentage", "CreditPercentage"})


def read_portal_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a generated portal file under its column names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_graph_export(path: Path, *, folder: Path, blobs: int = 2, version: str = "1") -> Path:
    """A folder as Graph delivers it: ``manifest.json`` and gzipped JSON lines, names in PascalCase (reference 10.1)."""
    rows = read_portal_csv(path)
    folder.mkdir(parents=True, exist_ok=True)
    each = -(-len(rows) // blobs)
    names = []
    for part in range(blobs):
        lines = "".join(f"{_graph_line(row)}\n" for row in rows[part * each : (part + 1) * each])
        name = f"part-{part:05d}-{hashlib.sha256(lines.encode()).hexdigest()[:8]}.c000.json.gz"
        (folder / name).write_bytes(gzip.compress(lines.encode(), mtime=0))
        names.append(name)
    invoice = rows[0].get("InvoiceNumber", "")
    manifest = {
        "id": guid_of(f"{invoice}{version}"),
        "schemaVersion": "1",
        "dataFormat": "compressedJSONLines",
        "createdDateTime": "2026-02-09T06:34:34.87Z",
        "eTag": f"{invoice}-{version}",
        "partnerTenantId": PARTNER_ID,
        "rootDirectory": f"https://billing.blob.example/export/v1/InvoiceId={invoice}/Fragment=full",
        "sasToken": "",
        "partitionType": "Default",
        "blobCount": blobs,
        "blobs": [{"name": name, "partitionValue": "default"} for name in names],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return folder


def write_v1_pages(path: Path, *, folder: Path, size: int = 2000) -> list[Path]:
    """Saved pages of the v1 API: camelCase names, quoted figures, the page's own count (reference 10.2)."""
    rows = read_portal_csv(path)
    folder.mkdir(parents=True, exist_ok=True)
    invoice = rows[0].get("InvoiceNumber", "")
    is_usage = "UsageDate" in rows[0]
    kind = "usagelineitems" if is_usage else "billinglineitems"
    base = f"/invoices/OneTime-{invoice}/lineitems?provider=onetime&invoicelineitemtype={kind}&size={size}"
    pages = []
    for number, items in enumerate(_slices(rows, size), start=1):
        links: dict[str, Any] = {"self": {"uri": base, "method": "GET", "headers": []}}
        if number * size < len(rows):
            token = {"key": "MS-ContinuationToken", "value": guid_of(f"{invoice}{number}")}
            links["next"] = {"uri": f"{base}&seekOperation=Next", "method": "GET", "headers": [token]}
        document = {
            "totalCount": len(items),
            "items": [_v1_item(row) for row in items],
            "links": links,
            "attributes": {"objectType": "Collection"},
        }
        page = folder / f"{path.stem}-page{number}.json"
        page.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        pages.append(page)
    return pages


def write_text_as(
    path: Path, *, target: Path, delimiter: str = ",", encoding: str = "utf-8", is_packed: bool = False
) -> Path:
    """The portal file with another delimiter, another encoding, or gzipped."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    content = text.getvalue().encode(encoding)
    target.write_bytes(gzip.compress(content, mtime=0) if is_packed else content)
    return target


def guid_of(text: str) -> str:
    """A GUID that the text decides."""
    return guid(Random(text))


def _graph_line(row: Mapping[str, str]) -> str:
    """One JSON object; figures as JSON numbers with every digit, empty cells as null, days in ISO."""
    pairs = []
    for name, cell in row.items():
        value = "null" if not cell else cell if name in _FIGURES else json.dumps(_iso(cell), ensure_ascii=False)
        pairs.append(f"{json.dumps(name)}:{value}")
    return f"{{{','.join(pairs)}}}"


def _v1_item(row: Mapping[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for name, cell in row.items():
        value = str(Decimal(cell) / 100) if name in _PERCENT and cell else _iso(cell)
        item[_CAMEL.get(name, name[0].lower() + name[1:])] = value
    if "usageDate" in item:
        return item | {"invoiceLineItemType": "usage_line_items", "billingProvider": "one_time"}
    return item | {"invoiceLineItemType": "billing_line_items", "billingProvider": "one_time"}


def _iso(cell: str) -> str:
    found = _AMERICAN.fullmatch(cell)
    return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}T00:00:00Z" if found else cell


def _slices(rows: Sequence[dict[str, str]], size: int) -> Iterator[Sequence[dict[str, str]]]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]

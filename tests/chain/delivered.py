"""One month's files of Microsoft, as they lie in a folder and may be damaged before anybody imports them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

BOM = "﻿"
Row = dict[str, str]

ENDS = {
    "charges": "-reconciliation.csv",
    "days": "-daily-usage.csv",
    "licences": "-license.csv",
    "usage": "-usage.csv",
    "usage-days": "-usage-daily.csv",
}
MONEY = {
    "charges": ("Subtotal", "Total"),
    "licences": ("Subtotal", "TotalForCustomer"),
    "usage": ("PretaxCharges", "PostTaxTotal"),
}
"""What a row comes to, before and with tax."""


class Delivered:
    """The files by what they hold; ``random`` chooses the place of a fault."""

    def __init__(self, paths: Sequence[Path], *, folder: Path, random: Random) -> None:
        folder.mkdir(parents=True)
        self.random = random
        self.folder = folder
        self.paths = []
        for path in paths:
            copy = folder / path.name
            copy.write_bytes(path.read_bytes())
            self.paths.append(copy)
        self.originals = tuple(self.paths)

    def path(self, what: str) -> Path:
        """The one file of a kind."""
        ends = ENDS[what]
        found = [path for path in self.originals if path.name.endswith(ends)]
        if what == "usage":
            found = [path for path in found if not path.name.endswith(ENDS["days"])]
        (path,) = found
        return path

    def document(self, what: str) -> str:
        """The number of the document that a kind of file belongs to."""
        return self.path(what).name.split("-")[2]

    def header(self, what: str) -> Path:
        """The header of that document."""
        return next(path for path in self.originals if path.name.endswith(f"{self.document(what)}-invoice.json"))

    def rows(self, what: str) -> list[Row]:
        """All rows of a file."""
        return list(csv.DictReader(io.StringIO(self.path(what).read_text("utf-8-sig"))))

    def write(self, what: str, rows: Sequence[Row], *, path: Path | None = None) -> Path:
        """Write rows back, or beside as another file."""
        out = io.StringIO()
        sheet = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
        sheet.writeheader()
        sheet.writerows(rows)
        target = path or self.path(what)
        target.write_bytes((BOM + out.getvalue()).encode())
        return target

    def pick(self, what: str, fits: Callable[[Row], bool] = lambda row: True) -> tuple[list[Row], int]:
        """All rows and the place of one of them that fits and comes to something."""
        rows = self.rows(what)
        named = MONEY.get(what)
        places = [
            place for place, row in enumerate(rows) if fits(row) and (not named or abs(Decimal(row[named[0]])) >= 1)
        ]
        return rows, self.random.choice(places)

    def change_header(self, what: str, **changes: str) -> None:
        """Change fields of a header."""
        path = self.header(what)
        path.write_text(json.dumps(json.loads(path.read_text()) | changes), encoding="utf-8")

    def total(self, what: str) -> Decimal:
        """What a header charges."""
        return Decimal(json.loads(self.header(what).read_text())["totalCharges"])

    def drop(self, path: Path) -> None:
        """A file never comes."""
        self.paths.remove(path)

    def add(self, name: str, content: bytes) -> Path:
        """One more file comes, after the others."""
        path = self.folder / name
        path.write_bytes(content)
        self.paths.append(path)
        return path

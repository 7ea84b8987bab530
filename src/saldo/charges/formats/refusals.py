"""Why a file is not read at all."""

from __future__ import annotations

from saldo.core.problems import Refused


class UnableToReadFile(Refused):
    """A file that is none of Microsoft's, or is damaged: it is refused whole, and nothing changes.

    Codes: charges.file.empty, .missing, .binary, .html, .zip, .not-utf8, .damaged-gzip, .too-large, .endless-line,
    .unknown-kind, .missing-column, .doubled-column, .bad-json, .bad-header, .missing-part, .no-rows, .bad-structure,
    .bad-cell, .several-documents, .too-large-sum, .unstorable.
    """

"""The landed text as a relation of texts under canonical names: CSV by position, JSON lines by key."""

from __future__ import annotations

import json

from saldo.charges.formats.shape import Part
from saldo.charges.store.engine import literal, name

MAX_LINE = 4 << 20

# A figure becomes a text before the JSON is read: the reader would pass it through a binary fraction and lose digits.
# Quotation marks inside a text follow a backslash, and a text that begins with a colon stands behind one itself, or
# behind a blank, a comma or a bracket: what is left before the colon is the end of a key.
_FIGURES_AS_TEXT = r"""regexp_replace(line, '([^\\:,\[{\s]"\s*:\s*)(-?[0-9][-+.0-9eE]*)(\s*[,}])', '\1"\2"\3', 'g')"""


def as_texts(part: Part) -> str:
    """SQL that reads a part with every cell as text, in the order of its rows; a blank cell is NULL.

    A row with too few or too many columns, a quote that never closes or text that is not UTF-8 raises: the file is
    refused, never read in part.
    """
    if part.format == "csv":
        columns = ", ".join(f"{literal(part.columns[seen])}: 'VARCHAR'" for seen in part.header)
        return (
            f"SELECT * FROM read_csv({literal(str(part.landed))}, auto_detect = false, header = true,"
            f" delim = {literal(part.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, nullstr = '',"
            f" max_line_size = {MAX_LINE}, columns = {{{columns}}})"
        )
    shape = literal(json.dumps(dict.fromkeys(part.header, "VARCHAR"), ensure_ascii=False))
    wanted = ", ".join(f"NULLIF(told.{name(seen)}, '') AS {name(part.columns[seen])}" for seen in part.header)
    return f"SELECT {wanted} FROM (SELECT json_transform({_FIGURES_AS_TEXT}, {shape}) AS told FROM ({lines_of(part)}))"


def lines_of(part: Part) -> str:
    """SQL that gives the lines of a part of JSON lines as they came; blank ones are none."""
    return (
        f"SELECT line FROM read_csv({literal(str(part.landed))}, auto_detect = false, header = false, delim = '\x01',"
        f" quote = '', escape = '', strict_mode = false, max_line_size = {MAX_LINE}, columns = {{'line': 'VARCHAR'}})"
        " WHERE trim(line) <> ''"
    )

"""The landed text as a relation of texts under canonical names: CSV by position, JSON lines by key."""

from __future__ import annotations

from saldo.charges.formats.shape import Part
from saldo.charges.store.engine import literal, name

MAX_LINE = 4 << 20


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
    columns = ", ".join(f"{literal(seen)}: 'VARCHAR'" for seen in part.header)
    wanted = ", ".join(f"NULLIF({name(seen)}, '') AS {name(part.columns[seen])}" for seen in part.header)
    return (
        f"SELECT {wanted} FROM read_json({literal(str(part.landed))}, format = 'newline_delimited',"
        f" maximum_object_size = {MAX_LINE}, columns = {{{columns}}})"
    )

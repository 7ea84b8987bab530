"""Files as they should never arrive: each mutation takes a good file's bytes and does to them what the world does."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from random import Random

Table = list[list[str]]
Mutation = Callable[[bytes, Random], bytes]


def text_of(content: bytes) -> str:
    """The text of a good portal file."""
    return content.decode("utf-8-sig")


def table_of(content: bytes) -> Table:
    """The header and rows of a good portal file."""
    return list(csv.reader(io.StringIO(text_of(content), newline="")))


def as_bytes(table: Sequence[Sequence[str]], *, delimiter: str = ",", line_end: str = "\n") -> bytes:
    """A table as a portal file, only with other habits."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(table)
    return text.getvalue().encode()


def _column(table: Table, name: str) -> int:
    return table[0].index(name)


def money_column(table: Table) -> int:
    """Where the amounts before tax stand."""
    return next(i for i, name in enumerate(table[0]) if name in {"Subtotal", "BillingPreTaxTotal", "PretaxCharges"})


def _with_amount(content: bytes, random: Random, write: Callable[[str], str]) -> bytes:
    table = table_of(content)
    place = money_column(table)
    row = table[random.randrange(1, len(table))]
    row[place] = write(row[place])
    return as_bytes(table)


def cut_anywhere(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def cut_in_the_last_row(content: bytes, random: Random) -> bytes:
    return content[: len(content) - random.randrange(1, 200)]


def column_dropped(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    gone = random.randrange(len(table[0]))
    return as_bytes([row[:gone] + row[gone + 1 :] for row in table])


def column_doubled(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    twice = random.randrange(len(table[0]))
    return as_bytes([[*row, row[twice]] for row in table])


def cell_dropped(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[random.randrange(1, len(table))].pop()
    return as_bytes(table)


def cell_added(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[random.randrange(1, len(table))].append("more")
    return as_bytes(table)


def columns_shuffled(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    order = random.sample(range(len(table[0])), len(table[0]))
    return as_bytes([[row[place] for place in order] for row in table])


def header_case_shuffled(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[0] = ["".join(random.choice((c.lower(), c.upper())) for c in name) for name in table[0]]
    return as_bytes(table)


def header_renamed(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[0][random.randrange(len(table[0]))] = "Renamed"
    return as_bytes(table)


def header_gone(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content)[1:])


def header_alone(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content)[:1])


def own_names_as_columns(content: bytes, random: Random) -> bytes:
    names = [
        "file_row_number",
        "saldo_problems",
        "saldo_row",
        "saldo:Quantity",
        "saldo_I10",
        'a"b',
        "x'); --",
        "filename",
    ]
    table = table_of(content)
    return as_bytes([[*row, random.choice(names) if number == 0 else "1"] for number, row in enumerate(table)])


def semicolons(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content), delimiter=";")


def tabs(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content), delimiter="\t")


def bars(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content), delimiter="|")


def windows_line_ends(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content), line_end="\r\n")


def old_line_ends(content: bytes, random: Random) -> bytes:
    return as_bytes(table_of(content), line_end="\r")


def utf16(content: bytes, random: Random) -> bytes:
    return text_of(content).encode(random.choice(("utf-16", "utf-16-le", "utf-16-be")))


def utf16_cut(content: bytes, random: Random) -> bytes:
    whole = text_of(content).encode("utf-16")
    return whole[: random.randrange(2, len(whole)) | 1]


def latin1(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[random.randrange(1, len(table))][_column(table, table[0][1])] = "Fjällbyte"
    return as_bytes(table).decode().encode("latin-1", errors="replace")


def byte_changed(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def bytes_lost(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content))
    return content[:place] + content[place + random.randrange(1, 3000) :]


def zeros_inside(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content))
    return content[:place] + bytes(random.randrange(1, 64)) + content[place:]


def noise(content: bytes, random: Random) -> bytes:
    return random.choice((b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n")) + random.randbytes(random.randrange(1, 20_000))


def empty(content: bytes, random: Random) -> bytes:
    return random.choice((b"", b"\n\n\n", b"   ", b"\xef\xbb\xbf", b"\xff\xfe"))


def error_page(content: bytes, random: Random) -> bytes:
    page = b"<!DOCTYPE html><html><head><title>503</title></head><body>Service Unavailable</body></html>"
    return random.choice(
        (page, b"\xef\xbb\xbf  " + page, b'<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code></Error>')
    )


def endless_line(content: bytes, random: Random) -> bytes:
    start = b"" if random.random() < 0.5 else as_bytes(table_of(content)[:1])
    return start + b"a" * (5 << 20)


def packed(content: bytes, random: Random) -> bytes:
    return gzip.compress(content, mtime=0)


def packed_in_members(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content))
    return gzip.compress(content[:place], mtime=0) + gzip.compress(content[place:], mtime=0)


def packed_and_cut(content: bytes, random: Random) -> bytes:
    whole = gzip.compress(content, mtime=0)
    return whole[: random.randrange(3, len(whole))]


def packed_and_damaged(content: bytes, random: Random) -> bytes:
    return byte_changed(gzip.compress(content, mtime=0), random)


def packed_bomb(content: bytes, random: Random) -> bytes:
    return gzip.compress(content + b"\n" * (64 << 20), mtime=0)


def packed_twice(content: bytes, random: Random) -> bytes:
    return gzip.compress(gzip.compress(content, mtime=0), mtime=0)


def zipped(content: bytes, random: Random) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inside:
        inside.writestr("file.csv", content)
    return archive.getvalue()


def open_quote(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    place = random.randrange(1, len(lines) - 1)
    cells = lines[place].split(b",")
    cells[random.randrange(len(cells))] = b'"open'
    lines[place] = b",".join(cells)
    return b"\n".join(lines)


def pasted_twice(content: bytes, random: Random) -> bytes:
    return content + as_bytes(table_of(content))


def rows_doubled(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    return as_bytes([*table, *table[1:]])


def blank_lines(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    lines.insert(random.randrange(1, len(lines)), b"")
    return b"\n".join(lines) + b"\n" * random.randrange(4)


def last_words(content: bytes, random: Random) -> bytes:
    return content + random.choice((b"Total rows: 17\n", b"--\n", b"\x1a"))


def amount_in_words(content: bytes, random: Random) -> bytes:
    odd = (
        "much",
        "",
        "1,250.00",
        "12,50",
        " 5",
        "+5",
        "1_000",
        "NaN",
        "=1+1",
        "1e999",
        "9" * 30,
        "0.1234567890123456789",
    )
    return _with_amount(content, random, lambda amount: random.choice(odd))


def amount_with_exponent(content: bytes, random: Random) -> bytes:
    return _with_amount(
        content, random, lambda amount: random.choice(("1.2E2", "5e0", "-1.25e+1", "4.50000000000000000000"))
    )


def amount_beyond_money(content: bytes, random: Random) -> bytes:
    return _with_amount(
        content, random, lambda amount: random.choice(("99999999999999999999", "1e19", "0.001", "-0.005"))
    )


def another_currency(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    place = next(i for i, name in enumerate(table[0]) if name in {"Currency", "BillingCurrency"})
    table[random.randrange(1, len(table))][place] = random.choice(("EUR", "JPY", "", "KRONOR", "sek "))
    return as_bytes(table)


def another_invoice(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[random.randrange(1, len(table))][_column(table, "InvoiceNumber")] = "G999999999"
    return as_bytes(table)


def days_of_nowhere(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    for place in (i for i, name in enumerate(table[0]) if name.endswith("Date")):
        table[random.randrange(1, len(table))][place] = random.choice(
            ("31.12.2026", "2026-02-30", "soon", "12/31/0000")
        )
    return as_bytes(table)


def long_cell(content: bytes, random: Random) -> bytes:
    table = table_of(content)
    table[random.randrange(1, len(table))][0] = "å" * random.choice((70_000, 3 << 20))
    return as_bytes(table)


def saved_answer(content: bytes, random: Random) -> bytes:
    header, *rows = table_of(content)
    items = [{name[0].lower() + name[1:]: cell for name, cell in zip(header, row, strict=True)} for row in rows]
    return json.dumps({"totalCount": len(items), "items": items, "links": {}}).encode()


def saved_answer_cut(content: bytes, random: Random) -> bytes:
    return cut_anywhere(saved_answer(content, random), random)


def saved_answer_changed(content: bytes, random: Random) -> bytes:
    return byte_changed(saved_answer(content, random), random)


def other_json(content: bytes, random: Random) -> bytes:
    found = (
        '{"items": null}',
        "[]",
        "{}",
        "[1, 2]",
        '{"items": [{}]}',
        '"text"',
        "[[[[",
        "[" * 100_000,
        '{"a": NaN}',
        "{]",
    )
    return random.choice(found).encode()


def json_lines_cut(content: bytes, random: Random) -> bytes:
    header, *rows = table_of(content)
    lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    text = "\n".join(lines).encode()
    return text[: random.randrange(len(text) // 2, len(text) + 1)]


MUTATIONS: dict[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        *(
            cut_anywhere,
            cut_in_the_last_row,
            column_dropped,
            column_doubled,
            cell_dropped,
            cell_added,
            columns_shuffled,
        ),
        *(
            header_case_shuffled,
            header_renamed,
            header_gone,
            header_alone,
            own_names_as_columns,
            semicolons,
            tabs,
            bars,
        ),
        *(windows_line_ends, old_line_ends, utf16, utf16_cut, latin1, byte_changed, bytes_lost, zeros_inside, noise),
        *(empty, error_page, endless_line, packed, packed_in_members, packed_and_cut, packed_and_damaged, packed_bomb),
        *(packed_twice, zipped, open_quote, pasted_twice, rows_doubled, blank_lines, last_words, amount_in_words),
        *(amount_with_exponent, amount_beyond_money, another_currency, another_invoice, days_of_nowhere, long_cell),
        *(saved_answer, saved_answer_cut, saved_answer_changed, other_json, json_lines_cut),
    )
}

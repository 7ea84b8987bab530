"""Landing a file: its bytes become plain UTF-8 that the engine can read, and their hash its name.

Plain UTF-8 is read where it lies; only compressed, UTF-16 or JSON-document files are written anew, streaming.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from saldo.charges.formats.refusals import UnableToReadFile
from saldo.core.identity import FileId

CHUNK = 1 << 20
HEAD = 1 << 18
MAX_UNPACKED = 64 << 30  # a month of the largest partner is some tens of gigabytes
MAX_RATIO = 250  # honest daily usage packs about 1 to 5; a bomb 1 to 1,000
_GZIP = b"\x1f\x8b"
_GZIP_BITS = 31
_PIECE = 8 * CHUNK
_ZIP = b"PK\x03\x04"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A file ready to be looked into: where its UTF-8 text lies, and the first of it."""

    name: str
    sha256: FileId
    text: Path
    head: str

    @property
    def is_json(self) -> bool:
        """Whether the text begins as JSON does."""
        return self.head.lstrip()[:1] in {"{", "["}


def land(path: Path, *, folder: Path, name: str | None = None) -> Landed:
    """Make a file readable; ``folder`` takes what must be written anew.

    Refuses (UnableToReadFile): missing, empty, binary, html, zip, damaged-gzip, too-large, not-utf8.
    """
    if not os.path.isfile(path):
        raise UnableToReadFile(code="charges.file.missing", facts={"file": str(path)})
    shown = name or str(path)
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnableToReadFile(code="charges.file.empty", facts={"file": shown})
    if start == _ZIP:
        raise UnableToReadFile(code="charges.file.zip", facts={"file": shown})
    is_packed = start[:2] == _GZIP
    head = _head(path, is_packed=is_packed, shown=shown)
    encoding = _encoding(head, shown)
    if not is_packed and encoding in {"utf-8", "utf-8-sig"}:
        digest, text = _hash(path), path
    else:
        digest, text = _write_anew(path, folder=folder, is_packed=is_packed, encoding=encoding, shown=shown)
    return Landed(name=shown, sha256=FileId(digest), text=text, head=_decode_head(head, encoding, shown))


def _head(path: Path, *, is_packed: bool, shown: str) -> bytes:
    with path.open("rb") as file:
        if not is_packed:
            return file.read(HEAD)
        unpacked = b""
        for chunk in _unpack(iter(lambda: file.read(CHUNK), b""), shown):
            unpacked += chunk
            if len(unpacked) >= HEAD:
                break
        return unpacked[:HEAD]


def _encoding(head: bytes, shown: str) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    sample = head[:4096]
    if not sample.strip():
        raise UnableToReadFile(code="charges.file.empty", facts={"file": shown})
    zeros = sample.count(b"\x00")
    if zeros > len(sample) // 4:  # UTF-16 without its mark: every other byte of Latin text is zero
        return "utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be"
    if zeros:
        raise UnableToReadFile(code="charges.file.binary", facts={"file": shown})
    if sample.lstrip()[:1] == b"<":
        raise UnableToReadFile(code="charges.file.html", facts={"file": shown})
    return "utf-8"


def _decode_head(head: bytes, encoding: str, shown: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        return decoder.decode(head, final=False)
    except UnicodeDecodeError as fault:
        place = head[: fault.start].count(b"\n")
        raise UnableToReadFile(
            code="charges.file.not-utf8",
            facts={"file": shown, "row": place, "seen": head[fault.start : fault.start + 1].hex()},
        ) from fault


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_anew(path: Path, *, folder: Path, is_packed: bool, encoding: str, shown: str) -> tuple[str, Path]:
    digest = hashlib.sha256()
    folder.mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, _new_text(folder) as text:
        chunks = _hashing(iter(lambda: source.read(CHUNK), b""), digest)
        try:
            for chunk in _unpack(chunks, shown) if is_packed else chunks:
                text.write(decoder.decode(chunk))
            text.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as fault:
            raise UnableToReadFile(
                code="charges.file.not-utf8",
                facts={"file": shown, "row": 0, "seen": fault.object[fault.start :][:1].hex()},
            ) from fault
    return digest.hexdigest(), Path(text.name)


def _new_text(folder: Path) -> IO[str]:
    return tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=folder, suffix=".utf8", delete=False)


def _hashing(chunks: Iterator[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _unpack(chunks: Iterator[bytes], shown: str) -> Iterator[bytes]:
    """Gunzip a stream, member after member; a bomb or a cut ends it."""
    members = _Members(shown)
    packed = unpacked = 0
    for chunk in chunks:
        packed += len(chunk)
        for plain in members.unpack(chunk):
            unpacked += len(plain)
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed + HEAD:
                raise UnableToReadFile(code="charges.file.too-large", facts={"file": shown, "times": MAX_RATIO})
            yield plain
    if members.is_inside_one:
        raise UnableToReadFile(code="charges.file.damaged-gzip", facts={"file": shown})


class _Members:
    """The members of a gzip file, of which there may be several, one behind the other."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._unpacker = zlib.decompressobj(wbits=_GZIP_BITS)
        self.is_inside_one = False

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        """What one chunk unpacks to, in bounded pieces."""
        is_full = True
        while chunk or is_full:
            try:
                plain = self._unpacker.decompress(chunk, _PIECE)
            except zlib.error as fault:
                raise UnableToReadFile(code="charges.file.damaged-gzip", facts={"file": self._shown}) from fault
            if self._unpacker.eof:
                chunk, self._unpacker = self._unpacker.unused_data, zlib.decompressobj(wbits=_GZIP_BITS)
                self.is_inside_one = is_full = False
            else:
                chunk = self._unpacker.unconsumed_tail
                self.is_inside_one, is_full = True, len(plain) == _PIECE
            yield plain

"""From paths to deliveries: what a person dropped, grouped into Microsoft's documents, by content and not by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from saldo.charges.formats.csv_files import read_portal_file
from saldo.charges.formats.graph_folders import Export, is_manifest, read_manifest
from saldo.charges.formats.json_files import HeaderFile, Page, read_json_file
from saldo.charges.formats.landing import Landed, land
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery, Part
from saldo.charges.rules.line import Kind

_NUMBERED = re.compile(r"(.*?)[-_. ]*(?:page|part)?[-_. ]*(?:\d+|\(\d+\))$", re.IGNORECASE)
_MONTH = re.compile(r"(?:19|20)\d\d[-_. ]?(?:0[1-9]|1[0-2])$")
_INVOICE_IN_FOLDER = re.compile(r"InvoiceId=([A-Z]\w+)", re.IGNORECASE)
_HIDDEN = (".", "__")
_TRUTH = re.compile(rb'\s*\{\s*"seed": \d+,\s*"start": "\d{4}-\d{2}"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file that was refused before anything of it was typed."""

    name: str
    refusal: UnableToReadFile


Found = Delivery | HeaderFile | Unread


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files below the given paths, folders walked in order of names.

    Left out of folders are hidden files and the answers that `saldo generate` lays beside its files.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if os.path.isdir(path):  # a path that no file can have is none
            found |= dict.fromkeys(file for file in sorted(path.rglob("*")) if _is_for_import(file, within=path))
        else:
            found[path] = None
    return tuple(found)


def _is_for_import(file: Path, *, within: Path) -> bool:
    if not file.is_file() or any(part.startswith(_HIDDEN) for part in file.relative_to(within).parts):
        return False
    return file.name != "truth.json" or not _TRUTH.match(_beginning(file))


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(200)


def recognise(files: Sequence[Path], *, folder: Path) -> Iterator[Found]:
    """The deliveries among some files, in their order; a file of no known kind or damaged is an `Unread`.

    ``folder`` takes what must be written anew (unpacked, turned into UTF-8); the caller removes it afterwards.
    """
    exports, files = _exports(files)
    blobs = {blob for export in exports if isinstance(export, Export) for blob in export.blobs}
    for export in exports:
        yield _export(export, folder=folder) if isinstance(export, Export) else export
    pages: dict[tuple[str, ...], list[Page]] = {}
    for path in files:
        if path in blobs:
            continue
        for found in _look_into(path, folder=folder):
            if isinstance(found, Page):
                pages.setdefault(_set_of(path, found), []).append(found)
            else:
                yield found
    for members in pages.values():
        yield _delivery(members)


def _look_into(path: Path, *, folder: Path) -> Iterator[Found | Page]:
    try:
        landed = land(path, folder=folder)
        if landed.is_json:
            yield read_json_file(landed, folder=folder)
        else:
            yield from read_portal_file(landed, folder=folder)
    except UnableToReadFile as refusal:
        yield Unread(name=str(path), refusal=refusal)
    except OSError as fault:
        facts = {"file": str(path), "seen": fault.strerror or ""}
        yield Unread(name=str(path), refusal=UnableToReadFile(code="charges.file.missing", facts=facts))


def _exports(files: Sequence[Path]) -> tuple[list[Export | Unread], list[Path]]:
    exports: list[Export | Unread] = []
    rest: list[Path] = []
    for path in files:
        if not os.path.isfile(path) or not is_manifest(path):
            rest.append(path)
            continue
        try:
            exports.append(read_manifest(path))
        except UnableToReadFile as refusal:
            exports.append(Unread(name=str(path), refusal=refusal))
    return exports, rest


def _export(export: Export, *, folder: Path) -> Found:
    """One delivery of all blobs; blobs may be packed without saying so, and hold JSON lines, an array or CSV."""
    parts: list[Part] = []
    kind: Kind | None = None
    for blob in export.blobs:
        for found in _look_into(blob, folder=folder):
            if isinstance(found, Unread):
                return found
            if isinstance(found, HeaderFile):
                return _unknown(found.landed)
            delivery = _delivery([found]) if isinstance(found, Page) else found
            kind = kind or delivery.kind
            if delivery.kind != kind:
                return _of_two_kinds(delivery, kind)
            parts += delivery.parts
    assert kind is not None  # a manifest without blobs was refused when it was read
    found_in_address = _INVOICE_IN_FOLDER.search(export.address)
    return Delivery(
        kind=kind,
        source="graph-export",
        parts=tuple(parts),
        document=found_in_address[1] if found_in_address else "",
        version=export.version,
    )


def _unknown(landed: Landed) -> Unread:
    facts = {"file": landed.name, "seen": landed.head[:80]}
    return Unread(name=landed.name, refusal=UnableToReadFile(code="charges.file.unknown-kind", facts=facts))


def _of_two_kinds(delivery: Delivery, kind: Kind) -> Unread:
    name = delivery.parts[0].name
    facts = {"file": name, "seen": f"{kind}, {delivery.kind}"}
    return Unread(name=name, refusal=UnableToReadFile(code="charges.file.several-documents", facts=facts))


def _delivery(pages: Sequence[Page]) -> Delivery:
    return Delivery(
        kind=pages[0].shape.kind,
        source="v1-pages",
        parts=tuple(page.part for page in pages),
        document=pages[0].document,
    )


def _set_of(path: Path, page: Page) -> tuple[str, ...]:
    """Pages belong together when they lie in one folder, are of one kind and invoice, and are numbered alike.

    A month at the end of a name is no number of a page. The first page that a browser saved has no number: it belongs
    to the others when its addresses say that there are more.
    """
    name = path.name.split(".")[0]
    numbered = None if _MONTH.search(name) else _NUMBERED.fullmatch(name)
    stem = numbered[1] if numbered else name if page.is_one_of_many else path.name
    return (str(path.parent), page.shape.kind, page.document, stem)

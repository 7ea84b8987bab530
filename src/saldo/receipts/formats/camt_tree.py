"""Walking a camt message without caring for its version's namespace."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element


def only_local_names(root: Element) -> None:
    """Cut the namespace from every element's name."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = element.tag.rpartition("}")[2]


def at(element: Element | None, path: str) -> Element | None:
    """The first element at a path, or None."""
    return None if element is None else element.find(path)


def every(element: Element | None, path: str) -> Iterator[Element]:
    """All elements at a path, in order."""
    return iter(() if element is None else element.findall(path))


def said(element: Element | None, path: str) -> str:
    """The words at a path with single spaces, or nothing."""
    found = at(element, path)
    return " ".join((found.text or "").split()) if found is not None else ""

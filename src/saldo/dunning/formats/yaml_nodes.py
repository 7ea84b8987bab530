"""YAML as nodes that know their line: every scalar is text, nothing is guessed, nothing is referred to or constructed.

``no`` is a country here and ``on`` a key: the types that YAML would see in them are never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from saldo.core.problems import as_seen

MOST_BYTES = 64 * 1024
MOST_NODES = 8_000
MOST_DEPTH = 8
_MOST_SEEN = 60
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a text, and where: line and column count from 1; ``seen`` is what stands there."""

    code: str
    line: int
    column: int
    seen: str = ""


@dataclass(slots=True)
class Reading:
    """The faults found so far; every way of asking for a value gives one even where the text does not."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: yaml.Node, code: str, seen: str | None = None) -> None:
        """Note a fault where a node begins; without ``seen`` the node's own text is shown."""
        if seen is None:
            seen = node.value if isinstance(node, yaml.ScalarNode) else str(getattr(node, "id", ""))
        self.faults.append(fault_at(code, node.start_mark, seen))

    def text(self, node: yaml.Node) -> str:
        """The text of a scalar; empty, with a fault, for anything else."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.fault(node, "dunning.text.wrong-shape")
        return ""

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """The nodes of a list; none, with a fault, for anything else."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.fault(node, "dunning.text.wrong-shape")
        return []

    def pairs(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key and value nodes of a mapping by key; a key that comes twice is a fault, and the first stands."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "dunning.text.wrong-shape")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = self.text(key_node)
            if key in found:
                self.fault(key_node, "dunning.text.duplicate-key")
            found.setdefault(key, (key_node, value))
        return found

    def mapping(self, node: yaml.Node, *, known: frozenset[str], needed: frozenset[str]) -> Mapping[str, yaml.Node]:
        """The values of a mapping whose keys are all known; a key that is needed and absent is a fault."""
        found = self.pairs(node)
        for key, (key_node, _) in found.items():
            if key not in known:
                self.fault(key_node, "dunning.text.unknown-key")
        if isinstance(node, yaml.MappingNode):
            for key in sorted(needed - found.keys()):
                self.fault(node, "dunning.text.missing-key", key)
        return {key: value for key, (_, value) in found.items() if key in known}


def fault_at(code: str, mark: Any, seen: str = "") -> Fault:
    """A fault at a mark of the parser; at the beginning when there is none."""
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Fault(code, line, column, as_seen(seen)[:_MOST_SEEN])


def root_of(text: str) -> yaml.Node | Fault:
    """The one document of a text as nodes, or the fault that keeps it from being read at all.

    Refused: more than 64 KB, anything that is not YAML, several documents or none, anchors, aliases and tags,
    and what is nested or repeated beyond what any policy needs.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return Fault("dunning.text.too-large", 1, 1)
    try:
        fault = _forbidden(text)
        if fault is not None:
            return fault
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return fault_at("dunning.text.not-yaml", error.problem_mark or error.context_mark, error.problem or "")
    except (yaml.YAMLError, ValueError):
        return Fault("dunning.text.not-yaml", 1, 1)
    return root if root is not None else Fault("dunning.text.not-yaml", 1, 1)


def _forbidden(text: str) -> Fault | None:
    """The first event that a policy may not contain; read as a stream, before anything is built."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return fault_at("dunning.text.anchor", event.start_mark, str(getattr(event, "anchor", "")))
        if getattr(event, "tag", None):
            return fault_at("dunning.text.tag", event.start_mark, getattr(event, "tag", ""))
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            return fault_at("dunning.text.too-deep", event.start_mark)
    return None

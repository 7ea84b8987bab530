"""A form as its page draws it: fields with their faults, and the refusal of the whole above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from saldo.desk.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields in their order; ``fault`` is about the form as a whole."""

    fields: tuple[Field, ...]
    fault: str = ""

    @property
    def faulty(self) -> tuple[Field, ...]:
        """The fields that something is wrong with."""
        return tuple(field for field in self.fields if field.fault)

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.faulty)


def form_of(fields: Iterable[Field], said: Mapping[str, str] | None, faults: Mapping[str, str]) -> Form:
    """The fields with what was said in them, so that nothing is lost, and with what is wrong with each."""
    drawn = [
        replace(
            field,
            value=field.value if said is None else said.get(field.name, ""),
            fault=faults.get(field.name, ""),
        )
        for field in fields
    ]
    known = {field.name for field in drawn}
    rest = [fault for name, fault in faults.items() if name not in known]
    return Form(fields=tuple(drawn), fault=" ".join(rest))

"""Whose the items of the old book are: debtors known here by number, name or VAT id, and those the file brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from saldo.core.identity import CompanyId
from saldo.ledger.rules.opening_rows import RowFault
from saldo.parties.billing_actions import add_debtor
from saldo.parties.debtors import list_debtors, map_tenants
from saldo.parties.queries import name_customers
from saldo.parties.rules.debtor_fields import read_debtor

_NEW = "new:"  # before what the file calls a debtor that has no number yet


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDebtor:
    """Whose a row is; ``number`` is provisional for one that is made with the file."""

    number: str = ""
    name: str = ""
    is_new: bool = False
    faults: tuple[RowFault, ...] = ()


@dataclass(slots=True)
class OldDebtors:
    """The debtors of a file: who is known, by what they are called, and who is new."""

    names: Mapping[str, str]
    called: tuple[Mapping[str, tuple[str, ...]], ...]
    new: dict[str, dict[str, str]] = field(default_factory=dict)

    def find(self, cells: Mapping[str, str]) -> FoundDebtor:
        """Who the row means: number, exact name, VAT id, or name or id of a tenant; else who it describes."""
        said = " ".join(cells.get("debtor", "").split())
        for key in (said, bare_vat(said), said.lower()):
            for called in self.called:
                numbers = called.get(key, ())
                if len(numbers) > 1:
                    facts = {"debtor": said, "numbers": ", ".join(numbers[:20])}
                    fault = RowFault(column="debtor", code="parties.debtor.several", seen=said, facts=facts)
                    return FoundDebtor(faults=(fault,))
                if numbers:
                    return FoundDebtor(number=numbers[0], name=self.names[numbers[0]])
        return self._describe(said, cells)

    def _describe(self, said: str, cells: Mapping[str, str]) -> FoundDebtor:
        fields = {name: " ".join(cells.get(name, "").split()) for name in ("name", "country", "vat_id")}
        if not fields["name"] or not fields["country"]:
            return FoundDebtor(faults=(RowFault(column="debtor", code="ledger.opening.unknown-debtor", seen=said),))
        faults = tuple(
            RowFault(column=fault.field, code=fault.code, seen=fault.seen, facts={"field": fault.field})
            for fault in read_debtor(said=fields).faults
        )
        before = self.new.setdefault(_NEW + said, fields)
        if before != fields:
            faults += (RowFault(column="name", code="ledger.opening.other-debtor", seen=fields["name"]),)
        return FoundDebtor(number=_NEW + said, name=fields["name"], is_new=True, faults=faults)


def bare_vat(text: str) -> str:
    """A VAT id as it is compared: letters and digits only, upper case."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def load_debtors(*, company: CompanyId) -> OldDebtors:
    """Every debtor of the company, by all that a file may call it."""
    debtors = list_debtors(company=company)
    tenants = map_tenants(company=company)
    of_tenants = name_customers(company=company, keys=tenants) if tenants else {}
    called = (
        _index((debtor.number, debtor.number) for debtor in debtors),
        _index((debtor.name, debtor.number) for debtor in debtors),
        _index((bare_vat(debtor.vat_id), debtor.number) for debtor in debtors),
        _index((name, tenants[tenant]) for tenant, name in of_tenants.items()),
        _index((str(tenant), number) for tenant, number in tenants.items()),
    )
    return OldDebtors(names={debtor.number: debtor.name for debtor in debtors}, called=called)


def write_debtors(*, company: CompanyId, debtors: OldDebtors, by: str, at: datetime) -> dict[str, str]:
    """Write down the debtors that the file brings; their numbers by the provisional ones.

    What the file calls a debtor is its number, unless that is its name or VAT id. Refuses (UnableToEdit).
    """
    made = {}
    for called, fields in debtors.new.items():
        said = called.removeprefix(_NEW)
        is_number = said != fields["name"] and bare_vat(said) != bare_vat(fields["vat_id"])
        made[called] = add_debtor(company=company, fields=fields, by=by, at=at, number=said if is_number else "")
    return made


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for called, number in pairs:
        if called and number not in found[called]:
            found[called].append(number)
    return {called: tuple(numbers) for called, numbers in found.items()}

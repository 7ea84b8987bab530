"""Whatever happens to a file: it is refused by name, or imported to the last digit; never something in between."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.apps import apps

from saldo.charges import models
from saldo.charges.importing import sweep_store
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult, import_paths
from saldo.generator.generation import generate
from saldo.parties.company import company_context
from tests.laws.mutants import MUTATIONS
from tests.rooms.importing import A_WORLD

ALL, QUICK = 204, len(MUTATIONS)  # four of each kind; one of each in `make test`
NET = {"subtotal", "billingpretaxtotal", "pretaxcharges"}


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A good file of each kind that carries amounts."""
    folder = tmp_path_factory.mktemp("bases")
    generate(folder=folder, customers=12, months=1, seed=11, start=Month(2026, 3), usage_rows=150)
    names = ("*reconciliation.csv", "*daily-usage.csv", "*license.csv", "*-usage.csv")
    found = [
        sorted(path for path in folder.glob(name) if name[1:] != "-usage.csv" or "daily" not in path.name)
        for name in names
    ]
    return [paths[0].read_bytes() for paths in found]


def texts_in(content: bytes) -> str:
    """The text of a delivered file as any reader would find it."""
    while content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    zeros = content[:4096].count(0)
    if zeros > len(content[:4096]) // 4:
        return content.decode("utf-16-le" if content[1] == 0 else "utf-16-be")
    return content.decode("utf-8-sig")


def amounts_in(content: bytes) -> Iterator[Decimal]:
    """Python's own reading of every amount in a delivered file, one a row."""
    text = texts_in(content)
    for row in _rows(text):
        yield Decimal(next((str(cell) for name, cell in row.items() if _plain(name) in NET and cell), "0"))


def _rows(text: str) -> Iterator[Mapping[str, Any]]:
    if text.lstrip()[:1] in {"{", "["}:
        yield from _objects(text)
        return
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    header: list[str] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
        if {_plain(name) for name in row} & NET:
            header = row
        elif any(row):
            assert len(row) == len(header)
            yield dict(zip(header, row, strict=True))


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        document = json.loads(text, parse_float=Decimal)
    except ValueError:
        yield from (json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip())
        return
    yield from document.get("items", [document])


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def catalogue() -> dict[str, list[Any]]:
    """Everything that a bill, a check or an export can see."""
    found = [model for model in apps.get_app_config("charges").get_models() if model.__name__ != "Attempt"]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in found}


def stored(store: Path) -> set[str]:
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()}


def stored_totals(company: CompanyId, taken: list[FileResult]) -> list[Decimal]:
    """What the catalogue adds each file up to, also where rows of several currencies have no total to show."""
    with company_context(company):
        parts = models.Part.objects.filter(company_id=company, sha256__in=[result.sha256 for result in taken])
        return list(parts.values_list("total", flat=True))


def check_mutant(company: CompanyId, folder: Path, content: bytes) -> list[FileResult]:
    file = folder / "mutant.csv"
    file.write_bytes(content)
    before = catalogue()
    results = list(import_paths(company=company, paths=[file], actor="test", world=A_WORLD))
    taken = [result for result in results if result.state != "refused"]
    for result in results:
        assert result.state in {"accepted", "replaced", "duplicate", "refused"}
        assert result.state != "refused" or result.code.startswith("charges.file."), result
    if not taken:
        assert catalogue() == before
    elif len(taken) == len(results):
        amounts = list(amounts_in(content))
        assert sum(result.outcome.rows for result in taken) == len(amounts)
        assert sum(stored_totals(company, taken)) == sum(amounts)
    return results


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Path:
    settings.LINE_STORE = tmp_path / "store"
    return tmp_path / "store"


def check_mutation(company: CompanyId, store: Path, folder: Path, bases: list[bytes], *, name: str, upto: int) -> None:
    """All mutants of one kind up to a number, against an installation that has the good file."""
    kinds = list(MUTATIONS)
    numbers = range(kinds.index(name), upto, len(kinds))
    chosen = {number: bases[(number + number // len(kinds)) % len(bases)] for number in numbers}
    for number, base in chosen.items():
        (folder / f"good-{number}.csv").write_bytes(base)
    good = import_paths(company=company, paths=[folder], actor="test", world=A_WORLD)
    assert {result.state for result in good} <= {"accepted", "duplicate"}
    for number, base in chosen.items():
        check_mutant(company, folder, MUTATIONS[name](base, Random(number)))
    with company_context(company):
        sweep_store(company=company, store=store)
    assert stored(store) == set(models.Part.objects.exclude(stored="").values_list("stored", flat=True))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutant_is_refused_by_name_or_imported_to_the_last_digit(name, company, store, tmp_path, bases) -> None:
    check_mutation(company, store, tmp_path, bases, name=name, upto=QUICK)


@pytest.mark.laws
@pytest.mark.parametrize("name", MUTATIONS)
def test_two_hundred_mutants_are_refused_by_name_or_imported_to_the_last_digit(
    name, company, store, tmp_path, bases
) -> None:
    check_mutation(company, store, tmp_path, bases, name=name, upto=ALL)

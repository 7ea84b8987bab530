"""The house inspects itself: floors, sizes, empty entrances, no float near money, time at the edge."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "saldo"
FILE_LINES, FUNCTION_LINES, TEST_FILE_LINES, PUBLIC_METHODS = 300, 40, 500, 7
FORBIDDEN_NAMES = {"utils", "helpers", "helper", "common", "misc", "manager", "handler", "processor", "service"}

# A shrinking list: what is longer than the house allows, and why it may be.
LONGER_BY_PERMISSION: dict[str, str] = {}


def sources(folder: Path = SOURCE) -> Iterator[Path]:
    """Python files of ours; migrations are written by a machine."""
    return (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


class TestFloors:
    def test_stairs_only_go_down(self) -> None:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def test_the_entrance_of_a_room_is_empty(self) -> None:
        rooms = [path for path in SOURCE.rglob("__init__.py") if path.parent != SOURCE and path.parent.name != "models"]
        assert [named(path) for path in rooms if path.read_text().strip()] == []

    def test_no_folder_or_file_has_a_name_that_says_nothing(self) -> None:
        assert [
            named(path) for path in sources() if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
        ] == []

    def test_the_program_starts_without_django_and_without_the_line_engine(self) -> None:
        code = "import saldo.server.entry, sys; sys.exit(bool({'django', 'duckdb'} & set(sys.modules)))"
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", check=False).returncode == 0


class TestSizes:
    def test_files_are_short(self) -> None:
        long = {named(path): len(path.read_text().splitlines()) for path in sources()}
        assert {
            name: lines for name, lines in long.items() if lines > FILE_LINES and name not in LONGER_BY_PERMISSION
        } == {}

    def test_test_files_are_short(self) -> None:
        long = {named(path): len(path.read_text().splitlines()) for path in sources(ROOT / "tests")}
        assert {name: lines for name, lines in long.items() if lines > TEST_FILE_LINES} == {}

    def test_functions_are_short(self) -> None:
        long = {
            f"{named(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
            for path in sources()
            for node in functions(path)
        }
        assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}

    def test_classes_have_few_public_methods(self) -> None:
        crowded = {}
        for path in sources():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    public = [f for f in node.body if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")]
                    plain = [f for f in public if not any("property" in ast.dump(d) for d in f.decorator_list)]
                    if len(plain) > PUBLIC_METHODS:
                        crowded[f"{named(path)}:{node.name}"] = len(plain)
        assert crowded == {}


def pure_files() -> list[Path]:
    return [path for path in sources() if "rules" in path.parts or path.is_relative_to(SOURCE / "core")]


class TestMoney:
    @pytest.mark.parametrize("path", pure_files(), ids=named)
    def test_no_float_near_money(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), (
                f"{named(path)}:{node.lineno}"
            )
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"{named(path)}:{node.lineno}"


class TestTime:
    def test_only_the_servers_clock_asks_the_machine(self) -> None:
        askers = set()
        for path in sources():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                    of = ast.unparse(node.value)
                    if of in {"datetime", "date", "timezone", "datetime.datetime", "datetime.date", "dt.datetime"}:
                        askers.add(named(path))
        assert askers == {"src/saldo/server/clock.py"}


class TestPublicFaces:
    def test_every_public_function_says_what_it_means(self) -> None:
        silent = [
            f"{named(path)}:{node.name}"
            for path in sources()
            if path.stem in {"actions", "queries"} or "rules" in path.parts or path.is_relative_to(SOURCE / "core")
            for node in ast.parse(path.read_text()).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
        assert silent == []

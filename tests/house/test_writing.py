"""Who may write records, who may read the environment, and that rules give themselves no numbers of days or money."""

from __future__ import annotations

import ast

from tests.house.test_sizes_and_floors import SOURCE, named, sources

WRITES = {
    "save",
    "create",
    "create_user",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
# By file name: the floor of actions. The line store writes rows in bulk and is a folder of its own.
WRITERS = {"actions", "people", "log", "catalogue", "versions"} | {
    *("billing_actions", "sending", "sealing", "paper_keeping", "taking_over"),
}


def calls(tree: ast.Module) -> list[tuple[int, str, str]]:
    """Line, what it is called on, and the method's name."""
    return [
        (node.lineno, ast.unparse(node.func.value), node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


class TestWriting:
    def test_only_actions_write_records(self) -> None:
        rooms_with_tables = {path.parent.name for path in (*SOURCE.glob("*/models.py"), *SOURCE.glob("*/models"))}
        strangers = [
            f"{named(path)}:{line} {on}.{method}"
            for path in sources()
            if path.relative_to(SOURCE).parts[0] in rooms_with_tables
            and path.stem not in WRITERS
            and not {"store", "actions"} & set(path.parts)
            for line, on, method in calls(ast.parse(path.read_text()))
            if method in WRITES and path.name != "models.py"
        ]
        assert strangers == []

    def test_only_the_manager_of_records_is_asked_where_records_are(self) -> None:
        """`X.objects` of our own tables appears in the rooms that own them and nowhere else."""
        strangers = [
            f"{named(path)}:{node.lineno}"
            for path in sources()
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and ast.unparse(node.value).startswith("models.")
            and not any((room / name).exists() for room in path.parents[:2] for name in ("models.py", "models"))
        ]
        assert strangers == []


class TestEnvironment:
    def test_is_read_where_an_installation_is_opened_and_nowhere_else(self) -> None:
        """Below the server nobody looks at the environment: a rule or page that needs a setting is given it."""
        readers = {
            named(path)
            for path in sources()
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        }
        below = sorted(reader for reader in readers if not reader.startswith("src/saldo/server/"))
        assert below == [
            "src/saldo/charges/store/engine.py",  # how much memory this machine gives an import
            "src/saldo/cli/demo.py",  # starts programs with an environment of their own
        ]

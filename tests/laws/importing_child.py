"""A process that imports and may be killed: ``python importing_child.py DATABASE STORE COMPANY PATH...``."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(database: str, store: str, company: str, *paths: str) -> None:
    """Import into one company; says so on its output when it begins."""
    import django
    from django.conf import settings
    from django.db import connections

    os.environ["DJANGO_SETTINGS_MODULE"] = "saldo.server.settings"
    django.setup()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = database
    settings.LINE_STORE = Path(store)

    from saldo.core.identity import CompanyId
    from saldo.flows.import_files import import_paths
    from tests.rooms.importing import A_WORLD

    sys.stdout.write("begins\n")
    sys.stdout.flush()
    import_paths(company=CompanyId(int(company)), paths=[Path(path) for path in paths], actor="test", world=A_WORLD)


if __name__ == "__main__":
    main(*sys.argv[1:])

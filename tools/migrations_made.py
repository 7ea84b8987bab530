"""Fail when a model changed and nobody wrote the migration. Needs no database."""

from __future__ import annotations

import os
import sys
import tempfile

os.environ["SALDO_HOME"] = tempfile.mkdtemp(prefix="saldo-lint-")
os.environ["DJANGO_SETTINGS_MODULE"] = "saldo.server.settings"

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

django.setup()
loader = MigrationLoader(None, ignore_no_migrations=True)
changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
ours = {name for name in changes if apps.get_app_config(name).name.startswith("saldo.")}
if ours:
    print(f"no migration yet for changes in: {', '.join(sorted(ours))}")
sys.exit(bool(ours))

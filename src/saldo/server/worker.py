"""The background worker: takes tasks from the queue, one process, until it is told to stop."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Work until SIGTERM; a task that is running is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saldo.server.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("procrastinate", "worker", concurrency=1, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Say once, at set-up, what running as root means: PostgreSQL will not, so it gets a user of its own."""

from __future__ import annotations

import os

if os.name == "posix" and os.geteuid() == 0:
    print(
        "Note: you are root. The embedded PostgreSQL refuses to run as root, so Saldo makes a system user\n"
        "“saldo-pg” for it and lets that user pass through (not read) the folders above SALDO_HOME and .venv."
    )

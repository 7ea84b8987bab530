"""How gunicorn serves: two processes of four threads, loaded after the fork so that no connection is shared."""

from __future__ import annotations

import sys

worker_class = "gthread"
workers = 2
threads = 4
preload_app = False
timeout = 120
keepalive = 5
accesslog = None
loglevel = "warning"
# A gunicorn worker's heartbeat file belongs into memory, where a slow disk cannot stop it.
worker_tmp_dir = None

SWITCH_SECONDS = 0.0005


def post_worker_init(worker: object) -> None:
    """Let threads take turns ten times as often as they would by themselves.

    A page asks PostgreSQL some twenty times, and each answer waits until a thread that only computes gives way.
    """
    sys.setswitchinterval(SWITCH_SECONDS)

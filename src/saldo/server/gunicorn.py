"""How gunicorn serves: two processes of four threads, loaded after the fork so that no connection is shared."""

from __future__ import annotations

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

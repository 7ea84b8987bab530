"""The web application as gunicorn loads it."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saldo.server.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

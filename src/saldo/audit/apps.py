"""Django's name for this room."""

from django.apps import AppConfig


class Audit(AppConfig):
    """The room as Django sees it."""

    name = "saldo.audit"
    label = "audit"

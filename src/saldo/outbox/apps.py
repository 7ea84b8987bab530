"""Django's name for this room."""

from django.apps import AppConfig


class Outbox(AppConfig):
    """The room as Django sees it."""

    name = "saldo.outbox"
    label = "outbox"

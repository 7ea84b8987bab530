"""Django's name for this room."""

from django.apps import AppConfig


class Portal(AppConfig):
    """The room as Django sees it."""

    name = "saldo.portal"
    label = "portal"

"""Django's name for this room."""

from django.apps import AppConfig


class Invoicing(AppConfig):
    """The room as Django sees it."""

    name = "saldo.invoicing"
    label = "invoicing"

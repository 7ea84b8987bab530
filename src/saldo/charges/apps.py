"""Django's name for this room."""

from django.apps import AppConfig


class Charges(AppConfig):
    """The room as Django sees it."""

    name = "saldo.charges"
    label = "charges"

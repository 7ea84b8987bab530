"""Django's name for this room."""

from django.apps import AppConfig


class Dunning(AppConfig):
    """The room as Django sees it."""

    name = "saldo.dunning"
    label = "dunning"

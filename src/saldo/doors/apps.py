"""Django's name for this room."""

from django.apps import AppConfig


class Doors(AppConfig):
    """The room as Django sees it."""

    name = "saldo.doors"
    label = "doors"

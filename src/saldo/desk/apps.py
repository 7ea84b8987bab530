"""Django's name for this room."""

from django.apps import AppConfig


class Desk(AppConfig):
    """The room as Django sees it."""

    name = "saldo.desk"
    label = "desk"

"""Django's name for this room."""

from django.apps import AppConfig


class Parties(AppConfig):
    """The room as Django sees it."""

    name = "saldo.parties"
    label = "parties"

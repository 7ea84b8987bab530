"""Django's name for this room."""

from django.apps import AppConfig


class Agreements(AppConfig):
    """The room as Django sees it."""

    name = "saldo.agreements"
    label = "agreements"

"""Django's name for this room."""

from django.apps import AppConfig


class Ledger(AppConfig):
    """The room as Django sees it."""

    name = "saldo.ledger"
    label = "ledger"

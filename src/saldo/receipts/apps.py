"""Django's name for this room."""

from django.apps import AppConfig


class Receipts(AppConfig):
    """The room as Django sees it."""

    name = "saldo.receipts"
    label = "receipts"

"""Django's name for this room."""

from django.apps import AppConfig


class Payables(AppConfig):
    """The room as Django sees it."""

    name = "saldo.payables"
    label = "payables"

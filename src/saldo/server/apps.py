"""Django's name for this room."""

from django.apps import AppConfig


class Server(AppConfig):
    """The room as Django sees it."""

    name = "saldo.server"
    label = "server"

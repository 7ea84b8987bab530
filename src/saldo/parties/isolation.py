"""Row-level security for tables above the log; see ``saldo.audit.isolation``, the lowest room with tables."""

from saldo.audit.isolation import enable_row_level_security

__all__ = ["enable_row_level_security"]

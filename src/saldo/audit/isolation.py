"""Row-level security: a row of one company does not exist for another, whatever the query forgot."""

from __future__ import annotations

from django.db import migrations

_POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_of_company ON {table}
    USING ({column} = NULLIF(current_setting('saldo.company', true), '')::bigint);
"""
_NO_POLICY = """
DROP POLICY {table}_of_company ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def enable_row_level_security(table: str, *, column: str = "company_id") -> migrations.RunSQL:
    """Migration step: only rows of the company in ``saldo.company`` are seen or written; unset means none.

    Belongs into the migration that makes the table, for every table with a company (house test).
    """
    return migrations.RunSQL(
        sql=_POLICY.format(table=table, column=column), reverse_sql=_NO_POLICY.format(table=table, column=column)
    )

"""The one way to write into the log, for a statement of another room that does its act and says so in one go."""

from django.db import migrations

_RECORD = """
CREATE FUNCTION audit_record(company bigint, at timestamptz, actor text, code text, subject text, facts jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_entry (company, at, actor, code, subject, facts) VALUES ($1, $2, $3, $4, $5, $6);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=_RECORD,
            reverse_sql="DROP FUNCTION audit_record(bigint, timestamptz, text, text, text, jsonb);",
        ),
    ]

"""Sums of a month's lines, kept by the database as lines come and go, and two indexes for drafts and mirrors."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security

_INTO = "INSERT INTO invoicing_linesum (company_id, month, bucket, because, cost_currency, lines, cost)"
_SAME = "company_id, month, bucket, because, cost_currency"
_KEEP = f"""
CREATE FUNCTION invoicing_sum_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_INTO} SELECT {_SAME}, count(*), sum(cost) FROM added WHERE file <> '' GROUP BY {_SAME};
    ELSIF TG_OP = 'DELETE' THEN
        {_INTO} SELECT {_SAME}, -count(*), -sum(cost) FROM removed WHERE file <> '' GROUP BY {_SAME};
    ELSE
        {_INTO} SELECT {_SAME}, sum(way), sum(way * cost) FROM (
            SELECT {_SAME}, cost, 1 AS way FROM added WHERE file <> ''
            UNION ALL
            SELECT {_SAME}, cost, -1 FROM removed WHERE file <> ''
        ) AS moved GROUP BY {_SAME} HAVING sum(way) <> 0 OR sum(way * cost) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoicing_line_summed_in AFTER INSERT ON invoicing_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_lines();
CREATE TRIGGER invoicing_line_summed_again AFTER UPDATE ON invoicing_line
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_lines();
CREATE TRIGGER invoicing_line_summed_out AFTER DELETE ON invoicing_line
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_lines();
DO $$
DECLARE one bigint;
BEGIN
    FOR one IN SELECT id FROM parties_company LOOP
        PERFORM set_config('saldo.company', one::text, true);
        {_INTO} SELECT {_SAME}, count(*), sum(cost) FROM invoicing_line
            WHERE company_id = one AND file <> '' GROUP BY {_SAME};
    END LOOP;
    PERFORM set_config('saldo.company', '', true);
END $$;
"""
_KEEP_NO_MORE = """
DROP TRIGGER invoicing_line_summed_out ON invoicing_line;
DROP TRIGGER invoicing_line_summed_again ON invoicing_line;
DROP TRIGGER invoicing_line_summed_in ON invoicing_line;
DROP FUNCTION invoicing_sum_lines();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("parties", "0002_debtors"),
        ("invoicing", "0002_corrections"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(condition=models.Q(("number", "")), fields=["company", "month"], name="invoice_draft"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("kind__in", ["cancellation", "credit-note"])),
                fields=["company", "mirrors"],
                name="invoice_by_mirror",
            ),
        ),
        migrations.CreateModel(
            name="LineSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("bucket", models.TextField()),
                ("because", models.TextField(blank=True)),
                ("cost_currency", models.CharField(blank=True, max_length=3)),
                ("lines", models.BigIntegerField()),
                ("cost", models.DecimalField(decimal_places=3, max_digits=28)),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.company",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["company", "month"], name="line_sum_by_month")]},
        ),
        enable_row_level_security("invoicing_linesum"),
        migrations.RunSQL(sql=_KEEP, reverse_sql=_KEEP_NO_MORE),
    ]

"""Corrections that wait for a second person; one draft of a debtor, month and kind at a time."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security

_TWICE = """
    SELECT i.id FROM invoicing_invoice i JOIN invoicing_invoice first ON first.company_id = i.company_id
      AND first.month = i.month AND first.debtor = i.debtor AND first.kind = i.kind AND first."group" = i."group"
      AND first.currency = i.currency AND first.mirrors = i.mirrors AND first.number = '' AND first.origin = 'close'
    WHERE i.number = '' AND i.origin = 'close' AND first.id < i.id
"""
# Drafts are written anew by the next close: the later of two is taken out, nothing that was issued is touched.
_DROP_TWINS = f"""
DO $$
DECLARE one bigint;
BEGIN
    FOR one IN SELECT id FROM parties_company LOOP
        PERFORM set_config('saldo.company', one::text, true);
        DELETE FROM invoicing_line WHERE company_id = one AND invoice_id IN ({_TWICE});
        DELETE FROM invoicing_invoice WHERE company_id = one AND id IN ({_TWICE});
    END LOOP;
    PERFORM set_config('saldo.company', '', true);
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("parties", "0002_debtors"),
        ("invoicing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("act", models.TextField()),
                ("asked", models.JSONField(default=dict)),
                ("reason", models.TextField()),
                ("given", models.DecimalField(decimal_places=3, max_digits=28)),
                ("currency", models.CharField(max_length=3)),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True)),
                ("decided_by", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")),
                        fields=("company", "number"),
                        name="one_waiting_correction_a_document",
                    )
                ],
            },
        ),
        enable_row_level_security("invoicing_correction"),
        migrations.RunSQL(sql=_DROP_TWINS, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), ("origin", "close")),
                fields=("company", "month", "debtor", "kind", "group", "currency", "mirrors"),
                name="one_draft_of_a_kind",
            ),
        ),
    ]

"""What each document charges in each currency: months and their totals are read from these, not from 10,000 customers."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security

_FILL = """
DO $$
DECLARE one bigint;
BEGIN
    FOR one IN SELECT id FROM parties_company LOOP
        PERFORM set_config('saldo.company', one::text, true);
        INSERT INTO charges_deliverytotal (company_id, delivery_id, currency, lines, net)
            SELECT company_id, delivery_id, currency, sum(lines), sum(net) FROM charges_customertotal
            WHERE company_id = one GROUP BY 1, 2, 3;
    END LOOP;
    PERFORM set_config('saldo.company', '', true);
    SET CONSTRAINTS ALL IMMEDIATE;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("charges", "0003_lines_unconstrained"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("lines", models.BigIntegerField()),
                ("net", models.DecimalField(decimal_places=3, max_digits=28)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.company",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="charges.delivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "delivery", "currency"), name="one_total_a_delivery_and_currency"
                    )
                ],
            },
        ),
        enable_row_level_security("charges_deliverytotal"),
        migrations.RunSQL(sql=_FILL, reverse_sql=migrations.RunSQL.noop),
    ]

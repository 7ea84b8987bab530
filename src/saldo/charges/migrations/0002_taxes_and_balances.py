"""What a delivery comes to with its rows' own tax, and Microsoft's open balances."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ("charges", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="gross",
            field=models.DecimalField(decimal_places=18, max_digits=38, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="tax",
            field=models.DecimalField(decimal_places=18, default=0, max_digits=38),
        ),
        migrations.CreateModel(
            name="MicrosoftBalance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("balance", models.DecimalField(decimal_places=3, max_digits=28)),
                ("said_on", models.DateField()),
                ("first_invoiced_on", models.DateField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.company"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="charges.delivery"
                    ),
                ),
            ],
        ),
        enable_row_level_security("charges_microsoftbalance"),
    ]

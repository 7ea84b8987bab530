"""Lines carry no constraints to their part, delivery and company: three checks a line cost a third of an import."""

import django.db.models.deletion
from django.db import migrations, models

_COMPANY = {"to": "parties.company", "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(migrations.Migration):

    dependencies = [
        ("charges", "0002_taxes_and_balances"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="company",
            field=models.ForeignKey(db_constraint=False, db_index=False, **_COMPANY),
        ),
        migrations.AlterField(
            model_name="line",
            name="delivery",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="charges.delivery",
            ),
        ),
        migrations.AlterField(
            model_name="line",
            name="part",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="charges.part",
            ),
        ),
        migrations.AlterField(
            model_name="customertotal", name="company", field=models.ForeignKey(db_index=False, **_COMPANY)
        ),
        migrations.AlterField(
            model_name="usagetotal", name="company", field=models.ForeignKey(db_index=False, **_COMPANY)
        ),
    ]

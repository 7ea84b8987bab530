"""A debtor may live in another time zone than its country says."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0002_debtors'),
    ]

    operations = [
        migrations.AddField(
            model_name='debtor',
            name='zone',
            field=models.TextField(blank=True, db_default=''),
        ),
    ]

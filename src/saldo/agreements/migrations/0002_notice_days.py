"""Days of notice before a price changes, as agreed with everybody or with a debtor."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="terms", name="notice_days", field=models.IntegerField(default=0)),
    ]

"""A raised daily cap counts from the next day on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="channel", name="next_cap", field=models.IntegerField(null=True)),
        migrations.AddField(model_name="channel", name="next_cap_from", field=models.DateTimeField(null=True)),
    ]

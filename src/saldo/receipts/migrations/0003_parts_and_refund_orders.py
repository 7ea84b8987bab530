"""Parts of receipts that banks take back, and payment files of refunds."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0002_debtors'),
        ('receipts', '0002_matching'),
    ]

    operations = [
        migrations.AddField(
            model_name='refund',
            name='order',
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name='PartReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.DecimalField(decimal_places=3, max_digits=28)),
                ('free', models.DecimalField(decimal_places=3, max_digits=28)),
                ('parts', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receipts.bankentry')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receipts.bankentry')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'entry'), name='one_part_return_an_entry')],
            },
        ),
        migrations.CreateModel(
            name='RefundOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField()),
                ('account', models.TextField()),
                ('pay_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.TextField(default='ordered')),
                ('file', models.TextField(blank=True)),
                ('refunds', models.JSONField(default=list)),
                ('ordered_at', models.DateTimeField()),
                ('ordered_by', models.TextField()),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('handed_over_by', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'number'), name='one_refund_order_a_number')],
            },
        ),
        enable_row_level_security("receipts_partreturn"),
        enable_row_level_security("receipts_refundorder"),
    ]

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('receipts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='match',
            name='used',
            field=models.DecimalField(decimal_places=3, max_digits=28),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='match',
            name='currency',
            field=models.CharField(max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='match',
            name='allocations',
            field=models.IntegerField(default=0),
        ),
        migrations.CreateModel(
            name='Proposed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proposals', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receipts.bankentry')),
            ],
        ),
        migrations.CreateModel(
            name='FeeAllowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('value', models.DecimalField(decimal_places=3, max_digits=28)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('item', models.TextField()),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('value', models.DecimalField(decimal_places=3, max_digits=28)),
                ('payee', models.TextField()),
                ('payee_account', models.TextField()),
                ('reason', models.TextField()),
                ('state', models.TextField(default='proposed')),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.TextField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.TextField(blank=True)),
                ('payable_from', models.DateField(null=True)),
                ('entry', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
        ),
        migrations.AddConstraint(
            model_name='proposed',
            constraint=models.UniqueConstraint(fields=('company', 'entry'), name='one_proposed_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='feeallowance',
            constraint=models.UniqueConstraint(fields=('company', 'currency'), name='one_fee_allowance_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='one_refund_a_key'),
        ),
        enable_row_level_security("receipts_proposed"),
        enable_row_level_security("receipts_feeallowance"),
        enable_row_level_security("receipts_refund"),
    ]

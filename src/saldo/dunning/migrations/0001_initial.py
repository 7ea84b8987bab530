"""The first tables of collections; what was published, decided or acknowledged is written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security


_TABLES = (
    *("policydraft", "policyversion", "assignment", "acknowledgement", "clause"),
    *("collected", "decided", "round", "suspensionproposal"),
    *("notice", "task", "call"),
    *("hold", "promise", "dispute", "mark", "paymentinflight"),
)
_WRITTEN_ONCE = ("policyversion", "assignment", "acknowledgement", "decided")


def take_privileges(apps, schema_editor):
    """The app inserts and reads what was published, decided and acknowledged, and never changes it."""
    app = schema_editor.quote_name(settings.INSTALLATION.app.role)
    for table in _WRITTEN_ONCE:
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON dunning_{table} FROM {app}")


def give_privileges(apps, schema_editor):
    """As every other table has it."""
    app = schema_editor.quote_name(settings.INSTALLATION.app.role)
    for table in _WRITTEN_ONCE:
        schema_editor.execute(f"GRANT UPDATE, DELETE ON dunning_{table} TO {app}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0003_debtor_zone'),
        ('ledger', '0005_receivable_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('policy', models.TextField()),
                ('version', models.IntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=8)),
                ('said_by', models.TextField()),
                ('how', models.TextField()),
                ('evidence', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='acknowledgement_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.TextField()),
                ('subject', models.TextField(blank=True)),
                ('policy', models.TextField()),
                ('starts_on', models.DateField()),
                ('reason', models.TextField(blank=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'scope', 'subject'], name='assignment_by_subject')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('outcome', models.TextField()),
                ('spoken_with', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='call_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('allows', models.TextField()),
                ('agreed_on', models.DateField()),
                ('evidence', models.TextField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.TextField()),
                ('ended_on', models.DateField(null=True)),
                ('ended_by', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='clause_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Collected',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.TextField()),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('policy', models.TextField()),
                ('version', models.IntegerField()),
                ('step', models.TextField(default='clear')),
                ('since', models.DateField(null=True)),
                ('proved_on', models.DateField(null=True)),
                ('notice_failed', models.BooleanField(default=False)),
                ('left', models.TextField(blank=True)),
                ('proposed', models.TextField(blank=True)),
                ('reviewed', models.TextField(blank=True)),
                ('because', models.TextField(blank=True)),
                ('facts', models.JSONField(default=dict)),
                ('owed', models.DecimalField(decimal_places=3, default=0, max_digits=28)),
                ('decided_on', models.DateField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('look_again_on', models.DateField(null=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='collected_by_debtor'), models.Index(condition=models.Q(('look_again_on__isnull', False)), fields=['company', 'look_again_on'], name='collected_to_look'), models.Index(condition=models.Q(('step', 'clear'), _negated=True), fields=['company', 'step'], name='collected_by_step')],
                'constraints': [models.UniqueConstraint(fields=('company', 'item'), name='one_standing_an_item')],
            },
        ),
        migrations.CreateModel(
            name='Decided',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.TextField()),
                ('debtor', models.TextField()),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
                ('policy', models.TextField()),
                ('version', models.IntegerField()),
                ('before', models.TextField()),
                ('step', models.TextField()),
                ('because', models.TextField()),
                ('facts', models.JSONField()),
                ('known', models.JSONField()),
                ('notice', models.TextField(blank=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor', 'on'], name='decided_by_debtor'), models.Index(fields=['company', 'item'], name='decided_by_item'), models.Index(fields=['company', 'on'], name='decided_by_day')],
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('item', models.TextField()),
                ('disputed', models.DecimalField(decimal_places=3, max_digits=28)),
                ('line', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('raised_on', models.DateField()),
                ('raised_at', models.DateTimeField()),
                ('raised_by', models.TextField()),
                ('closed_on', models.DateField(null=True)),
                ('closed_by', models.TextField(blank=True)),
                ('outcome', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='dispute_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('item', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('until', models.DateField(null=True)),
                ('placed_on', models.DateField()),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.TextField()),
                ('ended_on', models.DateField(null=True)),
                ('ended_by', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='hold_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('kind', models.TextField()),
                ('since_on', models.DateField()),
                ('reason', models.TextField()),
                ('evidence', models.TextField(blank=True)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.TextField()),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_by', models.TextField(blank=True)),
                ('ended_on', models.DateField(null=True)),
                ('ended_by', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='mark_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('policy', models.TextField()),
                ('version', models.IntegerField()),
                ('step', models.TextField()),
                ('letter', models.TextField()),
                ('language', models.CharField(max_length=8)),
                ('on', models.DateField()),
                ('owed', models.DecimalField(decimal_places=3, max_digits=28)),
                ('items', models.JSONField()),
                ('told', models.JSONField(default=dict)),
                ('channels', models.JSONField(default=list)),
                ('proof', models.TextField()),
                ('state', models.TextField(default='ordered')),
                ('proved_on', models.DateField(null=True)),
                ('proved_by', models.TextField(blank=True)),
                ('evidence', models.TextField(blank=True)),
                ('ordered_at', models.DateTimeField()),
                ('ordered_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='notice_by_debtor'), models.Index(fields=['company', 'state'], name='notice_by_state')],
                'constraints': [models.UniqueConstraint(fields=('company', 'key'), name='one_notice_a_key')],
            },
        ),
        migrations.CreateModel(
            name='PaymentInFlight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('pending', models.DecimalField(decimal_places=3, max_digits=28)),
                ('item', models.TextField(blank=True)),
                ('reference', models.TextField(blank=True)),
                ('since_on', models.DateField()),
                ('state', models.TextField(default='pending')),
                ('settled_on', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='in_flight_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='PolicyDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('text', models.TextField()),
                ('edited_at', models.DateTimeField()),
                ('edited_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'code'), name='one_policy_draft_a_code')],
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('version', models.IntegerField()),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('starts_on', models.DateField()),
                ('published_at', models.DateTimeField()),
                ('published_by', models.TextField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'code', 'version'), name='one_policy_a_version')],
            },
        ),
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('promised', models.DecimalField(decimal_places=3, max_digits=28)),
                ('received', models.DecimalField(decimal_places=3, default=0, max_digits=28)),
                ('until', models.DateField()),
                ('items', models.JSONField(default=list)),
                ('said_by', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('taken_on', models.DateField()),
                ('taken_at', models.DateTimeField()),
                ('taken_by', models.TextField()),
                ('state', models.TextField(default='open')),
                ('settled_on', models.DateField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debtor'], name='promise_by_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('ran_at', models.DateTimeField()),
                ('ran_by', models.TextField()),
                ('is_full', models.BooleanField()),
                ('read', models.IntegerField()),
                ('moved', models.IntegerField()),
                ('facts', models.JSONField(default=dict)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'ran_at'], name='round_by_time')],
            },
        ),
        migrations.CreateModel(
            name='SuspensionProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debtor', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('items', models.JSONField()),
                ('classes', models.JSONField()),
                ('act', models.TextField()),
                ('step', models.TextField()),
                ('proposed_on', models.DateField()),
                ('not_before', models.DateTimeField()),
                ('owed', models.DecimalField(decimal_places=3, max_digits=28)),
                ('state', models.TextField(default='proposed')),
                ('because', models.TextField(blank=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('company', 'debtor', 'currency', 'act'), name='one_open_suspension_a_debtor')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('kind', models.TextField()),
                ('debtor', models.TextField()),
                ('items', models.JSONField(default=list)),
                ('facts', models.JSONField(default=dict)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.TextField(blank=True)),
                ('outcome', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.company')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['company', 'due_on'], name='task_to_do'), models.Index(fields=['company', 'debtor'], name='task_by_debtor')],
                'constraints': [models.UniqueConstraint(fields=('company', 'key'), name='one_task_a_key')],
            },
        ),
        *(enable_row_level_security(f"dunning_{table}") for table in _TABLES),
        migrations.RunPython(take_privileges, give_privileges),
    ]

"""What is open on debtors' accounts, for rooms above that look at all of it in one statement (ADR 0025)."""

from django.db import migrations

# With the rights and the row-level security of who asks: a view of the owner's would show every company.
_VIEWS = """
CREATE VIEW ledger_open_receivable WITH (security_invoker = true) AS
SELECT company_id, key AS item, party AS debtor, kind, document, issued_on, due_on, currency, original, open
FROM ledger_item WHERE account = 'receivable' AND settled_on IS NULL AND open > 0;

CREATE VIEW ledger_open_credit WITH (security_invoker = true) AS
SELECT company_id, key AS item, party AS debtor, kind, document, issued_on, currency, -open AS open
FROM ledger_item WHERE account = 'receivable' AND settled_on IS NULL AND open < 0;
"""
_NO_VIEWS = "DROP VIEW ledger_open_credit; DROP VIEW ledger_open_receivable;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_enter")]

    operations = [migrations.RunSQL(sql=_VIEWS, reverse_sql=_NO_VIEWS)]

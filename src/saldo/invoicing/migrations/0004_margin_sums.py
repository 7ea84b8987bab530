"""What a month's documents charge and cost, by debtor and by product, kept by the database as lines come and go."""

import django.db.models.deletion
from django.db import migrations, models

from saldo.audit.isolation import enable_row_level_security

_PLACED = """
    SELECT l.company_id, l.month, i.currency, i.debtor, i.buyer->>'name' AS buyer, l.product_id, l.product,
        {way} AS lines, {way} * l.net AS net,
        {way} * CASE WHEN l.cost = 0 THEN 0 WHEN l.cost_currency = i.currency THEN l.cost
            WHEN l.rate <> 1 THEN l.cost * l.rate ELSE 0 END AS cost,
        CASE WHEN l.cost <> 0 AND l.cost_currency <> i.currency AND l.rate = 1 THEN {way} ELSE 0 END AS unknown
    FROM {lines} l JOIN invoicing_invoice i ON i.id = l.invoice_id
"""
_SUM = """
    INSERT INTO invoicing_marginsum (company_id, month, by, key, name, currency, lines, net, cost, unknown)
    SELECT company_id, month, CASE WHEN grouping(debtor) = 0 THEN 'debtor' ELSE 'product' END,
        coalesce(debtor, product_id), coalesce(CASE WHEN grouping(debtor) = 0 THEN max(buyer) ELSE max(product) END, ''),
        currency, sum(lines), sum(net), sum(cost), sum(unknown)
    FROM ({placed}) AS placed
    GROUP BY GROUPING SETS ((company_id, month, currency, debtor), (company_id, month, currency, product_id))
    HAVING sum(lines) <> 0 OR sum(net) <> 0 OR sum(cost) <> 0 OR sum(unknown) <> 0;
"""
_ADDED, _REMOVED = _PLACED.format(way=1, lines="added"), _PLACED.format(way=-1, lines="removed")
_FILL = f"""
DO $$
DECLARE one bigint;
BEGIN
    FOR one IN SELECT id FROM parties_company LOOP
        PERFORM set_config('saldo.company', one::text, true);
        {_SUM.format(placed=_PLACED.format(way=1, lines='invoicing_line') + ' WHERE l.company_id = one')}
    END LOOP;
    PERFORM set_config('saldo.company', '', true);
END $$;
"""
_KEEP = f"""
CREATE FUNCTION invoicing_sum_margins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {_SUM.format(placed=_ADDED)}
    ELSIF TG_OP = 'DELETE' THEN {_SUM.format(placed=_REMOVED)}
    ELSE {_SUM.format(placed=f'{_ADDED} UNION ALL {_REMOVED}')}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoicing_line_margin_in AFTER INSERT ON invoicing_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_margins();
CREATE TRIGGER invoicing_line_margin_again AFTER UPDATE ON invoicing_line
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_margins();
CREATE TRIGGER invoicing_line_margin_out AFTER DELETE ON invoicing_line
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_sum_margins();
"""
_KEEP_NO_MORE = """
DROP TRIGGER invoicing_line_margin_out ON invoicing_line;
DROP TRIGGER invoicing_line_margin_again ON invoicing_line;
DROP TRIGGER invoicing_line_margin_in ON invoicing_line;
DROP FUNCTION invoicing_sum_margins();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("invoicing", "0003_line_sums"),
        ("parties", "0002_debtors"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarginSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("by", models.TextField()),
                ("key", models.TextField(blank=True)),
                ("name", models.TextField(blank=True)),
                ("currency", models.CharField(max_length=3)),
                ("lines", models.BigIntegerField()),
                ("net", models.DecimalField(decimal_places=3, max_digits=28)),
                ("cost", models.DecimalField(decimal_places=21, max_digits=60)),
                ("unknown", models.BigIntegerField()),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.company",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["company", "month", "by", "key"], name="margin_sum_by_key")]},
        ),
        enable_row_level_security("invoicing_marginsum"),
        migrations.RunSQL(sql=_FILL + _KEEP, reverse_sql=_KEEP_NO_MORE),
    ]

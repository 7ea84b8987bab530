"""Entering a batch of postings in one go: headers, legs, items and the act in the log (ADR 0023)."""

from django.db import migrations

_TAKES = """
    company bigint, by text, at timestamptz, first date,
    p_key text[], p_on date[], p_code text[], p_document text[], p_reversal_of text[], p_digest text[],
    e_place int[], e_account text[], e_party text[], e_currency text[], e_value numeric[],
    i_posting text[], i_key text[], i_account text[], i_party text[], i_kind text[], i_document text[],
    i_reference text[], i_issued_on date[], i_due_on date[], i_currency text[], i_original numeric[],
    facts jsonb
"""
# It runs with the rights of who calls it, under his row-level security; the laws of the tables hold for it as for any.
# All or nothing: where a key stands in the way, nothing is written, whoever was quicker. Legs name their posting by its
# place in the batch, so that nothing is joined, and no plan depends on how much a table holds.
_ENTER = f"""
CREATE FUNCTION ledger_enter({_TAKES}) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    ids bigint[];
    in_the_way text;
BEGIN
    IF ledger_enter.first < (SELECT ends_before FROM ledger_closedperiod WHERE company_id = ledger_enter.company
                             ORDER BY id DESC LIMIT 1) THEN
        RETURN false;
    END IF;
    ids := ARRAY(SELECT nextval('ledger_posting_id_seq') FROM generate_series(1, cardinality(p_key)));
    BEGIN
        WITH header AS (
            INSERT INTO ledger_posting
                (id, company_id, key, "on", code, document, reversal_of, posted_at, posted_by, digest)
            SELECT unnest(ids), ledger_enter.company, unnest(p_key), unnest(p_on), unnest(p_code), unnest(p_document),
                   unnest(p_reversal_of), ledger_enter.at, ledger_enter.by, unnest(p_digest)
        ), legs AS (
            INSERT INTO ledger_entry (company_id, posting_id, account, party, "on", currency, value)
            SELECT ledger_enter.company, ids[place], account, party, p_on[place], currency, value
            FROM (SELECT unnest(e_place) AS place, unnest(e_account) AS account, unnest(e_party) AS party,
                         unnest(e_currency) AS currency, unnest(e_value) AS value) AS given
        )
        INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on,
                                 currency, original, open, settled_on, posting)
        SELECT ledger_enter.company, key, account, party, kind, document, reference, issued_on, due_on,
               currency, original, original, CASE WHEN original = 0 THEN issued_on END, posting
        FROM (SELECT unnest(i_posting) AS posting, unnest(i_key) AS key, unnest(i_account) AS account,
                     unnest(i_party) AS party, unnest(i_kind) AS kind, unnest(i_document) AS document,
                     unnest(i_reference) AS reference, unnest(i_issued_on) AS issued_on, unnest(i_due_on) AS due_on,
                     unnest(i_currency) AS currency, unnest(i_original) AS original) AS given;
    EXCEPTION WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS in_the_way = CONSTRAINT_NAME;
        IF in_the_way NOT IN ('one_posting_a_key', 'one_item_a_key') THEN
            RAISE;
        END IF;
        RETURN false;
    END;
    PERFORM audit_record(ledger_enter.company, ledger_enter.at, ledger_enter.by, 'ledger.posted',
                         'ledger:' || p_key[1], ledger_enter.facts);
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_opening_items"), ("audit", "0002_record")]

    operations = [
        migrations.RunSQL(sql=_ENTER, reverse_sql="DROP FUNCTION ledger_enter;"),
    ]

"""The laws of the books, held by the database: balanced, written once, complete with their statement."""

from django.conf import settings
from django.db import migrations

_LAWS = """
-- A company that came after the last ANALYZE would be thought to have one row, and all of its rows be read for each
-- posting instead of the one; without statistics of this column the key always wins.
ALTER TABLE ledger_posting ALTER COLUMN company_id SET STATISTICS 0;
ALTER TABLE ledger_entry ALTER COLUMN company_id SET STATISTICS 0;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;

CREATE FUNCTION ledger_refuse_item_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'only open and settled_on of an item move' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- The path of names is fixed, so that no temporary table of the app's can stand for one of ours.
-- Fires when the whole statement is done, so header and legs of one statement see each other. Each look at a table is a
-- subquery that gives one value: it can only be answered row by row from an index, whatever a young table's statistics say.
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE wrong bigint;
BEGIN
    SELECT posting_id INTO wrong FROM made GROUP BY posting_id, currency HAVING sum(value) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % does not balance', wrong USING ERRCODE = 'check_violation';
    END IF;
    SELECT legs.posting_id INTO wrong
    FROM (SELECT posting_id, company_id, min("on") AS first, max("on") AS last, count(*) AS many
          FROM made GROUP BY posting_id, company_id) AS legs
    WHERE legs.first <> legs.last
       OR legs.first IS DISTINCT FROM (SELECT p."on" FROM ledger_posting p WHERE p.id = legs.posting_id)
       OR legs.many <> (SELECT count(*) FROM ledger_entry e
                        WHERE e.company_id = legs.company_id AND e.posting_id = legs.posting_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'legs of posting % are not those of its header, or come too late', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE wrong text;
BEGIN
    SELECT key INTO wrong FROM made
    WHERE (SELECT count(*) FROM ledger_entry e WHERE e.company_id = made.company_id AND e.posting_id = made.id) = 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % has no entries', wrong USING ERRCODE = 'check_violation';
    END IF;
    -- Who closes a period waits for those who are posting, and they for him.
    PERFORM pg_advisory_xact_lock_shared(20260101, company_id::int) FROM (SELECT DISTINCT company_id FROM made) AS c;
    SELECT first INTO wrong FROM (SELECT company_id, min("on") AS first FROM made GROUP BY company_id) AS days
    WHERE first < (SELECT ends_before FROM ledger_closedperiod c
                   WHERE c.company_id = days.company_id ORDER BY id DESC LIMIT 1) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting of % falls into a closed period', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_wait_for_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock(20260101, NEW.company_id::int); RETURN NEW; END $$;

CREATE TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();
CREATE TRIGGER ledger_posting_is_whole AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();
CREATE TRIGGER ledger_closedperiod_waits BEFORE INSERT ON ledger_closedperiod
    FOR EACH ROW EXECUTE FUNCTION ledger_wait_for_postings();
CREATE TRIGGER ledger_item_stays BEFORE UPDATE ON ledger_item FOR EACH ROW
    WHEN ((OLD.id, OLD.company_id, OLD.key, OLD.account, OLD.party, OLD.kind, OLD.document, OLD.reference,
           OLD.issued_on, OLD.due_on, OLD.currency, OLD.original, OLD.posting)
       IS DISTINCT FROM
          (NEW.id, NEW.company_id, NEW.key, NEW.account, NEW.party, NEW.kind, NEW.document, NEW.reference,
           NEW.issued_on, NEW.due_on, NEW.currency, NEW.original, NEW.posting))
    EXECUTE FUNCTION ledger_refuse_item_change();
CREATE TRIGGER ledger_item_is_kept BEFORE DELETE OR TRUNCATE ON ledger_item
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_item ADD CONSTRAINT ledger_item_open_within_original
    CHECK (open * sign(original) BETWEEN 0 AND abs(original) AND (settled_on IS NULL) = (open <> 0));
"""
_NO_LAWS = """
ALTER TABLE ledger_item DROP CONSTRAINT ledger_item_open_within_original;
DROP TRIGGER ledger_item_is_kept ON ledger_item;
DROP TRIGGER ledger_item_stays ON ledger_item;
DROP TRIGGER ledger_closedperiod_waits ON ledger_closedperiod;
DROP TRIGGER ledger_posting_is_whole ON ledger_posting;
DROP TRIGGER ledger_entry_balances ON ledger_entry;
DROP FUNCTION ledger_wait_for_postings();
DROP FUNCTION ledger_check_postings();
DROP FUNCTION ledger_check_entries();
DROP FUNCTION ledger_refuse_item_change();
DROP FUNCTION ledger_refuse_change();
ALTER TABLE ledger_entry ALTER COLUMN company_id SET STATISTICS -1;
ALTER TABLE ledger_posting ALTER COLUMN company_id SET STATISTICS -1;
"""
_WRITTEN_ONCE = ("posting", "entry", "allocation", "dayseal", "closedperiod")
_APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER ledger_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
    for table in _WRITTEN_ONCE
)
_NOT_APPEND_ONLY = "".join(f"DROP TRIGGER ledger_{table}_append_only ON ledger_{table};\n" for table in _WRITTEN_ONCE)


def _app(schema_editor):
    return schema_editor.quote_name(settings.INSTALLATION.app.role)


def take_privileges(apps, schema_editor):
    """The app inserts and reads; of an item it moves what is open, nothing else."""
    app = _app(schema_editor)
    for table in (*_WRITTEN_ONCE, "item"):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_{table} FROM {app}")
    schema_editor.execute(f"GRANT UPDATE (open, settled_on) ON ledger_item TO {app}")


def give_privileges(apps, schema_editor):
    """As every other table has it."""
    for table in (*_WRITTEN_ONCE, "item"):
        schema_editor.execute(f"GRANT UPDATE, DELETE ON ledger_{table} TO {_app(schema_editor)}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(sql=_LAWS, reverse_sql=_NO_LAWS),
        migrations.RunSQL(sql=_APPEND_ONLY, reverse_sql=_NOT_APPEND_ONLY),
        migrations.RunPython(take_privileges, give_privileges),
    ]

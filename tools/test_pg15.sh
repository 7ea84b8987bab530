#!/bin/sh
# The whole suite on Debian's PostgreSQL 15, in a throw-away cluster on a private socket.
set -eu
programs=${PG15_BIN:-/usr/lib/postgresql/15/bin}
if [ ! -x "$programs/initdb" ]; then
    echo "Debian's PostgreSQL 15 is not here: apt-get install postgresql-15" >&2
    exit 1
fi
place=$(mktemp -d /tmp/saldo-pg15-XXXXXX)
run=""
if [ "$(id -u)" = 0 ]; then
    chown postgres "$place"
    run="runuser -u postgres --"
fi
echo test-password >"$place/password"
[ -z "$run" ] || chown postgres "$place/password"
$run "$programs/initdb" --auth=scram-sha-256 --username=saldo_owner --pwfile="$place/password" \
    --encoding=UTF8 --locale=C --no-sync -D "$place/data" >/dev/null
$run "$programs/pg_ctl" -w -s -D "$place/data" -l "$place/log" \
    -o "-k $place -c listen_addresses='' -c fsync=off" start
trap '$run "$programs/pg_ctl" -w -s -D "$place/data" -m fast stop; rm -rf "$place"' EXIT INT TERM
PGPASSWORD=test-password "$programs/createdb" -h "$place" -U saldo_owner saldo
DATABASE_URL="postgres://saldo_owner:test-password@/saldo?host=$place" \
    .venv/bin/python -m pytest -n "${WORKERS:-2}" -m "not laws" "$@"

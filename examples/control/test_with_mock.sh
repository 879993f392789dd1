#!/bin/sh
# A test in shell against dmp-mock, which it drives by its control port.
#
#   ADMIN=http://127.0.0.1:PORT SOFTWARE=dmp sh test_with_mock.sh
#
# ADMIN is in the line that `dmp-mock serve` prints; SOFTWARE is the command under test, configured for that mock.
set -eu
CAMILLE=280057599900151
JSON='content-type: application/json'

decide() { curl -sf -o /dev/null "$ADMIN/patients/$CAMILLE/actions" -H "$JSON" -d "$1"; }
must_fail() { if "$@" >/dev/null 2>&1; then echo "should have failed: $*" >&2; exit 1; fi; }
find() { $SOFTWARE find --ins $CAMILLE >/dev/null 2>&1; }

curl -sf "$ADMIN/health" | grep -q ok
snapshot=$(curl -sf -X POST "$ADMIN/snapshots" | sed 's/[^0-9]//g')

# A blocked professional is refused, and the journal says by which rule.
find
decide '{"action":"block","who":{"person":"899999000013"}}'
must_fail find
curl -sf "$ADMIN/journal?rule=AUT-03" | grep -q '"transaction":"TD3.1"'
decide '{"action":"unblock","who":{"person":"899999000013"}}'
find

# The holder closes the record; then everything is as before, at the same time.
decide '{"action":"close"}'
must_fail find
curl -sf "$ADMIN/journal.jsonl" | tail -n 1 | grep -q PAT-03
curl -sf "$ADMIN/clock/advance" -H "$JSON" -d '{"by":"P1D"}' >/dev/null
curl -sf -X POST "$ADMIN/snapshots/$snapshot/restore"
find
echo done

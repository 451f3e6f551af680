#!/bin/sh
# gavel ingest: what goes in, what is refused, and that no refusal leaves anything behind.
set -eu
. tests/e2e/lib.inc
cd "$dir"
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH

mkdir -p recipes data/fruit data/stone
cat >recipes/fruit.yaml <<'EOF'
source: fruit
licence: CC0-1.0
format: csv
files: fruit.csv
language: en
text: "{body}"
labels:
  - zero: [hate]
  - {when: {column: rude, is: "yes"}, set: {insult: 1}}
EOF
sed 's/fruit/stone/' recipes/fruit.yaml >recipes/stone.yaml
cat >data/fruit/fruit.csv <<'EOF'
body,rude
an apple a day,no
"you pear, you",yes
write to someone@example.org about plums,no
EOF
printf 'body,rude\ngranite\nbasalt is dark,no\n"unclosed, no\n' >data/stone/stone.csv

# Once, twice, with another path to the same.
"$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit --json >out
total rows 3 && total samples 3 && total label_sets 3 && total bad 0
"$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit data/fruit/fruit.csv --json >out
total rows 6 && total samples 0 && total label_sets 0
[ "$(sqlite3 archive.db "SELECT count(*) FROM sample WHERE text LIKE '%example.org%'")" = 0 ] ||
    fail "an address was stored"

# Bad rows: shown, kept, counted; the rest goes in.
"$GAVEL" ingest --recipe recipes/stone.yaml data/stone --errors bad.txt --json >out 2>err ||
    fail "bad rows ended the run"
total rows 1 && total bad 2
grep -q 'stone.csv:2: ' err || fail "the place of a bad row is not shown"
[ "$(wc -l <bad.txt)" = 2 ] || fail "--errors keeps both"
refused 1 "--strict" "$GAVEL" ingest --recipe recipes/stone.yaml data/stone --strict
i=0
while [ $i -lt 30 ]; do
    echo "broken"
    i=$((i + 1))
done >>data/stone/stone.csv
"$GAVEL" ingest --recipe recipes/stone.yaml data/stone >out 2>err
[ "$(grep -c 'stone.csv:' err)" -le 10 ] || fail "too many bad rows are shown"

# All recipes of a folder at once; one that fails keeps the others not out.
"$GAVEL" ingest --all recipes data --json >out 2>err
total samples 0
grep -q '"recipe":"recipes/fruit.yaml","path":"data/fruit"' out || fail "--all finds the folders"
rm data/stone/stone.csv
refused 1 "1 of 2 paths" "$GAVEL" ingest --all recipes data
grep -q '^recipes/fruit.yaml of data/fruit: 3 rows' out || fail "the good path was not read"

# Acknowledgements are whole counts, ascending.
"$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit --batch 2 --ack acks >out
[ "$(tr '\n' ' ' <acks)" = "2 3 " ] || fail "acknowledged: $(cat acks)"

# Refusals change nothing.
before=$(sqlite3 archive.db 'SELECT count(*) FROM label_set')
refused 1 "recipes/none.yaml" "$GAVEL" ingest --recipe recipes/none.yaml data/fruit
refused 1 "data/none" "$GAVEL" ingest --recipe recipes/fruit.yaml data/none
refused 1 "no file" "$GAVEL" ingest --recipe recipes/fruit.yaml recipes
refused 2 "either --recipe" "$GAVEL" ingest data/fruit
refused 2 "either --recipe" "$GAVEL" ingest --recipe recipes/fruit.yaml --all recipes data
refused 2 "--batch" "$GAVEL" ingest --recipe recipes/fruit.yaml --batch 0 data/fruit
echo 'source: [' >recipes/broken.yaml
refused 1 "recipes/broken.yaml:" "$GAVEL" ingest --recipe recipes/broken.yaml data/fruit
printf 'body,rude\n' >empty.csv
refused 1 "nothing could be read" "$GAVEL" ingest --recipe recipes/fruit.yaml empty.csv
refused 1 "no/such/folder/bad.txt" "$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit --errors no/such/folder/bad.txt
echo "this is no database, whatever its name says" >other.db
refused 1 "other.db" "$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit --set store_path=other.db
refused 1 "fruit.csv" "$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit --set store_path=data/fruit/fruit.csv
[ "$(sqlite3 archive.db 'SELECT count(*) FROM label_set')" = "$before" ] || fail "a refusal changed the archive"

# A store that another process holds: told after the busy timeout, nothing lost.
mkfifo hold
sqlite3 -cmd '.timeout 10000' archive.db <hold >/dev/null & # the loop below may be in its way
holder=$!
exec 4>hold
echo "BEGIN IMMEDIATE;" >&4
while sqlite3 archive.db 'BEGIN IMMEDIATE; ROLLBACK;' 2>/dev/null; do :; done # until it holds
code=0
"$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit >out 2>err || code=$?
[ $code = 1 ] || fail "a store held by another: exit $code"
grep -q "another process holds it" err || fail "does not say who holds the store"
exec 4>&-
wait $holder || true
"$GAVEL" ingest --recipe recipes/fruit.yaml data/fruit >out || fail "the store is free again"

# A full disk: a file may not grow beyond what it has.
code=0
(
    ulimit -f 8
    trap '' XFSZ
    awk 'BEGIN { print "body,rude"; for (i = 0; i < 5000; i++) print "text number " i ",no" }' |
        head -c 7000 >many.csv
    "$GAVEL" ingest --recipe recipes/fruit.yaml many.csv --set store_path=small.db
) >out 2>err || code=$?
[ $code = 1 ] || fail "a full disk: exit $code"
[ -s err ] || fail "a full disk is not told"

# Ctrl-C keeps what was read and says how to go on.
awk 'BEGIN { print "body,rude"; for (i = 0; i < 20000; i++) print "text number " i ",no" }' >many.csv
mkfifo acks.fifo
"$GAVEL" ingest --recipe recipes/fruit.yaml many.csv --batch 10 --ack acks.fifo >out 2>err &
pid=$!
exec 5<acks.fifo
read -r line <&5
kill -INT $pid
while read -r more <&5; do line=$more; done
exec 5<&-
code=0
wait $pid || code=$?
[ $code = 1 ] || fail "stopped: exit $code"
grep -q "running it again goes on" err || fail "does not say how to go on"
[ "$(sqlite3 archive.db "SELECT count(*) FROM sample WHERE text LIKE 'text number%'")" -ge "$line" ] ||
    fail "acknowledged rows are lost"
[ "$(sqlite3 archive.db "SELECT state FROM ingest_run ORDER BY id DESC LIMIT 1")" = stopped ] ||
    fail "the run is not marked as stopped"
"$GAVEL" ingest --recipe recipes/fruit.yaml many.csv --json >out
total rows 20000
[ "$(sqlite3 archive.db "SELECT count(*) FROM sample WHERE text LIKE 'text number%'")" = 20000 ]

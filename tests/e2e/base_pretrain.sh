#!/bin/sh
# gavel base pretrain: from a base pack and a snapshot's texts to a base pack that train
# takes; a run that was stopped ends with the bytes of one that was not.
set -eu
. tests/e2e/lib.inc

refused 2 "--out PACK is missing" "$GAVEL" base pretrain
refused 2 "--steps wants" "$GAVEL" base pretrain --out "$dir/x" --steps 2
refused 2 "--rate wants" "$GAVEL" base pretrain --out "$dir/x" --rate 0
refused 2 "--batch-pieces wants" "$GAVEL" base pretrain --out "$dir/x" --batch-pieces 1
refused 1 "gavel base import" "$GAVEL" base pretrain --out "$dir/x" --base "$dir/none.pack"
fixture_release "$dir/other.gavel" >/dev/null
status 1 "$GAVEL" base pretrain --out "$dir/x" --base "$dir/other.gavel" # a pack, not a base

base_tarball
export GAVEL_STORE_PATH="$dir/gavel.db" SOURCE_DATE_EPOCH=1700000000
hate_csv 60 "the W is foul and wretched" "the W stands in the garden" >"$dir/rows.csv"
"$GAVEL" ingest --recipe tests/e2e/rows.yaml "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null
pretrain() { # PACK OPTION...
    pack=$1
    shift
    "$GAVEL" base pretrain --snapshot rows --base "$dir/base.pack" --out "$pack" --steps 6 \
        --batch-pieces 150 "$@"
}
pretrain "$dir/whole.pack" >"$dir/out"
has "$dir/out" "6 steps over"
matches "$dir/out" "held out, [0-9]+ masked pieces: loss [0-9.]+ before, [0-9.]+ after"
has "$dir/whole.pack.log.jsonl" '"held_out_loss":'
[ ! -e "$dir/whole.pack.checkpoint" ] || fail "a finished run left its checkpoint"

refused 1 "run again to go on" pretrain "$dir/stopped.pack" --stop-after 3
refused 1 "other options" pretrain "$dir/stopped.pack" --seed 2
pretrain "$dir/stopped.pack" --json >"$dir/out"
has "$dir/out" '"held_out_after":'
cmp "$dir/whole.pack" "$dir/stopped.pack"
refused 1 "cannot write" pretrain "$dir/no/such/folder/x"

cat >"$dir/plan.yaml" <<'YAML'
name: further
steps: 1
batch_pieces: 60
fast_epochs: 1
YAML
"$GAVEL" train --snapshot rows --plan "$dir/plan.yaml" --base "$dir/whole.pack" \
    --out "$dir/train" >"$dir/out"
has "$dir/out" "further.gavel"

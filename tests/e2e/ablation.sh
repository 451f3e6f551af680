#!/bin/sh
# tools/make-ablation on a made-up archive and two plans of two steps: a table with a
# difference for each category, nothing made twice, a changed plan made anew.
set -eu
. tests/e2e/lib.inc
base_tarball
GAVEL_STORE_PATH=$dir/gavel.db GAVEL_BASE=$dir/base.pack ABLATION_DIR=$dir/work
ABLATION_ON=$dir/set.jsonl ABLATION_OUT=$dir/page.md
export GAVEL_STORE_PATH GAVEL_BASE ABLATION_DIR ABLATION_ON ABLATION_OUT

hate_csv 60 'vile word W WW for all of them' 'calm word W WW for all of them' >"$dir/rows.csv"
awk -F, 'NR > 1 { printf "{\"text\":\"%s again\",\"labels\":{\"hate\":%s}}\n", $1, $2 }' \
    "$dir/rows.csv" >"$dir/set.jsonl"
plan() { printf '# %s\nname: %s\nseed: 3\nsteps: %s\nbatch_pieces: 120\nfast_epochs: 1\n' "$2" "$1" "$3"; }
plan plain "Two steps" 2 >"$dir/plain.yaml"
plan longer "Four steps" 4 >"$dir/longer.yaml"
"$GAVEL" ingest --recipe tests/e2e/rows.yaml "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows --calibrate-share 0.3 >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null

GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/longer.yaml" >/dev/null
matches "$dir/page.md" '^\| category \| plain \| longer \|$'
matches "$dir/page.md" '^\| hate \| [01]\.[0-9]{3} \([01]\.[0-9]{3} to [01]\.[0-9]{3}\) \| [-+]0\.[0-9]{3} \([-+][01]\.[0-9]{3} to [-+][01]\.[0-9]{3}\)( \*\*[a-z]+\*\*)? \|$'
matches "$dir/page.md" '^\| plain \| Two steps \| compared with \| \|$'
matches "$dir/page.md" '^\| longer \| Four steps \| (nothing|hate) \| (nothing|hate) \|$'

cp "$dir/work/plain/calibrated.gavel" "$dir/before"
touch "$dir/work/plain/run/mark"
plan longer "Three steps" 3 >"$dir/longer.yaml"
touch "$dir/work/longer/run/mark"
GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/longer.yaml" >/dev/null
[ -e "$dir/work/plain/run/mark" ] || fail "a plan that did not change was trained again"
[ ! -e "$dir/work/longer/run/mark" ] || fail "a plan that changed was not trained again"
cmp "$dir/before" "$dir/work/plain/calibrated.gavel"
matches "$dir/page.md" '^\| longer \| Three steps '

GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" 2>/dev/null && fail "one plan is no ablation"
GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/plain.yaml" 2>/dev/null && fail "one name twice"
exit 0

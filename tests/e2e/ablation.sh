#!/bin/sh
# tools/make-ablation on a made-up archive and a plan with one variant: tables with a
# difference for each category, nothing made twice, a changed variant made anew.
set -eu
. tests/e2e/lib.inc
base_tarball
GAVEL_STORE_PATH=$dir/gavel.db GAVEL_BASE=$dir/base.pack ABLATION_DIR=$dir/work
ABLATION_ON=$dir/set.jsonl ABLATION_OUT=$dir/page.md
export GAVEL_STORE_PATH GAVEL_BASE ABLATION_DIR ABLATION_ON ABLATION_OUT

hate_csv 60 'vile word W WW for all of them' 'calm word W WW for all of them' >"$dir/rows.csv"
awk -F, 'NR > 1 { printf "{\"text\":\"%s again\",\"labels\":{\"hate\":%s}}\n", $1, $2 }' \
    "$dir/rows.csv" >"$dir/set.jsonl"
printf 'name: rows\nseed: 3\nsteps: 2\nbatch_pieces: 120\nfast_epochs: 1\nsources:\n  rows: 4\n' >"$dir/plan.yaml"
cat >"$dir/variants" <<'VARIANTS'
# a comment
plain  | clip=3                  | Two steps
longer | steps=4 rows=x0.5       | Four steps
VARIANTS
echo "again hate --file $dir/set.jsonl" >"$dir/sets"
ABLATION_MORE=$dir/sets
export ABLATION_MORE
"$GAVEL" ingest --recipe tests/e2e/rows.yaml "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows --calibrate-share 0.3 >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null

ablation() { GAVEL=$GAVEL tools/make-ablation rows "$dir/plan.yaml" "$dir/variants" >/dev/null; }
ablation
number='[01]\.[0-9]{3}'
matches "$dir/page.md" '^\| variant \| hate \|$'
matches "$dir/page.md" "^\| plain \| $number \($number to $number\) \|\$"
matches "$dir/page.md" "^\| longer \| [-+]$number \([-+]$number to [-+]$number\)( \*\*[a-z]+\*\*)? \|\$"
matches "$dir/page.md" '^\| variant \| hate on again \| swaps that flip \| bias metric \|$'
matches "$dir/page.md" "^\| longer \| [-+]$number \(.*\) \| $number \($number to $number\) \| $number \|\$"
matches "$dir/page.md" '^\| plain \| Two steps \| compared with \| \|$'
matches "$dir/page.md" '^\| longer \| Four steps \| [a-z(), ]+ \| [a-z(), ]+ \|$'
matches "$dir/work/longer/plan.yaml" '^steps: 4$'
matches "$dir/work/longer/plan.yaml" '^  rows: 2$'
matches "$dir/work/longer/plan.yaml" '^clip: 3$' # the first line's changes hold for all
sed '/^clip: 3$/d' "$dir/work/plain/plan.yaml" | cmp "$dir/plan.yaml"

cp "$dir/work/plain/calibrated.gavel" "$dir/before"
touch "$dir/work/plain/run/mark" "$dir/work/longer/run/mark"
sed 's/steps=4.*|/steps=3 clip=2 |/' "$dir/variants" >"$dir/changed"
mv "$dir/changed" "$dir/variants"
ablation
[ -e "$dir/work/plain/run/mark" ] || fail "a variant that did not change was trained again"
[ ! -e "$dir/work/longer/run/mark" ] || fail "a variant that changed was not trained again"
cmp "$dir/before" "$dir/work/plain/calibrated.gavel"
matches "$dir/work/longer/plan.yaml" '^clip: 2$'

echo 'plain | | Two steps' >"$dir/variants"
ablation 2>/dev/null && fail "one variant is no ablation"
echo 'plain | steps=1 | twice' >>"$dir/variants"
ablation 2>/dev/null && fail "one name twice"
exit 0

#!/bin/sh
# tools/make-ablation on a made-up archive and two plans of two steps: a table with a
# difference for each category, nothing made twice, a changed plan made anew.
set -eu
base_tgz=$(find build/base -name '*.tgz' 2>/dev/null | head -n 1)
[ -n "$base_tgz" ] || {
    echo "the npm package of the base encoder is not in build/base (see ./check)"
    exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
GAVEL_STORE_PATH=$dir/gavel.db GAVEL_BASE=$dir/base.pack ABLATION_DIR=$dir/work
ABLATION_ON=$dir/set.jsonl ABLATION_OUT=$dir/page.md
export GAVEL_STORE_PATH GAVEL_BASE ABLATION_DIR ABLATION_ON ABLATION_OUT
fail() { echo "$*"; exit 1; }
has() { grep -qE -- "$1" "$dir/page.md" || { cat "$dir/page.md"; fail "wanted: $1"; }; }

i=0
echo "text,hate" >"$dir/rows.csv"
while [ $i -lt 60 ]; do
    w=$(printf '%d' "$i" | tr 0-9 abcdefghij)
    echo "vile word $w $w$w for all of them,1"
    echo "calm word $w $w$w for all of them,0"
    i=$((i + 1))
done >>"$dir/rows.csv"
awk -F, 'NR > 1 { printf "{\"text\":\"%s again\",\"labels\":{\"hate\":%s}}\n", $1, $2 }' \
    "$dir/rows.csv" >"$dir/set.jsonl"
cat >"$dir/rows.yaml" <<'YAML'
source: rows
licence: CC0-1.0
language: en
format: csv
files: rows.csv
text: "{text}"
labels:
  - when: {column: hate, is: "1"}
    set: {hate: 1}
  - when: {column: hate, is: "0"}
    set: {hate: 0}
YAML
plan() { printf '# %s\nname: %s\nseed: 3\nsteps: %s\nbatch_pieces: 120\nfast_epochs: 1\n' "$2" "$1" "$3"; }
plan plain "Two steps" 2 >"$dir/plain.yaml"
plan longer "Four steps" 4 >"$dir/longer.yaml"
"$GAVEL" ingest --recipe "$dir/rows.yaml" "$dir/rows.csv" >/dev/null
"$GAVEL" snapshot create --name rows --calibrate-share 0.3 >/dev/null
"$GAVEL" base import --out "$dir/base.pack" "$base_tgz" >/dev/null

GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/longer.yaml" >/dev/null
has '^\| category \| plain \| longer \|$'
has '^\| hate \| [01]\.[0-9]{3} \([01]\.[0-9]{3} to [01]\.[0-9]{3}\) \| [-+]0\.[0-9]{3} \([-+][01]\.[0-9]{3} to [-+][01]\.[0-9]{3}\)( \*\*[a-z]+\*\*)? \|$'
has '^\| plain \| Two steps \| compared with \| \|$'
has '^\| longer \| Four steps \| (nothing|hate) \| (nothing|hate) \|$'

cp "$dir/work/plain/calibrated.gavel" "$dir/before"
touch "$dir/work/plain/run/mark"
plan longer "Three steps" 3 >"$dir/longer.yaml"
touch "$dir/work/longer/run/mark"
GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/longer.yaml" >/dev/null
[ -e "$dir/work/plain/run/mark" ] || fail "a plan that did not change was trained again"
[ ! -e "$dir/work/longer/run/mark" ] || fail "a plan that changed was not trained again"
cmp "$dir/before" "$dir/work/plain/calibrated.gavel"
has '^\| longer \| Three steps '

GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" 2>/dev/null && fail "one plan is no ablation"
GAVEL=$GAVEL tools/make-ablation rows "$dir/plain.yaml" "$dir/plain.yaml" 2>/dev/null && fail "one name twice"
exit 0

#!/bin/sh
# gavel evaluate and calibrate on a release without data and rows made up here: the four
# words of the fixture are the positives.
set -eu
top=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
r=$dir/fixture.gavel
"$(dirname "$GAVEL")/tests/tools/make_fixture_release" "$r" >/dev/null
fail() { echo "$*"; exit 1; }
has() { grep -qE -- "$2" "$1" || { cat "$1"; fail "wanted: $2"; }; }

# a file with labels of both kinds
i=0
while [ $i -lt 30 ]; do
    echo "{\"text\":\"number $i qzhxvj\",\"labels\":{\"hate\":1}}"
    echo "{\"prompt\":\"number $i of many\",\"H\":0,\"S\":0}"
    echo "{\"input\":\"xqjwzk $i\",\"S\":1}"
    i=$((i + 1))
done >"$dir/set.jsonl"
# away from the tree, whose templates and lists a report would take
(cd "$dir" && "$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --report "$dir/report" >"$dir/out")
has "$dir/out" '^on set.jsonl, 90 rows'
has "$dir/out" '^hate  *60  *30  1.000 '
has "$dir/out" '^sexual  *60  *30  1.000 '
has "$dir/report/report.json" '"rows":90'
has "$dir/report/MODEL_CARD.md" '^\| hate \| 60 \| 30 \| 1.000'
has "$dir/report/report.html" '<title>Gavel: evaluation report</title>'
has "$dir/report/report.html" 'aria-labelledby="pr3 pr3d"'
has "$dir/report/report.html" 'none of these</th>|>file</th>'
if grep -qE '<script|mistake"|https?:' "$dir/report/report.html"; then fail "a page with script, texts or links out"; fi
if grep -q "$dir" "$dir/report/"*; then fail "a place of this machine in a report"; fi
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --json --set workers=1 >"$dir/one"
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --json --set workers=3 >"$dir/three"
cmp "$dir/one" "$dir/three"
cmp "$dir/one" "$dir/report/report.json"

# against another release, between two sources, groups, templates, mistakes
"$(dirname "$GAVEL")/tests/tools/make_fixture_release" "$dir/other.gavel" 2 >/dev/null
mkdir "$dir/groups"
echo 'qzhxvj' >"$dir/groups/made-up.txt"
cat >"$dir/templates.yaml" <<'END'
groups:
  - {name: reds, axis: colour, forms: {people: reds}}
  - {name: blues, axis: colour, forms: {people: blues}}
templates:
  - {text: "{People} are fine.", labels: {hate: 0}}
  - {text: "{People} are qzhxvj.", labels: {hate: 1}}
END
(cd "$dir" && "$GAVEL" evaluate --release "$r" --file set.jsonl --against other.gavel \
    --between 'file:file' 2>err) && fail "the same source on both sides"
has "$dir/err" "no row is of source 'file'"
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --between only 2>"$dir/err" && fail "one source"
has "$dir/err" 'wants two sources'
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --mistakes -1 2>"$dir/err" && fail "-1 mistakes"
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --against none 2>"$dir/err" && fail "no such release"
has "$dir/err" 'against'
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --against "$dir/other.gavel" --mistakes 2 \
    --identities "$dir/groups" --fairness "$dir/templates.yaml" --report "$dir/full" >"$dir/out"
has "$dir/out" '^AUPRC  *hate '
has "$dir/out" '^verdicts  *hate .*no difference shown'
has "$dir/out" '^made-up  *30 '
has "$dir/full/report.html" 'Against release '
has "$dir/full/report.html" '<h2 id="fairness-h">'
has "$dir/full/report.html" '<details><summary>hate: show 2 rows'
has "$dir/full/report.json" '"against":\{"release":"'
has "$dir/full/report.json" '"fairness":\{'
has "$dir/full/report.json" '"mistakes":\[\{"score":'

# refusals
echo '{"text":"a","labels":{"love":1}}' >"$dir/bad.jsonl"
"$GAVEL" evaluate --release "$r" --file "$dir/bad.jsonl" 2>"$dir/err" && fail "bad labels read"
has "$dir/err" "bad.jsonl:1: no category or factor is called 'love'"
: >"$dir/empty.jsonl"
"$GAVEL" evaluate --release "$r" --file "$dir/empty.jsonl" 2>"$dir/err" && fail "no rows"
has "$dir/err" "no rows"
"$GAVEL" evaluate --release "$r" 2>"$dir/err" && fail "nothing to evaluate on"
has "$dir/err" "one of --snapshot, --file and --recipe"

# a recipe, then the archive, a snapshot and calibration on it
cat >"$dir/made-up.yaml" <<'END'
source: made-up
licence: CC0-1.0
language: en
format: csv
files: rows.csv
text: "{text}"
labels:
  - zero: [insult, threat, sexual, minor-reference, violence, gore, self-harm, self-harm-intent,
           self-harm-instructions, wrongdoing, weapon, instruction, attack, spam, profanity, election]
  - when: {column: hate, is: "1"}
    set: {hate: 1}
  - when: {column: hate, is: "0"}
    set: {hate: 0}
END
i=0
echo "text,hate" >"$dir/rows.csv"
while [ $i -lt 250 ]; do
    w=$(printf '%d' "$i" | tr 0-9 abcdefghij)
    echo "word $w $w$w and qzhxvj with $w,1"
    echo "other $w things $w$w said of $w here,0"
    i=$((i + 1))
done >>"$dir/rows.csv"
"$GAVEL" evaluate --release "$r" --recipe "$dir/made-up.yaml" "$dir" >"$dir/out"
has "$dir/out" '^on source made-up, 500 rows'
has "$dir/out" '^benign .* of  *250 flagged'
cd "$dir"
"$GAVEL" ingest --recipe made-up.yaml "$dir" >out
"$GAVEL" snapshot create --name s --calibrate-share 0.6 --test-share 0.3 >out
"$GAVEL" calibrate --release fixture.gavel --snapshot s --name made --out made.gavel >out
has out '^hate  *beta '
has out '^sexual/minors  *fixed '
has out '^wrote release '
"$GAVEL" release show made.gavel --json >out
has out '"name":"made"'
has out '"report":\{"release":"made"'
"$GAVEL" evaluate --release made.gavel --snapshot s --json >out
has out '"hate":\{"known":[0-9]+,"positives":[0-9]+,"auprc":1,'
"$GAVEL" calibrate --release fixture.gavel --snapshot s --isotonic --out iso.gavel >out
has out '^hate  *isotonic '
"$GAVEL" moderate --release made.gavel qzhxvj >out
has out '^  hate .* flagged'
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out x.gavel --false-positives 2 2>err &&
    fail "a share of 2"
"$GAVEL" calibrate --release fixture.gavel --snapshot none --out x.gavel 2>err && fail "no such snapshot"
[ ! -e x.gavel ] || fail "a file left behind"
cd "$top"

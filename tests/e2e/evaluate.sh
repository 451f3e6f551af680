#!/bin/sh
# gavel evaluate and calibrate on a release without data and rows made up here: the four
# words of the fixture are the positives.
set -eu
top=$PWD
. tests/e2e/lib.inc
r=$dir/fixture.gavel
fixture_release "$r" >/dev/null

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
matches "$dir/out" '^on set.jsonl, 90 rows'
matches "$dir/out" '^hate  *60  *30  1.000 '
matches "$dir/out" '^sexual  *60  *30  1.000 '
matches "$dir/report/report.json" '"rows":90'
matches "$dir/report/MODEL_CARD.md" '^\| hate \| 60 \| 30 \| 1.000'
matches "$dir/report/report.html" '<title>Gavel: evaluation report</title>'
matches "$dir/report/report.html" 'aria-labelledby="pr3 pr3d"'
matches "$dir/report/report.html" 'none of these</th>|>file</th>'
if grep -qE '<script|mistake"|https?:' "$dir/report/report.html"; then fail "a page with script, texts or links out"; fi
if grep -q "$dir" "$dir/report/"*; then fail "a place of this machine in a report"; fi
(cd "$dir" && "$GAVEL" evaluate --release "$r" --file set.jsonl --json --set workers=1 >one)
(cd "$dir" && "$GAVEL" evaluate --release "$r" --file set.jsonl --json --set workers=3 >three)
cmp "$dir/one" "$dir/three"
cmp "$dir/one" "$dir/report/report.json"

# against another release, between two sources, groups, templates, mistakes
fixture_release "$dir/other.gavel" 2 >/dev/null
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
matches "$dir/err" "no row is of source 'file'"
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --between only 2>"$dir/err" && fail "one source"
matches "$dir/err" 'wants two sources'
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --mistakes -1 2>"$dir/err" && fail "-1 mistakes"
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --against none 2>"$dir/err" && fail "no such release"
matches "$dir/err" 'against'
"$GAVEL" evaluate --release "$r" --file "$dir/set.jsonl" --against "$dir/other.gavel" --mistakes 2 \
    --identities "$dir/groups" --fairness "$dir/templates.yaml" --report "$dir/full" >"$dir/out"
matches "$dir/out" '^AUPRC  *hate '
matches "$dir/out" '^verdicts  *hate .*no difference shown'
matches "$dir/out" '^made-up  *30 '
matches "$dir/full/report.html" 'Against release '
matches "$dir/full/report.html" '<h2 id="fairness-h">'
matches "$dir/full/report.html" '<details><summary>hate: show 2 rows'
matches "$dir/full/report.json" '"against":\{"release":"'
matches "$dir/full/report.json" '"fairness":\{'
matches "$dir/full/report.json" '"mistakes":\[\{"score":'

# refusals
echo '{"text":"a","labels":{"love":1}}' >"$dir/bad.jsonl"
"$GAVEL" evaluate --release "$r" --file "$dir/bad.jsonl" 2>"$dir/err" && fail "bad labels read"
matches "$dir/err" "bad.jsonl:1: no category or factor is called 'love'"
: >"$dir/empty.jsonl"
"$GAVEL" evaluate --release "$r" --file "$dir/empty.jsonl" 2>"$dir/err" && fail "no rows"
matches "$dir/err" "no rows"
"$GAVEL" evaluate --release "$r" 2>"$dir/err" && fail "nothing to evaluate on"
matches "$dir/err" "one of --snapshot, --file and --recipe"

# a recipe, then the archive, a snapshot and calibration on it
hate_csv 250 'word W WW and qzhxvj with W' 'other W things WW said of W here' >"$dir/rows.csv"
"$GAVEL" evaluate --release "$r" --recipe tests/e2e/made-up.yaml "$dir" >"$dir/out"
matches "$dir/out" '^on source made-up, 500 rows'
matches "$dir/out" '^benign .* of  *250 flagged'
cd "$dir"
"$GAVEL" ingest --recipe "$top/tests/e2e/made-up.yaml" "$dir" >out
"$GAVEL" snapshot create --name s --calibrate-share 0.6 --test-share 0.3 >out
"$GAVEL" calibrate --release fixture.gavel --snapshot s --name made --out made.gavel >out
matches out '^hate  *beta '
matches out '^sexual/minors  *fixed '
matches out '^wrote release '
"$GAVEL" release show made.gavel --json >out
matches out '"name":"made"'
matches out '"report":\{"release":"made"'
"$GAVEL" evaluate --release made.gavel --snapshot s --json >out
matches out '"hate":\{"known":[0-9]+,"positives":[0-9]+,"auprc":1,'
"$GAVEL" calibrate --release fixture.gavel --snapshot s --isotonic --out iso.gavel >out
matches out '^hate  *isotonic '
"$GAVEL" moderate --release made.gavel qzhxvj >out
matches out '^  hate .* flagged'
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out x.gavel --false-positives 2 2>err &&
    fail "a share of 2"
"$GAVEL" calibrate --release fixture.gavel --snapshot none --out x.gavel 2>err && fail "no such snapshot"
[ ! -e x.gavel ] || fail "a file left behind"
cd "$top"

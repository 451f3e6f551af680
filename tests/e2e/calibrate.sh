#!/bin/sh
# gavel calibrate: rules for thresholds, what is promised and shown of them, scores that keep
# their meaning, refusals.  The fixture's word "qzhxvj" is hate; rows are made up here.
set -eu
top=$PWD
. tests/e2e/lib.inc
refuses() { # STATUS WORDS OPTION...
    status=$1 words=$2
    shift 2
    refused "$status" "$words" "$GAVEL" calibrate --release fixture.gavel --snapshot s --out x.gavel "$@"
    [ ! -e x.gavel ] || fail "a file left behind: $*"
}
fixture_release "$dir/fixture.gavel" >/dev/null
fixture_release "$dir/other.gavel" 2 >/dev/null
# A release whose thresholds nobody chose says so.
"$GAVEL" release show "$dir/fixture.gavel" >"$dir/out"
matches "$dir/out" '^hate .*  not stated$'
if "$GAVEL" release show "$dir/fixture.gavel" --json | grep -q '"chosen"'; then fail "invented"; fi
# the options rule where the policy asks for nothing
grep -v '^    false-positives:' policies/openai-13/policy.yaml >"$dir/policy.yaml"
cd "$dir"
hate_csv 250 'word W WW and qzhxvj with W' 'other W things WW said of W here' >rows.csv
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH
"$GAVEL" ingest --recipe "$top/tests/e2e/made-up.yaml" "$dir" >out
"$GAVEL" snapshot create --name s --calibrate-share 0.6 --test-share 0.3 >out

# the default: the best F1 under a bound that 150 benign rows cannot show
"$GAVEL" calibrate --release fixture.gavel --policy policy.yaml --snapshot s --name made --out made.gavel >out
matches out '^hate  *beta .* (f1|false-positives)$'
matches out '^hate  *0.00 %, at most .* ! '
matches out '^sexual/minors  *fixed .* half$'
matches out '^sexual/minors  *0.00 %.* not stated$'
matches out '^all together flag 0 of [0-9]* benign rows, at most .* NOT shown'
"$GAVEL" release show made.gavel >out
matches out '^hate  *0.00 %, at most .* to [01]\.'
"$GAVEL" release show made.gavel --json >out
matches out '"chosen":\{"rule":"(f1|false-positives)","confidence":0.95,'

# a bound that they can show, and a precision
"$GAVEL" calibrate --release fixture.gavel --policy policy.yaml --snapshot s --out p.gavel --by precision --precision 0.9 \
    --false-positives 0.05 >out
matches out '^hate  *beta .* precision$'
matches out '^hate  *0.[0-9]* %, at most  *[0-9.]* of [0-9]* *\+  *[0-9.]* %, at least  *9[0-9.]* of [0-9]* *\+'
"$GAVEL" calibrate --release fixture.gavel --policy policy.yaml --snapshot s --out f.gavel --by false-positives \
    --false-positives 0.05 --isotonic >out
matches out '^hate  *isotonic .* false-positives$'

# the policy's own wish wins over the option
sed 's/^    score: hate$/    score: hate\n    precision: 0.85/' policy.yaml >asks.yaml
"$GAVEL" policy lint asks.yaml >out
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out q.gavel --policy asks.yaml \
    --false-positives 0.05 >out
matches out '^hate  *beta .* precision$'
"$GAVEL" release show q.gavel --json >out
matches out '"precision":\{"bound":0.85,'

# scores keep their meaning: like itself nothing changes, like another release it is named
score() { echo "{\"id\":1,\"text\":\"$2\"}" | "$GAVEL" moderate --jsonl --release "$1" | sed 's/.*"hate":\([0-9.e-]*\),.*/\1/'; }
"$GAVEL" calibrate --release fixture.gavel --policy policy.yaml --snapshot s --out like.gavel --like made.gavel >out
for text in "qzhxvj" "other things said here" "word and qzhxvj with more"; do
    one=$(score made.gavel "$text") two=$(score like.gavel "$text")
    awk -v x="$one" -v y="$two" 'BEGIN { d = x - y; exit !(x != "" && d < 1e-6 && d > -1e-6) }' ||
        fail "like itself: $one became $two"
done
"$GAVEL" calibrate --release other.gavel --policy policy.yaml --snapshot s --out new.gavel --like made.gavel >out
digest=$("$GAVEL" release show made.gavel | sed -n 's/^digest  *//p')
"$GAVEL" release show new.gavel >out
matches out "^scores as in $digest\$"
"$GAVEL" release show new.gavel --json >out
matches out '"anchors":\[\['

refuses 2 "--by is f1, precision or false-positives" --by luck
refuses 2 "--precision belongs to --by precision" --precision 0.9
refuses 2 "--precision is a share" --by precision --precision 1.5
refuses 2 "--false-positives is a share" --false-positives 2
refuses 2 "--together is a share" --together 0
refuses 1 "no release 'none'" --like none
refuses 1 "none.yaml" --policy none.yaml
cd "$top"

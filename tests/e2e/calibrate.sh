#!/bin/sh
# gavel calibrate: rules for thresholds, what is promised and shown of them, scores that keep
# their meaning, refusals.  The fixture's word "qzhxvj" is hate; rows are made up here.
set -eu
top=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "$*"; exit 1; }
has() { grep -qE -- "$2" "$1" || { cat "$1"; fail "wanted: $2"; }; }
refused() { # WORDS ARGUMENTS...
    words=$1
    shift
    "$GAVEL" calibrate --release fixture.gavel --snapshot s --out x.gavel "$@" 2>err && fail "taken: $*"
    has err "$words"
    [ ! -e x.gavel ] || fail "a file left behind: $*"
}
# A release of before, which states nothing of its thresholds, opens and says so.
"$GAVEL" release show releases/first.gavel >"$dir/out"
has "$dir/out" '^hate  *beta  *0.5042 .*  not stated$'
if "$GAVEL" release show releases/first.gavel --json | grep -q '"chosen"'; then fail "invented"; fi

tool=$(realpath "$(dirname "$GAVEL")/tests/tools/make_fixture_release")
"$tool" "$dir/fixture.gavel" >/dev/null
"$tool" "$dir/other.gavel" 2 >/dev/null
cp policies/openai-13/policy.yaml "$dir/policy.yaml"
cd "$dir"
cat >made-up.yaml <<'YAML'
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
YAML
i=0
echo "text,hate" >rows.csv
while [ $i -lt 250 ]; do
    w=$(printf '%d' "$i" | tr 0-9 abcdefghij)
    echo "word $w $w$w and qzhxvj with $w,1"
    echo "other $w things $w$w said of $w here,0"
    i=$((i + 1))
done >>rows.csv
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH
"$GAVEL" ingest --recipe made-up.yaml "$dir" >out
"$GAVEL" snapshot create --name s --calibrate-share 0.6 --test-share 0.3 >out

# the default: the best F1 under a bound that 150 benign rows cannot show
"$GAVEL" calibrate --release fixture.gavel --snapshot s --name made --out made.gavel >out
has out '^hate  *beta .* (f1|false-positives)$'
has out '^hate  *0.00 %, at most .* ! '
has out '^sexual/minors  *fixed .* half$'
has out '^sexual/minors  *0.00 %.* not stated$'
has out '^all together flag 0 of [0-9]* benign rows, at most .* NOT shown'
"$GAVEL" release show made.gavel >out
has out '^hate  *0.00 %, at most .* to [01]\.'
"$GAVEL" release show made.gavel --json >out
has out '"chosen":\{"rule":"(f1|false-positives)","confidence":0.95,'

# a bound that they can show, and a precision
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out p.gavel --by precision --precision 0.9 \
    --false-positives 0.05 >out
has out '^hate  *beta .* precision$'
has out '^hate  *0.[0-9]* %, at most  *[0-9.]* of [0-9]* *\+  *[0-9.]* %, at least  *9[0-9.]* of [0-9]* *\+'
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out f.gavel --by false-positives \
    --false-positives 0.05 --isotonic >out
has out '^hate  *isotonic .* false-positives$'

# the policy's own wish wins over the option
sed 's/^    score: hate$/    score: hate\n    precision: 0.85/' policy.yaml >asks.yaml
"$GAVEL" policy lint asks.yaml >out
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out q.gavel --policy asks.yaml \
    --false-positives 0.05 >out
has out '^hate  *beta .* precision$'
"$GAVEL" release show q.gavel --json >out
has out '"precision":\{"bound":0.85,'

# scores keep their meaning: like itself nothing changes, like another release it is named
score() { echo "{\"id\":1,\"text\":\"$2\"}" | "$GAVEL" moderate --jsonl --release "$1" | sed 's/.*"hate":\([0-9.e-]*\),.*/\1/'; }
"$GAVEL" calibrate --release fixture.gavel --snapshot s --out like.gavel --like made.gavel >out
for text in "qzhxvj" "other things said here" "word and qzhxvj with more"; do
    one=$(score made.gavel "$text") two=$(score like.gavel "$text")
    awk -v x="$one" -v y="$two" 'BEGIN { d = x - y; exit !(x != "" && d < 1e-6 && d > -1e-6) }' ||
        fail "like itself: $one became $two"
done
"$GAVEL" calibrate --release other.gavel --snapshot s --out new.gavel --like made.gavel >out
digest=$("$GAVEL" release show made.gavel | sed -n 's/^digest  *//p')
"$GAVEL" release show new.gavel >out
has out "^scores as in $digest\$"
"$GAVEL" release show new.gavel --json >out
has out '"anchors":\[\['

refused "--by is f1, precision or false-positives" --by luck
refused "--precision belongs to --by precision" --precision 0.9
refused "--precision is a share" --by precision --precision 1.5
refused "--false-positives is a share" --false-positives 2
refused "--together is a share" --together 0
refused "no release 'none'" --like none
refused "no such file|none.yaml" --policy none.yaml
cd "$top"

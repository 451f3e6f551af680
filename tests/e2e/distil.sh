#!/bin/sh
# gavel distil, then calibrate: a student learns from the fixture's encoder, what the encoder
# said is kept, bounds are fitted or refused, and verdicts come from either.
set -eu
top=$PWD
. tests/e2e/lib.inc
fixture_release "$dir/fixture.gavel" >/dev/null
cd "$dir"
hate_csv 250 'word W WW and qzhxvj with W' 'other W things WW said of W here' >rows.csv
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH
"$GAVEL" ingest --recipe "$top/tests/e2e/made-up.yaml" "$dir" >out
"$GAVEL" snapshot create --name s --calibrate-share 0.4 --test-share 0.2 >out

distil() { # OUT OPTION...
    to=$1
    shift
    "$GAVEL" distil --release fixture.gavel --snapshot s --work work --out "$to" --hidden 4 "$@"
}
distil student.gavel --width 8 --epochs 2 --name student >out
matches out '^[0-9]* texts teach, [0-9]* windows$'
matches out 'of the variance of the encoder.s logits of [0-9]* texts'
matches out '^  sexual  *-?[0-9.]* %$'
matches out '^wrote release [0-9a-f]*; next: gavel calibrate$'
# the same again to the byte, with the encoder's answers from the work folder
find work -type f | sort >kept
distil again.gavel --width 8 --epochs 2 --name student --json >out
matches out '^\{"digest":"[0-9a-f]{64}","texts":[0-9]*,"explained":\{"whole":'
find work -type f | sort | cmp - kept
cmp student.gavel again.gavel
# another seed, another student; pairs make it larger
distil other.gavel --width 8 --epochs 1 --name student --seed 2 --pairs 64 >out
if cmp -s student.gavel other.gavel; then fail "the seed says nothing"; fi

# without bounds the encoder is asked
echo "other apple things" | "$GAVEL" moderate --release student.gavel >out
if grep -q 'the student alone' out; then fail "a student without bounds answered"; fi

"$GAVEL" calibrate --release student.gavel --snapshot s --out cal.gavel >out
matches out '^the student explains -?[0-9.]* % of the variance'
matches out '^plain  *[0-9]* .* NOT shown: the encoder is always asked'
"$GAVEL" release show cal.gavel --json >out
matches out '"cascade":\{"explained":\{"texts":'
matches out '"plain":\{"bounds":\{"harassment":'
echo "other apple things" | "$GAVEL" moderate --release cal.gavel >out
if grep -q 'the student alone' out; then fail "bounds that were not shown"; fi

# a release that answers everything by its student says so
"$(dirname "$GAVEL")/tests/tools/make_sure_release" cal.gavel sure.gavel >/dev/null
"$GAVEL" moderate --release sure.gavel "other apple things" >out
matches out '^not flagged.*, the student alone'

refused 2 'says where the release goes' "$GAVEL" distil --release fixture.gavel --snapshot s --out x.gavel
refused 2 'by eights' distil x.gavel --width 12
refused 2 'above 0' distil x.gavel --epochs 0
[ ! -e x.gavel ] || fail "a file left behind"

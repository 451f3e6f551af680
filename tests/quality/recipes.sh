#!/bin/sh
# Every recipe against the data it was written for: no bad row, as many records as SOURCE.txt
# counts (tests/quality/recipes.table), and every record is a row or left out for a reason that
# is counted.
set -eu
data=${GAVEL_DATA:-../shared/data}
[ -d "$data/train" ] || { echo "no data at $data (GAVEL_DATA names another place)"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
table=tests/quality/recipes.table
bad=0
say() { echo "$*"; bad=1; }

# rows of FOLDER/FILE by SOURCE.txt
counted() {
    awk -v f="${1##*/}" '$1 == f && $3 == "rows" { print $2; exit }' "$data/${1%/*}/SOURCE.txt"
}
field() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$dir/out"; }

check() { # RECIPE FILE...
    name=$1
    shift
    want=0
    for f in "$@"; do
        times=1
        case $f in *\**) times=${f#*\*} f=${f%\**} ;; esac
        case $f in */*) n=$(counted "$f") ;; *) n=$f ;; esac
        want=$((want + times * ${n:-0}))
    done
    r=recipes/$name.yaml
    "$GAVEL" recipe check --json "$r" "$data" >"$dir/out" 2>"$dir/err" || { say "$name: $(cat "$dir/err")"; return; }
    records=$(field records) rows=$(field rows)
    kept=$((records - $(field filtered) - $(field empty) - $(field over)))
    [ "$records" = "$want" ] || say "$name: $records records, SOURCE.txt counts $want"
    [ "$(field bad)" = 0 ] || say "$name: bad rows"
    if grep -q '^ *cut:\|append:' "$r"; then
        [ "$rows" -ge "$kept" ] || say "$name: $rows rows of $kept records"
    else
        [ "$rows" = "$kept" ] || say "$name: $rows rows of $kept records"
    fi
}

for r in recipes/train/*.yaml recipes/dev/*.yaml recipes/pool/*.yaml; do
    name=${r#recipes/}
    grep -q "^${name%.yaml} " $table || say "$name: not in $table"
done
grep -v '^#' $table >"$dir/table"
set -f # a '*' in the table is a number of times
while read -r line; do
    # shellcheck disable=SC2086
    check $line
done <"$dir/table"
exit $bad
